package main

import (
	"encoding/json"
	"fmt"
)

// listArchive returns the sizes of all checkpoints that the log says it ever served: smallest first, none twice.
func (a *auditor) listArchive() ([]int64, error) {
	var sizes []int64
	last := int64(0)
	for {
		path := fmt.Sprintf("checkpoints?limit=100&after=%d", last)
		text, err := a.source.get(path, jsonType, maxTextBytes)
		if err != nil {
			return nil, err
		}
		var page struct {
			Checkpoints []struct{ Size int64 }
			Next        *string
		}
		if err := json.Unmarshal(text, &page); err != nil {
			return nil, refuse("list_malformed", path, "%v", err)
		}
		for _, listed := range page.Checkpoints {
			if listed.Size <= last {
				return nil, refuse("list_malformed", path, "size %d after %d", listed.Size, last)
			}
			last = listed.Size
			sizes = append(sizes, last)
		}
		if page.Next == nil || len(page.Checkpoints) == 0 {
			return sizes, nil
		}
	}
}

// checkArchived proves the archived checkpoint of a size consistent with the tree.
func (a *auditor) checkArchived(size int64, tiles *verifiedTiles) error {
	path := fmt.Sprintf("checkpoints/%d", size)
	archived, err := a.fetchCheckpoint(path)
	if err != nil {
		return err
	}
	if archived.N != size {
		return refuse("archive_size", path, "this is the checkpoint of size %d", archived.N)
	}
	// It may be newer than the one that is audited.
	return a.relate(archived, tiles, path)
}
