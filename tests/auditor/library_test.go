package main

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// forgedTiles is a tlog.TileReader that serves one tile with a flipped bit.
type forgedTiles struct {
	tree   grown
	forged tlog.Tile
}

func (f forgedTiles) Height() int                     { return tileHeight }
func (f forgedTiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (f forgedTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := tlog.ReadTileData(tile, f.tree)
		if err != nil {
			return nil, err
		}
		if tile == f.forged {
			flip(data, 0)
		}
		all = append(all, data)
	}
	return all, nil
}

// The reason why verifiedTiles is there. A library that refuses this would make it needless.
func TestAuthenticatesTilesThatTheLibraryTakes(t *testing.T) {
	log := newTestLog(t, threeLevels)
	forged := tlog.Tile{H: tileHeight, L: 0, N: 3, W: tileWidth}
	index := tlog.StoredHashIndex(0, 3*tileWidth)
	tree := tlog.Tree{N: threeLevels, Hash: log.root(threeLevels)}
	library := tlog.TileHashReader(tree, forgedTiles{log.tree, forged})
	hashes, err := library.ReadHashes([]int64{index})
	if err != nil || hashes[0] == log.tree[index] {
		t.Log("this version of the library authenticates every tile")
	}
	log.tamper = func(path string, body []byte) []byte {
		if path == tilePath(forged) {
			return flip(body, 0)
		}
		return body
	}
	tiles, err := openTiles(tree, log.start(t).source)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tiles.ReadHashes([]int64{index})
	expectRefusal(t, err, "tile_mismatch", "tile/0/003")
}

func TestPathsAreThoseOfTheStandard(t *testing.T) {
	// The examples of C2SP tlog-tiles.
	for path, tile := range map[string]tlog.Tile{
		"tile/0/x001/x234/067":        {H: 8, L: 0, N: 1234067, W: 256},
		"tile/entries/x001/x234/067":  {H: 8, L: -1, N: 1234067, W: 256},
		"tile/0/273.p/112":            {H: 8, L: 0, N: 273, W: 112},
		"tile/2/000.p/1":              {H: 8, L: 2, N: 0, W: 1},
		"tile/63/x001/x000/x000/000":  {H: 8, L: 63, N: 1000000000, W: 256},
		"tile/entries/x001/000.p/255": {H: 8, L: -1, N: 1000, W: 255},
	} {
		if got := tilePath(tile); got != path {
			t.Errorf("%s instead of %s", got, path)
		}
	}
	edge := partialTiles(70000)
	if len(edge) != 3 || tilePath(edge[0]) != "tile/0/273.p/112" || tilePath(edge[1]) != "tile/1/001.p/17" || tilePath(edge[2]) != "tile/2/000.p/1" {
		t.Errorf("%v", edge)
	}
	if edge := partialTiles(256); len(edge) != 1 || tilePath(edge[0]) != "tile/1/000.p/1" {
		t.Errorf("%v", edge)
	}
}
