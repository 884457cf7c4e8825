// Command tlog-reference answers questions about trees, notes and tiles with golang.org/x/mod/sumdb/tlog and note, so that Art DAG's own
// package can be held against them. It reads a question a line, as JSON, and writes an answer a line: {"error": …} when the library refuses.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A question has what its operation needs.
type question struct {
	Op     string
	Size   int64
	From   int64
	Index  int64
	Leaf   tlog.Hash
	Root   tlog.Hash
	Old    tlog.Hash
	Proof  []tlog.Hash
	Note   []byte
	Vkeys  []string
	Path   string
	Level  int
	Number int64
	Width  int
}

type answer map[string]interface{}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		given, err := q.answer()
		if err != nil {
			given = answer{"error": err.Error()}
		}
		text, err := json.Marshal(given)
		if err != nil {
			panic(err)
		}
		out.Write(append(text, '\n'))
	}
}

func (q question) answer() (answer, error) {
	switch q.Op {
	case "root":
		root, err := tlog.TreeHash(q.Size, treeOf(q.Size))
		return answer{"root": root}, err
	case "inclusion":
		proof, err := tlog.ProveRecord(q.Size, q.Index, treeOf(q.Size))
		return answer{"proof": []tlog.Hash(proof)}, err
	case "consistency":
		proof, err := tlog.ProveTree(q.Size, q.From, treeOf(q.Size))
		return answer{"proof": []tlog.Hash(proof)}, err
	case "tile":
		data, err := tlog.ReadTileData(q.tile(), treeOf(q.Size))
		return answer{"bytes": data}, err
	case "check-inclusion":
		return answer{}, tlog.CheckRecord(q.Proof, q.Size, q.Root, q.Index, q.Leaf)
	case "check-consistency":
		return answer{}, tlog.CheckTree(q.Proof, q.Size, q.Root, q.From, q.Old)
	case "path":
		return answer{"path": c2spPath(q.tile())}, nil
	case "parse-path":
		return parsePath(q.Path)
	case "note":
		return openNote(q.Note, q.Vkeys)
	}
	return nil, errors.New("no such operation")
}

// The tree of all questions has the leaves "leaf 0", "leaf 1" and so on.
type tree []tlog.Hash

var grown tree
var leaves int64

func treeOf(size int64) tree {
	for ; leaves < size; leaves++ {
		stored, err := tlog.StoredHashes(leaves, []byte(fmt.Sprintf("leaf %d", leaves)), grown)
		if err != nil {
			panic(err)
		}
		grown = append(grown, stored...)
	}
	return grown
}

func (t tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = t[index]
	}
	return hashes, nil
}

func (q question) tile() tlog.Tile {
	return tlog.Tile{H: 8, L: q.Level, N: q.Number, W: q.Width}
}

// The paths of C2SP tlog-tiles leave the height out, and say "entries" where those of the checksum database say "data".
func c2spPath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	if strings.HasPrefix(path, "data/") {
		return "entries/" + strings.TrimPrefix(path, "data/")
	}
	return path
}

func parsePath(path string) (answer, error) {
	if strings.HasPrefix(path, "data/") {
		return nil, errors.New("a name of the checksum database")
	}
	if strings.HasPrefix(path, "entries/") {
		path = "data/" + strings.TrimPrefix(path, "entries/")
	}
	tile, err := tlog.ParseTilePath("tile/8/" + path)
	return answer{"level": tile.L, "number": tile.N, "width": tile.W}, err
}

func openNote(text []byte, vkeys []string) (answer, error) {
	var verifiers []note.Verifier
	for _, vkey := range vkeys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, verifier)
	}
	opened, err := note.Open(text, note.VerifierList(verifiers...))
	if err != nil {
		return nil, err
	}
	var signers []string
	for _, signature := range opened.Sigs {
		signers = append(signers, fmt.Sprintf("%s+%08x", signature.Name, signature.Hash))
	}
	return answer{"text": []byte(opened.Text), "signers": signers}, nil
}
