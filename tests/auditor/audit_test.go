package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// Three levels of tiles, each with a partial one that holds more than one subtree, but few entries.
const threeLevels = 65536 + 2*256 + 7

func everything(size int64) question {
	hash := tlog.RecordHash([]byte(testLeaf(size / 2).canonical()))
	return question{sizes: []int64{1, size / 2, size - 1, size}, leaves: []tlog.Hash{hash}, replay: true}
}

func TestAcceptsAWholeLog(t *testing.T) {
	for _, size := range []int64{1, 2, 255, 256, 257, 511, 512, 1000, threeLevels} {
		if err := newTestLog(t, size).start(t).audit(everything(size)); err != nil {
			t.Errorf("size %d: %v", size, err)
		}
	}
	if err := newTestLog(t, 0).start(t).audit(question{replay: true}); err != nil {
		t.Errorf("the empty log: %v", err)
	}
}

func flip(body []byte, bit int) []byte {
	body[bit/8] ^= 1 << uint(bit%8)
	return body
}

func expectRefusal(t *testing.T, err error, reason, path string) {
	t.Helper()
	var refused *refusal
	if !errors.As(err, &refused) || refused.reason != reason || refused.path != path {
		t.Errorf("%v instead of a refusal for %s of %s", err, reason, path)
	}
}

func TestRefusesAFlippedBitInAnyTileAndNamesIt(t *testing.T) {
	log := newTestLog(t, threeLevels)
	a := log.start(t)
	dice := rand.New(rand.NewSource(1))
	tiles := map[string]string{
		"tile/0/000": "tile_mismatch", "tile/0/258.p/7": "tile_mismatch", "tile/1/000": "tile_mismatch", "tile/1/001.p/2": "tile_mismatch",
		"tile/2/000.p/1": "tile_mismatch", "tile/entries/017": "entry_mismatch", "tile/entries/258.p/7": "entry_mismatch",
	}
	for i := 0; i < 8; i++ {
		tiles[fmt.Sprintf("tile/0/%03d", dice.Intn(258))] = "tile_mismatch"
	}
	for tile, reason := range tiles {
		log.tamper = func(path string, body []byte) []byte {
			if path == tile {
				// Not in the lengths of a bundle: those are another test's.
				return flip(body, 16+dice.Intn(8*len(body)-16))
			}
			return body
		}
		expectRefusal(t, a.audit(question{replay: true}), reason, tile)
	}
	log.tamper = nil
	if err := a.audit(question{replay: true}); err != nil {
		t.Error(err)
	}
}

func TestRefusesEveryFlippedBitOfACheckpoint(t *testing.T) {
	log := newTestLog(t, 300)
	a := log.start(t)
	whole := log.sign(300, log.root(300))
	if _, err := openCheckpoint(whole, "checkpoint", a.known, a.origin); err != nil {
		t.Fatal(err)
	}
	reasons := map[string]int{}
	for bit := 0; bit < 8*len(whole); bit++ {
		_, err := openCheckpoint(flip(append([]byte(nil), whole...), bit), "checkpoint", a.known, a.origin)
		var refused *refusal
		if !errors.As(err, &refused) {
			t.Errorf("bit %d: %v", bit, err)
			continue
		}
		reasons[refused.reason]++
	}
	t.Logf("%d bits: %v", 8*len(whole), reasons)
}

