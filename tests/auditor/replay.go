package main

import (
	"golang.org/x/mod/sumdb/tlog"
)

// grown is a tree in memory, by stored hash index.
type grown []tlog.Hash

func (g grown) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = g[index]
	}
	return hashes, nil
}

// replay reads every entry, checks each as a leaf that is there once, grows the tree anew from them, and compares its root and every tile.
func (t *verifiedTiles) replay() error {
	var tree grown
	places := map[tlog.Hash]int64{}
	types := map[string]int{}
	for at := int64(0); at < t.tree.N; {
		entries, err := t.verifiedEntries(at >> tileHeight)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			leaf, err := parseLeaf(entry)
			if err != nil {
				return refuse("leaf_malformed", "tile/entries", "entry %d: %v", at, err)
			}
			hash := tlog.RecordHash(entry)
			if first, twice := places[hash]; twice {
				return refuse("leaf_twice", "tile/entries", "entry %d is entry %d again", at, first)
			}
			places[hash] = at
			types[leaf.Type]++
			stored, err := tlog.StoredHashesForRecordHash(at, hash, tree)
			if err != nil {
				return err
			}
			tree = append(tree, stored...)
			at++
		}
	}
	tiles, err := t.compare(tree)
	if err != nil {
		return err
	}
	report(line{"check": "replay", "entries": t.tree.N, "tiles": tiles, "types": types})
	return nil
}

// compare checks the root and every tile, of every level, against a tree that was grown from the entries.
func (t *verifiedTiles) compare(tree grown) ([]int64, error) {
	if t.tree.N > 0 {
		if root, err := tlog.TreeHash(t.tree.N, tree); err != nil || root != t.tree.Hash {
			return nil, refuse("root_mismatch", "checkpoint", "the entries do not give the root (%v)", err)
		}
	}
	var counts []int64
	for level := 0; hashesAt(level, t.tree.N) > 0; level++ {
		count := (hashesAt(level, t.tree.N) + tileWidth - 1) >> tileHeight
		for n := int64(0); n < count; n++ {
			served, err := t.tile(level, n)
			if err != nil {
				return nil, err
			}
			tile := tileIn(t.tree.N, level, n)
			made, err := tlog.ReadTileData(tile, tree)
			if err != nil {
				return nil, err
			}
			if string(made) != string(served) {
				return nil, refuse("tile_mismatch", tilePath(tile), "not what the entries give")
			}
		}
		counts = append(counts, count)
	}
	return counts, nil
}
