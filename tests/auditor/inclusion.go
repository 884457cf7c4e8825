package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// A logProof is a C2SP tlog-proof, not yet checked.
type logProof struct {
	index  int64
	hashes tlog.RecordProof
	note   string
}

const proofHeader = "c2sp.org/tlog-proof@v1"

func parseProof(text string) (logProof, error) {
	var proof logProof
	parts := strings.SplitN(text, "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	if len(parts) != 2 || lines[0] != proofHeader {
		return proof, fmt.Errorf("not a %s", proofHeader)
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return proof, fmt.Errorf("no index")
	}
	digits := strings.TrimPrefix(lines[0], "index ")
	index, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || index < 0 || strconv.FormatInt(index, 10) != digits {
		return proof, fmt.Errorf("index %q", digits)
	}
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(hash) != tlog.HashSize {
			return proof, fmt.Errorf("hash %q", line)
		}
		proof.hashes = append(proof.hashes, hashIn(hash, 0))
	}
	proof.index, proof.note = index, parts[1]
	return proof, nil
}

// checkInclusion asks the log for the proof of a leaf, checks it against the checkpoint within it, and that one against the tree that is
// audited; and finds the leaf at its index in the authenticated tiles.
func (a *auditor) checkInclusion(leafHash tlog.Hash, tiles *verifiedTiles) error {
	path := "proof/" + hex.EncodeToString(leafHash[:])
	text, err := a.source.get(path, textType, maxTextBytes)
	if err != nil {
		return err
	}
	proof, err := parseProof(string(text))
	if err != nil {
		return refuse("proof_malformed", path, "%v", err)
	}
	signed, err := openCheckpoint([]byte(proof.note), path, a.known, a.origin)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof.hashes, signed.N, signed.Hash, proof.index, leafHash); err != nil {
		return refuse("inclusion_false", path, "index %d of %d: %v", proof.index, signed.N, err)
	}
	if err := a.relate(signed, tiles, path); err != nil {
		return err
	}
	if proof.index < tiles.tree.N {
		placed, err := tiles.ReadHashes([]int64{tlog.StoredHashIndex(0, proof.index)})
		if err != nil {
			return err
		}
		if placed[0] != leafHash {
			return refuse("inclusion_false", path, "another leaf stands at %d", proof.index)
		}
	}
	report(line{"check": "inclusion", "leaf": hex.EncodeToString(leafHash[:]), "index": proof.index, "size": signed.N})
	return nil
}

// relate proves a checkpoint and the audited tree consistent, whichever is the later one.
func (a *auditor) relate(signed checkpoint, tiles *verifiedTiles, path string) error {
	if signed.N <= tiles.tree.N {
		return proveConsistent(signed, tiles, path)
	}
	later, err := openTiles(signed.Tree, a.source)
	if err != nil {
		return err
	}
	return proveConsistent(checkpoint{Tree: tiles.tree}, later, path)
}
