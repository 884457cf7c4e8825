package main

import (
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// tilePath is the path of C2SP tlog-tiles, which differs from that of Go's checksum database: it leaves the height out and says
// "entries" instead of "data".
func tilePath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	if strings.HasPrefix(path, "data/") {
		path = "entries/" + strings.TrimPrefix(path, "data/")
	}
	return "tile/" + path
}

// hashesAt tells how many hashes the tiles of a level hold in a tree of this size: those of full subtrees only.
func hashesAt(level int, size int64) int64 {
	if shift := uint(level * tileHeight); shift < 63 {
		return size >> shift
	}
	return 0
}

// tileIn is the tile at a place, as wide as it is in a tree of this size. Its width is 0 when it has none.
func tileIn(size int64, level int, n int64) tlog.Tile {
	width := hashesAt(level, size) - n<<tileHeight
	if width > tileWidth {
		width = tileWidth
	}
	if width < 0 {
		width = 0
	}
	return tlog.Tile{H: tileHeight, L: level, N: n, W: int(width)}
}

// partialTiles are the tiles at the tree's right edge. Its root is made of all their hashes and of nothing else.
func partialTiles(size int64) []tlog.Tile {
	var tiles []tlog.Tile
	for level := 0; hashesAt(level, size) > 0; level++ {
		if tile := tileIn(size, level, hashesAt(level, size)>>tileHeight); tile.W > 0 {
			tiles = append(tiles, tile)
		}
	}
	return tiles
}

// hashIn is the i'th hash of a tile.
func hashIn(data []byte, i int64) tlog.Hash {
	var hash tlog.Hash
	copy(hash[:], data[i*tlog.HashSize:])
	return hash
}

// tileRoot is the root of the subtree that a full tile stands for, of its two halves.
func tileRoot(tile tlog.Tile, data []byte) (tlog.Hash, error) {
	var halves [2]tlog.Hash
	for i := range halves {
		var err error
		index := tlog.StoredHashIndex((tile.L+1)*tileHeight-1, 2*tile.N+int64(i))
		if halves[i], err = tlog.HashFromTile(tile, data, index); err != nil {
			return tlog.Hash{}, err
		}
	}
	return tlog.NodeHash(halves[0], halves[1]), nil
}
