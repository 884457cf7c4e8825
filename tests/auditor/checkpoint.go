package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A checkpoint is what the log has signed of its tree.
type checkpoint struct {
	tlog.Tree
	// The signed note, verbatim.
	note string
}

// openCheckpoint verifies a note of C2SP tlog-checkpoint: signed by one of the log's keys, of this log, three lines.
func openCheckpoint(text []byte, path string, known note.Verifiers, origin string) (checkpoint, error) {
	opened, err := note.Open(text, known)
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &invalid):
		return checkpoint{}, refuse("signature_false", path, "%v", err)
	case errors.As(err, &unverified):
		return checkpoint{}, refuse("unsigned", path, "none of the log's keys has signed it")
	case err != nil:
		return checkpoint{}, refuse("note_malformed", path, "%v", err)
	}
	// note.Open overlooks stray bits behind the last byte of a signature, with which one checkpoint would have several texts.
	for _, signature := range opened.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(signature.Base64); err != nil {
			return checkpoint{}, refuse("note_malformed", path, "signature: %v", err)
		}
	}
	tree, err := parseCheckpoint(opened.Text, origin)
	if err != nil {
		return checkpoint{}, refuse("checkpoint_malformed", path, "%v", err)
	}
	return checkpoint{tree, string(text)}, nil
}

func parseCheckpoint(text, origin string) (tlog.Tree, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("not the three lines of this log")
	}
	if lines[0] != origin {
		return tlog.Tree{}, fmt.Errorf("of the log %q, not %q", lines[0], origin)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("size %q", lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("root %q", lines[2])
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}
