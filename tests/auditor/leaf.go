package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

const maxLeafBytes = 1024

var (
	hex64      = regexp.MustCompile(`^[0-9a-f]{64}$`)
	commitment = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	address    = regexp.MustCompile(`^https?://[^/?#\s]+/\S+$`)
	leafTypes  = map[string]bool{"Create": true, "Update": true, "Delete": true, "Key": true}
)

// A leaf is an entry of the log: who claimed which hash, and when.
type leaf struct {
	Activity    string `json:"activity"`
	Actor       string `json:"actor"`
	Commitment  string `json:"commitment"`
	ContentHash struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"value"`
	} `json:"contentHash"`
	Published string `json:"published"`
	Type      string `json:"type"`
	V         int    `json:"v"`
}

// parseLeaf reads an entry, which must be the canonical JSON (RFC 8785) of exactly these members: it is written anew and compared byte by byte,
// so that no member is doubled, missing, or there besides.
func parseLeaf(entry []byte) (leaf, error) {
	var l leaf
	if len(entry) > maxLeafBytes {
		return l, fmt.Errorf("%d bytes", len(entry))
	}
	if !utf8.Valid(entry) {
		return l, fmt.Errorf("not UTF-8")
	}
	if err := json.Unmarshal(entry, &l); err != nil {
		return l, err
	}
	if l.canonical() != string(entry) {
		return l, fmt.Errorf("not the canonical JSON of a leaf")
	}
	return l, l.check()
}

func (l leaf) canonical() string {
	return fmt.Sprintf(`{"activity":%s,"actor":%s,"commitment":%s,"contentHash":{"algorithm":%s,"value":%s},"published":%s,"type":%s,"v":%d}`,
		quote(l.Activity), quote(l.Actor), quote(l.Commitment), quote(l.ContentHash.Algorithm), quote(l.ContentHash.Value),
		quote(l.Published), quote(l.Type), l.V)
}

func (l leaf) check() error {
	switch published, err := time.Parse(time.RFC3339, l.Published); {
	case l.V != 1:
		return fmt.Errorf("version %d", l.V)
	case !leafTypes[l.Type]:
		return fmt.Errorf("type %q", l.Type)
	case !address.MatchString(l.Actor) || !address.MatchString(l.Activity):
		return fmt.Errorf("actor %q, activity %q", l.Actor, l.Activity)
	case l.ContentHash.Algorithm != "sha3-256" || !hex64.MatchString(l.ContentHash.Value):
		return fmt.Errorf("content hash %+v", l.ContentHash)
	case !commitment.MatchString(l.Commitment):
		return fmt.Errorf("commitment %q", l.Commitment)
	case err != nil || !strings.HasSuffix(l.Published, "Z") || published.IsZero():
		return fmt.Errorf("published %q", l.Published)
	}
	return nil
}

// quote writes a string as RFC 8785 does: escapes only where JSON needs them.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 && strings.ContainsRune("\b\t\n\f\r", r):
			b.WriteString(map[rune]string{'\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`}[r])
		case r < 0x20:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
