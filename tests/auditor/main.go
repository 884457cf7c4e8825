// Command auditor follows an Art DAG transparency log over HTTP, with none of Art DAG's code: trees and proofs are those of
// golang.org/x/mod/sumdb/tlog, notes those of sumdb/note. It writes a line of JSON for each thing that it has checked and ends with
// 0 when all of it holds, 1 when the log answered what does not hold, 2 when it was called wrongly, and 3 when the log could not be reached.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

const usage = `usage:
  auditor audit  -log URL -vkey KEY [-from SIZE]... [-archive] [-leaf HEX]... [-replay]
  auditor follow -log URL -vkey KEY -state FILE [-polls N] [-every DURATION]
`

const (
	exitProven      = 0
	exitRefused     = 1
	exitUsage       = 2
	exitUnreachable = 3
)

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	if len(args) == 0 {
		return misuse(errors.New("no mode"))
	}
	switch args[0] {
	case "audit":
		return runAudit(args[1:])
	case "follow":
		return runFollow(args[1:])
	}
	return misuse(fmt.Errorf("no such mode: %s", args[0]))
}

func runAudit(args []string) int {
	flags := flag.NewFlagSet("audit", flag.ContinueOnError)
	base, vkeys := logFlags(flags)
	var from, leaves list
	flags.Var(&from, "from", "a size whose archived checkpoint must be consistent with the present one")
	flags.Var(&leaves, "leaf", "a leaf hash, hex, that must be in the log")
	archive := flags.Bool("archive", false, "every checkpoint that the log lists must be consistent with the present one")
	replay := flags.Bool("replay", false, "read every entry and recompute the whole tree")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	question := question{archive: *archive, replay: *replay}
	var err error
	if question.sizes, err = parseSizes(from); err != nil {
		return misuse(err)
	}
	if question.leaves, err = parseHashes(leaves); err != nil {
		return misuse(err)
	}
	auditor, err := newAuditor(*base, *vkeys)
	if err != nil {
		return misuse(err)
	}
	return conclude(auditor.audit(question))
}

func runFollow(args []string) int {
	flags := flag.NewFlagSet("follow", flag.ContinueOnError)
	base, vkeys := logFlags(flags)
	state := flags.String("state", "", "the file that keeps the last checkpoint")
	polls := flags.Int("polls", 0, "how often to look; 0: for ever")
	every := flags.Duration("every", time.Second, "how long to wait between two looks")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	if *state == "" {
		return misuse(errors.New("follow needs -state"))
	}
	auditor, err := newAuditor(*base, *vkeys)
	if err != nil {
		return misuse(err)
	}
	return conclude(auditor.follow(*state, *polls, *every))
}

func logFlags(flags *flag.FlagSet) (base *string, vkeys *list) {
	vkeys = new(list)
	flags.Var(vkeys, "vkey", "a verifier key of the log")
	return flags.String("log", "", "the log's URL prefix, such as https://example.org/log"), vkeys
}

func misuse(err error) int {
	fmt.Fprintf(os.Stderr, "auditor: %v\n%s", err, usage)
	return exitUsage
}

// conclude reports what ended the audit, if something did.
func conclude(err error) int {
	var refused *refusal
	switch {
	case err == nil:
		return exitProven
	case errors.As(err, &refused):
		report(line{"ok": false, "reason": refused.reason, "path": refused.path, "detail": refused.detail})
		return exitRefused
	default:
		report(line{"ok": false, "reason": "unreachable", "detail": err.Error()})
		return exitUnreachable
	}
}
