package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// A refusal is the finding that the log answered what does not hold. Any other error means that it did not answer.
type refusal struct {
	// A stable word, one for each way of being wrong.
	reason string
	// What was fetched, below the log's prefix.
	path   string
	detail string
}

func (r *refusal) Error() string { return fmt.Sprintf("%s: %s: %s", r.reason, r.path, r.detail) }

func refuse(reason, path, format string, args ...interface{}) error {
	return &refusal{reason, path, fmt.Sprintf(format, args...)}
}

type line map[string]interface{}

// report writes one line of JSON about something that was checked.
func report(l line) {
	if _, ok := l["ok"]; !ok {
		l["ok"] = true
	}
	text, err := json.Marshal(l)
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(append(text, '\n'))
}
