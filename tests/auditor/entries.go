package main

import (
	"encoding/binary"

	"golang.org/x/mod/sumdb/tlog"
)

// bundle returns the entries of the n'th bundle, as many as the tree has there. They are not authenticated.
func (t *verifiedTiles) bundle(n int64) ([][]byte, error) {
	width := tileIn(t.tree.N, 0, n).W
	path := tilePath(tlog.Tile{H: tileHeight, L: -1, N: n, W: width})
	data, err := t.source.get(path, bytesType, maxBundleBytes)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		if length > len(data)-2 {
			break
		}
		entries = append(entries, data[2:2+length])
		data = data[2+length:]
	}
	if len(data) > 0 || len(entries) != width {
		return nil, refuse("bundle_malformed", path, "%d entries instead of %d, and %d bytes left", len(entries), width, len(data))
	}
	return entries, nil
}

// verifiedEntries are the bundle's entries, after each was found to hash to its place in the authenticated tile.
func (t *verifiedTiles) verifiedEntries(n int64) ([][]byte, error) {
	hashes, err := t.tile(0, n)
	if err != nil {
		return nil, err
	}
	entries, err := t.bundle(n)
	if err != nil {
		return nil, err
	}
	for i, entry := range entries {
		if tlog.RecordHash(entry) != hashIn(hashes, int64(i)) {
			path := tilePath(tlog.Tile{H: tileHeight, L: -1, N: n, W: len(entries)})
			return nil, refuse("entry_mismatch", path, "entry %d does not hash to its place in the tree", n<<tileHeight+int64(i))
		}
	}
	return entries, nil
}
