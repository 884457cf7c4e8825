package main

import (
	"errors"
	"os"
	"time"
)

// follow looks at the log again and again and proves each new checkpoint consistent with the one before, which a file keeps over restarts. It
// goes on when the log cannot be reached, and ends at the first refusal.
func (a *auditor) follow(stateFile string, polls int, every time.Duration) error {
	last, err := a.loadState(stateFile)
	if err != nil {
		return err
	}
	for poll := 1; ; poll++ {
		next, err := a.step(last)
		var refused *refusal
		switch {
		case errors.As(err, &refused):
			return err
		case err != nil:
			report(line{"check": "poll", "ok": false, "reason": "unreachable", "detail": err.Error()})
		case last == nil || next.N > last.N:
			if err := saveState(stateFile, next); err != nil {
				return err
			}
			last = next
		}
		if poll == polls {
			return err
		}
		time.Sleep(every)
	}
}

// step fetches the present checkpoint and proves it consistent with the last one.
func (a *auditor) step(last *checkpoint) (*checkpoint, error) {
	next, err := a.fetchCheckpoint("checkpoint")
	if err != nil {
		return nil, err
	}
	if last != nil && next.Tree == last.Tree {
		return &next, nil
	}
	if last != nil && next.N < last.N {
		return nil, refuse("shrunk", "checkpoint", "from %d leaves to %d", last.N, next.N)
	}
	tiles, err := openTiles(next.Tree, a.source)
	if err != nil {
		return nil, err
	}
	if last == nil {
		report(line{"check": "checkpoint", "origin": a.origin, "size": next.N, "root": next.Hash.String()})
		return &next, nil
	}
	return &next, proveConsistent(*last, tiles, "checkpoint")
}

func (a *auditor) loadState(file string) (*checkpoint, error) {
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	last, err := openCheckpoint(text, file, a.known, a.origin)
	return &last, err
}

// saveState replaces the file as a whole, so that a crash leaves the old one or the new one.
func saveState(file string, last *checkpoint) error {
	if err := os.WriteFile(file+".new", []byte(last.note), 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