func TestRefusesOtherThanTheSignedTree(t *testing.T) {
	log := newTestLog(t, 1000)
	a := log.start(t)
	serve := func(at string, change func([]byte) []byte) {
		log.tamper = func(path string, body []byte) []byte {
			if path == at {
				return change(body)
			}
			return body
		}
	}
	replace := func(from, to string) func([]byte) []byte {
		return func(body []byte) []byte { return bytes.Replace(body, []byte(from), []byte(to), 1) }
	}
	always := func(body []byte) func([]byte) []byte { return func([]byte) []byte { return body } }
	cases := []struct {
		name, at, reason, path string
		change                 func([]byte) []byte
	}{
		{"another size", "checkpoint", "signature_false", "checkpoint", replace("\n1000\n", "\n1001\n")},
		{"another size, signed", "checkpoint", "root_mismatch", "checkpoint", always(log.sign(999, log.root(1000)))},
		{"a size that it has no tiles for, signed", "checkpoint", "missing", "tile/0/003.p/233", always(log.sign(1001, log.root(1000)))},
		{"another root, signed", "checkpoint", "root_mismatch", "checkpoint", always(log.sign(1000, log.root(999)))},
		{"a leading zero, signed", "checkpoint", "checkpoint_malformed", "checkpoint", always(signText(log.signer, testOrigin+"\n01000\n"+log.root(1000).String()+"\n"))},
		{"a fourth line, signed", "checkpoint", "checkpoint_malformed", "checkpoint", always(signText(log.signer, testOrigin+"\n1000\n"+log.root(1000).String()+"\nx\n"))},
		{"another log", "checkpoint", "checkpoint_malformed", "checkpoint", always(signText(log.signer, "other.example/log\n1000\n"+log.root(1000).String()+"\n"))},
		{"another key", "checkpoint", "unsigned", "checkpoint", always(newTestLog(t, 0).sign(1000, log.root(1000)))},
		{"no note", "checkpoint", "note_malformed", "checkpoint", always([]byte("hello\n"))},
		{"an archived checkpoint of another size", "checkpoints/500", "archive_size", "checkpoints/500", always(log.sign(400, log.root(400)))},
		{"an archived checkpoint of another history", "checkpoints/500", "inconsistent", "checkpoints/500", always(log.sign(500, log.root(501)))},
		{"another root for the same size", "checkpoints/1000", "inconsistent", "checkpoints/1000", always(log.sign(1000, log.root(501)))},
		{"a short tile", "tile/0/000", "tile_length", "tile/0/000", func(body []byte) []byte { return body[32:] }},
		{"a long tile", "tile/0/000", "too_long", "tile/0/000", func(body []byte) []byte { return append(body, body...) }},
		{"a bundle with an entry too few", "tile/entries/000", "bundle_malformed", "tile/entries/000", func(body []byte) []byte { return body[2+int(body[0])<<8+int(body[1]):] }},
		{"a bundle with a byte behind it", "tile/entries/000", "bundle_malformed", "tile/entries/000", func(body []byte) []byte { return append(body, 0) }},
		{"a bundle with another length", "tile/entries/000", "bundle_malformed", "tile/entries/000", func(body []byte) []byte { return flip(body, 0) }},
	}
	for _, c := range cases {
		serve(c.at, c.change)
		t.Run(c.name, func(t *testing.T) {
			expectRefusal(t, a.audit(question{sizes: []int64{500, 1000}, replay: true}), c.reason, c.path)
		})
	}
}

func TestProvesWhatTheArchiveLists(t *testing.T) {
	log := newTestLog(t, 300)
	a := log.start(t)
	log.list = `{"checkpoints":[{"size":1},{"size":256},{"size":300}],"next":null}`
	if err := a.audit(question{archive: true}); err != nil {
		t.Error(err)
	}
	log.list = `{"checkpoints":[{"size":2},{"size":1}],"next":null}`
	expectRefusal(t, a.audit(question{archive: true}), "list_malformed", "checkpoints?limit=100&after=0")
	log.list = `{"checkpoints":[{"size":301}],"next":null}`
	expectRefusal(t, a.audit(question{archive: true}), "missing", "checkpoints/301")
}

