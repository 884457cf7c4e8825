package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// An auditor knows one log, by its URL and its keys.
type auditor struct {
	source *source
	known  note.Verifiers
	origin string
}

// A question is what an audit shall find out besides the checkpoint.
type question struct {
	sizes   []int64
	archive bool
	leaves  []tlog.Hash
	replay  bool
}

func newAuditor(base string, vkeys []string) (*auditor, error) {
	if parsed, err := url.Parse(base); err != nil || parsed.Host == "" {
		return nil, fmt.Errorf("-log needs a URL: %q", base)
	}
	if len(vkeys) == 0 {
		return nil, errors.New("-vkey is needed")
	}
	var verifiers []note.Verifier
	for _, vkey := range vkeys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, fmt.Errorf("vkey %q: %v", vkey, err)
		}
		if len(verifiers) > 0 && verifier.Name() != verifiers[0].Name() {
			return nil, errors.New("the keys are of different logs")
		}
		verifiers = append(verifiers, verifier)
	}
	return &auditor{newSource(base), note.VerifierList(verifiers...), verifiers[0].Name()}, nil
}

func (a *auditor) fetchCheckpoint(path string) (checkpoint, error) {
	text, err := a.source.get(path, textType, maxTextBytes)
	if err != nil {
		return checkpoint{}, err
	}
	return openCheckpoint(text, path, a.known, a.origin)
}

func (a *auditor) audit(q question) error {
	current, err := a.fetchCheckpoint("checkpoint")
	if err != nil {
		return err
	}
	tiles, err := openTiles(current.Tree, a.source)
	if err != nil {
		return err
	}
	report(line{"check": "checkpoint", "origin": a.origin, "size": current.N, "root": current.Hash.String()})
	sizes := q.sizes
	if q.archive {
		listed, err := a.listArchive()
		if err != nil {
			return err
		}
		sizes = append(sizes, listed...)
	}
	for _, size := range sizes {
		if err := a.checkArchived(size, tiles); err != nil {
			return err
		}
	}
	for _, hash := range q.leaves {
		if err := a.checkInclusion(hash, tiles); err != nil {
			return err
		}
	}
	if q.replay {
		if err := tiles.replay(); err != nil {
			return err
		}
	}
	report(line{"check": "done", "size": current.N, "requests": a.source.fetched})
	return nil
}

// proveConsistent proves that the tree begins with all leaves of an earlier one.
func proveConsistent(earlier checkpoint, tiles *verifiedTiles, path string) error {
	tree := tiles.tree
	switch {
	case earlier.N > tree.N:
		return refuse("shrunk", path, "from %d leaves to %d", earlier.N, tree.N)
	case earlier.N == tree.N && earlier.Hash != tree.Hash:
		return refuse("inconsistent", path, "two roots for %d leaves", tree.N)
	case earlier.N == tree.N || earlier.N == 0:
		report(line{"check": "consistency", "from": earlier.N, "to": tree.N, "hashes": 0})
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, earlier.N, tiles)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash); err != nil {
		return refuse("inconsistent", path, "the tree of %d leaves does not begin with that of %d", tree.N, earlier.N)
	}
	report(line{"check": "consistency", "from": earlier.N, "to": tree.N, "hashes": len(proof)})
	return nil
}

func parseSizes(texts []string) ([]int64, error) {
	var sizes []int64
	for _, text := range texts {
		size, err := strconv.ParseInt(text, 10, 64)
		if err != nil || size < 0 {
			return nil, fmt.Errorf("-from %q", text)
		}
		sizes = append(sizes, size)
	}
	return sizes, nil
}

func parseHashes(texts []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, text := range texts {
		bytes, err := hex.DecodeString(text)
		if err != nil || len(bytes) != tlog.HashSize {
			return nil, fmt.Errorf("-leaf %q", text)
		}
		hashes = append(hashes, hashIn(bytes, 0))
	}
	return hashes, nil
}
