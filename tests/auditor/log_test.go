package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const testOrigin = "log.example/log"

// testLog is a log in memory, made with Go's tlog and note alone.
type testLog struct {
	entries [][]byte
	tree    grown
	signer  note.Signer
	vkey    string
	// Served is the size of the current checkpoint.
	served int64
	// List is what the archive lists.
	list string
	// Tamper, if set, changes what is served at a path.
	tamper func(path string, body []byte) []byte
}

func newTestLog(t *testing.T, size int64) *testLog {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	log := &testLog{signer: signer, vkey: vkey}
	log.grow(t, size)
	return log
}

func testLeaf(i int64) leaf {
	hash := func(of string) string {
		sum := sha256.Sum256([]byte(fmt.Sprint(of, i)))
		return hex.EncodeToString(sum[:])
	}
	l := leaf{
		Activity:   fmt.Sprintf("https://log.example/activities/%d", i),
		Actor:      "https://log.example/users/giles",
		Commitment: "sha256:" + hash("salt"),
		Published:  "2026-01-10T12:00:00Z",
		Type:       "Create",
		V:          1,
	}
	l.ContentHash.Algorithm, l.ContentHash.Value = "sha3-256", hash("bytes")
	return l
}

func (l *testLog) grow(t *testing.T, size int64) {
	t.Helper()
	for i := int64(len(l.entries)); i < size; i++ {
		l.add(t, []byte(testLeaf(i).canonical()))
	}
	l.served = int64(len(l.entries))
}

func (l *testLog) add(t *testing.T, entry []byte) {
	t.Helper()
	stored, err := tlog.StoredHashes(int64(len(l.entries)), entry, l.tree)
	if err != nil {
		t.Fatal(err)
	}
	l.tree = append(l.tree, stored...)
	l.entries = append(l.entries, entry)
	l.served = int64(len(l.entries))
}

func (l *testLog) root(size int64) tlog.Hash {
	if size == 0 {
		return sha256.Sum256(nil)
	}
	root, err := tlog.TreeHash(size, l.tree)
	if err != nil {
		panic(err)
	}
	return root
}

// sign signs a checkpoint, be it true or not.
func (l *testLog) sign(size int64, root tlog.Hash) []byte {
	text := fmt.Sprintf("%s\n%d\n%s\n", testOrigin, size, base64.StdEncoding.EncodeToString(root[:]))
	return signText(l.signer, text)
}

func signText(signer note.Signer, text string) []byte {
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		panic(err)
	}
	return signed
}

func (l *testLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/log/")
	body, contentType := l.body(path)
	if body == nil {
		http.NotFound(w, r)
		return
	}
	if l.tamper != nil {
		body = l.tamper(path, append([]byte(nil), body...))
	}
	w.Header().Set("Content-Type", contentType)
	w.Write(body)
}

func (l *testLog) body(path string) (body []byte, contentType string) {
	switch {
	case path == "checkpoint":
		return l.sign(l.served, l.root(l.served)), textType
	case path == "checkpoints":
		return []byte(l.list), jsonType
	case strings.HasPrefix(path, "checkpoints/"):
		if size, err := strconv.ParseInt(path[len("checkpoints/"):], 10, 64); err == nil && size <= l.served {
			return l.sign(size, l.root(size)), textType
		}
	case strings.HasPrefix(path, "proof/"):
		return l.proof(path[len("proof/"):]), textType
	case strings.HasPrefix(path, "tile/entries/"):
		tile, err := tlog.ParseTilePath("tile/8/data/" + path[len("tile/entries/"):])
		if err == nil && tile.W <= tileIn(int64(len(l.entries)), 0, tile.N).W {
			return l.bundle(tile), bytesType
		}
	case strings.HasPrefix(path, "tile/"):
		tile, err := tlog.ParseTilePath("tile/8/" + path[len("tile/"):])
		if err == nil && tile.W <= tileIn(int64(len(l.entries)), tile.L, tile.N).W {
			data, err := tlog.ReadTileData(tile, l.tree)
			if err != nil {
				panic(err)
			}
			return data, bytesType
		}
	}
	return nil, ""
}

func (l *testLog) bundle(tile tlog.Tile) []byte {
	var data []byte
	for _, entry := range l.entries[tile.N<<tileHeight : tile.N<<tileHeight+int64(tile.W)] {
		data = binary.BigEndian.AppendUint16(data, uint16(len(entry)))
		data = append(data, entry...)
	}
	return data
}

func (l *testLog) proof(leafHash string) []byte {
	for i, entry := range l.entries[:l.served] {
		hash := tlog.RecordHash(entry)
		if hex.EncodeToString(hash[:]) != leafHash {
			continue
		}
		hashes, err := tlog.ProveRecord(l.served, int64(i), l.tree)
		if err != nil {
			panic(err)
		}
		text := fmt.Sprintf("%s\nindex %d\n", proofHeader, i)
		for _, hash := range hashes {
			text += base64.StdEncoding.EncodeToString(hash[:]) + "\n"
		}
		return append([]byte(text+"\n"), l.sign(l.served, l.root(l.served))...)
	}
	return nil
}

// start serves the log and returns an auditor of it.
func (l *testLog) start(t *testing.T) *auditor {
	t.Helper()
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	a, err := newAuditor(server.URL+"/log", []string{l.vkey})
	if err != nil {
		t.Fatal(err)
	}
	return a
}