func TestRefusesEntriesThatAreNoLeaves(t *testing.T) {
	with := func(change func(*leaf)) string { l := testLeaf(0); change(&l); return l.canonical() }
	whole := testLeaf(0).canonical()
	entries := map[string]string{
		"another version":       with(func(l *leaf) { l.V = 2 }),
		"another type":          with(func(l *leaf) { l.Type = "Note" }),
		"no actor":              with(func(l *leaf) { l.Actor = "giles" }),
		"another algorithm":     with(func(l *leaf) { l.ContentHash.Algorithm = "md5" }),
		"a short hash":          with(func(l *leaf) { l.ContentHash.Value = "ab" }),
		"a bare commitment":     with(func(l *leaf) { l.Commitment = strings.TrimPrefix(l.Commitment, "sha256:") }),
		"local time":            with(func(l *leaf) { l.Published = "2026-01-10T12:00:00+01:00" }),
		"more than 1 KiB":       with(func(l *leaf) { l.Activity += strings.Repeat("a", 1024) }),
		"a member besides":      strings.Replace(whole, `"v":1`, `"u":1,"v":1`, 1),
		"a member twice":        strings.Replace(whole, `"v":1`, `"v":1,"v":1`, 1),
		"another order":         `{"v":1,` + strings.TrimSuffix(whole, `,"v":1}`)[1:] + `}`,
		"white space":           strings.Replace(whole, `:`, `: `, 1),
		"a needless escape":     strings.Replace(whole, `https:/`, `https:\/`, 1),
		"a name in other case":  strings.Replace(whole, `"type"`, `"Type"`, 1),
		"no UTF-8":              strings.Replace(whole, "giles", "gi\xffles", 1),
		"something behind it":   whole + " ",
		"a number of two kinds": strings.Replace(whole, `"v":1`, `"v":1.0`, 1),
		"nothing":               "",
	}
	for name, entry := range entries {
		log := newTestLog(t, 3)
		log.add(t, []byte(entry))
		t.Run(name, func(t *testing.T) {
			expectRefusal(t, log.start(t).audit(question{replay: true}), "leaf_malformed", "tile/entries")
		})
	}
}

func TestRefusesALeafThatIsThereTwice(t *testing.T) {
	log := newTestLog(t, 300)
	log.add(t, log.entries[7])
	expectRefusal(t, log.start(t).audit(question{replay: true}), "leaf_twice", "tile/entries")
}

func TestRefusesFalseProofsOfInclusion(t *testing.T) {
	log := newTestLog(t, 300)
	a := log.start(t)
	hash := tlog.RecordHash(log.entries[7])
	path := "proof/" + hex.EncodeToString(hash[:])
	ask := question{leaves: []tlog.Hash{hash}}
	at := func(change func([]byte) []byte) {
		log.tamper = func(p string, body []byte) []byte {
			if p == path {
				return change(body)
			}
			return body
		}
	}
	at(func(body []byte) []byte { return bytes.Replace(body, []byte("index 7"), []byte("index 8"), 1) })
	expectRefusal(t, a.audit(ask), "inclusion_false", path)
	at(func(body []byte) []byte { return bytes.Replace(body, []byte("index 7"), []byte("index 07"), 1) })
	expectRefusal(t, a.audit(ask), "proof_malformed", path)
	at(func([]byte) []byte {
		other := tlog.RecordHash(log.entries[8])
		return log.proof(hex.EncodeToString(other[:]))
	})
	expectRefusal(t, a.audit(ask), "inclusion_false", path)
	at(func(body []byte) []byte { return bytes.Replace(body, []byte("\n300\n"), []byte("\n301\n"), 1) })
	expectRefusal(t, a.audit(ask), "signature_false", path)
	at(func([]byte) []byte { return log.proof(hex.EncodeToString(hash[:])) })
	if err := a.audit(ask); err != nil {
		t.Error(err)
	}
	absent := tlog.RecordHash([]byte("absent"))
	expectRefusal(t, a.audit(question{leaves: []tlog.Hash{absent}}), "missing", "proof/"+hex.EncodeToString(absent[:]))
}

func TestFollowsALogThatGrowsAndRefusesOneThatForks(t *testing.T) {
	log := newTestLog(t, 10)
	a := log.start(t)
	state := filepath.Join(t.TempDir(), "state")
	for _, size := range []int64{10, 11, 255, 256, 600} {
		log.grow(t, size)
		if err := a.follow(state, 1, 0); err != nil {
			t.Fatal(err)
		}
	}
	log.served = 599
	expectRefusal(t, a.follow(state, 1, 0), "shrunk", "checkpoint")
	fork := newTestLog(t, 0)
	fork.signer, fork.vkey = log.signer, log.vkey
	fork.add(t, []byte(testLeaf(9999).canonical()))
	fork.grow(t, 700)
	expectRefusal(t, fork.start(t).follow(state, 1, 0), "inconsistent", "checkpoint")
	log.grow(t, 700)
	if err := a.follow(state, 1, 0); err != nil {
		t.Error(err)
	}
}
