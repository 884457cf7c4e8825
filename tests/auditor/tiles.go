package main

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// verifiedTiles reads hashes of one tree from its tiles, each authenticated before use: the partial ones at the right edge together against the
// signed root, each full one against the tile above it.
//
// tlog.TileHashReader (x/mod 0.7.0) is not used for that. It counts the root's subtrees where it means their tiles, of which there are fewer when
// some share one; so many full tiles it then takes unchecked (TestAuthenticatesTilesThatTheLibraryTakes).
type verifiedTiles struct {
	tree   tlog.Tree
	source *source
	read   map[tlog.Tile][]byte
}

// openTiles fetches and authenticates the tree's right edge.
func openTiles(tree tlog.Tree, source *source) (*verifiedTiles, error) {
	tiles := &verifiedTiles{tree, source, map[tlog.Tile][]byte{}}
	if tree.N == 0 {
		if tree.Hash != sha256.Sum256(nil) {
			return nil, refuse("root_mismatch", "checkpoint", "not the root of the empty tree")
		}
		return tiles, nil
	}
	edge := partialTiles(tree.N)
	for _, tile := range edge {
		data, err := tiles.fetch(tile)
		if err != nil {
			return nil, err
		}
		tiles.read[tile] = data
	}
	root, err := tlog.TreeHash(tree.N, tiles)
	if err != nil {
		return nil, err
	}
	if root != tree.Hash {
		return nil, tiles.blame(edge)
	}
	return tiles, nil
}

func (t *verifiedTiles) fetch(tile tlog.Tile) ([]byte, error) {
	path := tilePath(tile)
	data, err := t.source.get(path, bytesType, tileWidth*tlog.HashSize)
	if err == nil && len(data) != tile.W*tlog.HashSize {
		err = refuse("tile_length", path, "%d bytes instead of %d hashes", len(data), tile.W)
	}
	return data, err
}

// tile returns the authenticated bytes of a tile that the tree has.
func (t *verifiedTiles) tile(level int, n int64) ([]byte, error) {
	tile := tileIn(t.tree.N, level, n)
	if data, ok := t.read[tile]; ok {
		return data, nil
	}
	above, err := t.tile(level+1, n>>tileHeight)
	if err != nil {
		return nil, err
	}
	data, err := t.fetch(tile)
	if err != nil {
		return nil, err
	}
	root, err := tileRoot(tile, data)
	if err != nil {
		return nil, err
	}
	if root != hashIn(above, n%tileWidth) {
		return nil, refuse("tile_mismatch", tilePath(tile), "its root is not in the tile above it")
	}
	t.read[tile] = data
	return data, nil
}

// ReadHashes makes it a tlog.HashReader.
func (t *verifiedTiles) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		least := tlog.TileForIndex(tileHeight, index)
		data, err := t.tile(least.L, least.N)
		if err != nil {
			return nil, err
		}
		if hashes[i], err = tlog.HashFromTile(tileIn(t.tree.N, least.L, least.N), data, index); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// blame tells which tile of a false edge contradicts what lies under it. When none does, the tiles are of another tree than the one signed.
func (t *verifiedTiles) blame(edge []tlog.Tile) error {
	for _, tile := range edge {
		data := t.read[tile]
		beneath := t.rootBeneath
		if tile.L == 0 {
			entries, err := t.bundle(tile.N)
			if err != nil {
				return err
			}
			beneath = func(_ int, n int64) (tlog.Hash, error) { return tlog.RecordHash(entries[n%tileWidth]), nil }
		}
		for i := 0; i < tile.W; i++ {
			hash, err := beneath(tile.L, tile.N<<tileHeight+int64(i))
			if err != nil {
				return err
			}
			if hash != hashIn(data, int64(i)) {
				return refuse("tile_mismatch", tilePath(tile), "hash %d is not that of what lies under it, and the edge does not give the root", i)
			}
		}
	}
	return refuse("root_mismatch", "checkpoint", "the tiles agree with each other, and not with the root of %d leaves", t.tree.N)
}

// rootBeneath is the root of the full tile that the n'th hash of a level stands for, as it is served.
func (t *verifiedTiles) rootBeneath(level int, n int64) (tlog.Hash, error) {
	child := tlog.Tile{H: tileHeight, L: level - 1, N: n, W: tileWidth}
	data, err := t.fetch(child)
	if err != nil {
		return tlog.Hash{}, err
	}
	return tileRoot(child, data)
}
