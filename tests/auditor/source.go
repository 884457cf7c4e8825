package main

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	textType  = "text/plain; charset=utf-8"
	bytesType = "application/octet-stream"
	jsonType  = "application/json; charset=utf-8"

	maxTextBytes   = 1 << 20
	maxBundleBytes = tileWidth * (2 + 1<<16)

	attempts    = 5
	longestWait = 30 * time.Second
)

// A source fetches the log's resources. Nothing of what it returns is to be trusted.
type source struct {
	base    string
	client  *http.Client
	fetched int
}

func newSource(base string) *source {
	client := &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &source{base: strings.TrimSuffix(base, "/") + "/", client: client}
}

// get returns the body at a path below the log's prefix. It waits and asks again when it is told to (429, 503 with Retry-After).
func (s *source) get(path, contentType string, maxBytes int64) ([]byte, error) {
	for attempt := 1; ; attempt++ {
		s.fetched++
		request, err := http.NewRequest(http.MethodGet, s.base+path, nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Accept", strings.SplitN(contentType, ";", 2)[0])
		answer, err := s.client.Do(request)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(io.LimitReader(answer.Body, maxBytes+1))
		answer.Body.Close()
		if err != nil {
			return nil, err
		}
		switch wait, told := retryAfter(answer); {
		case answer.StatusCode == http.StatusOK:
			return body, checkAnswer(answer, path, contentType, int64(len(body)), maxBytes)
		case answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusGone:
			return nil, refuse("missing", path, "the log must have this, and answers %d", answer.StatusCode)
		case told && attempt < attempts:
			time.Sleep(wait)
		default:
			return nil, fmt.Errorf("%s: status %d", path, answer.StatusCode)
		}
	}
}

func checkAnswer(answer *http.Response, path, contentType string, length, maxBytes int64) error {
	if length > maxBytes {
		return refuse("too_long", path, "more than %d bytes", maxBytes)
	}
	if got := strings.ToLower(answer.Header.Get("Content-Type")); got != contentType {
		return refuse("content_type", path, "%q instead of %q", got, contentType)
	}
	return nil
}

func retryAfter(answer *http.Response) (time.Duration, bool) {
	if answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode != http.StatusServiceUnavailable {
		return 0, false
	}
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	wait := time.Duration(seconds) * time.Second
	return wait, err == nil && seconds >= 0 && wait <= longestWait
}
