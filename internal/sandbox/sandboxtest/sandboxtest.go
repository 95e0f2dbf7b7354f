// Package sandboxtest is what the tests of the sandbox share: a sandbox whose
// clock stands still, and a plain HTTP client that asks it.
package sandboxtest

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// Start is the time in every test's sandbox.
var Start = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

// Fields are a JSON object.
type Fields = map[string]any

// Seeded is a source of the same codes and IDs each time.
func Seeded() io.Reader { return rand.NewChaCha8([32]byte{1}) }

// Open starts a sandbox whose clock stands still.
func Open(t *testing.T, options sandbox.Options) *sandbox.Server {
	t.Helper()
	if options.Clock == nil {
		options.Clock = func() time.Time { return Start }
	}
	return sandbox.StartForTest(t, options)
}

// Must ends the test at an error.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Account is what a vendor knows about its customer: the method Account of its
// control is read.
func Account[A any](t *testing.T, read func() (A, error)) A {
	t.Helper()
	account, err := read()
	Must(t, err)
	return account
}

// Response is an answer with its body read.
type Response struct {
	Status int
	Header http.Header
	Raw    string
	Body   Fields // nil where the answer is no JSON object
}

// Text is a string of the body, or empty.
func (r Response) Text(key string) string { s, _ := r.Body[key].(string); return s }

// Number is a number of the body, or 0.
func (r Response) Number(key string) float64 { f, _ := r.Body[key].(float64); return f }

// Verdict is the status of an envelope.
func (r Response) Verdict() int { return int(r.Number("status")) }

// Data is the object in an envelope.
func (r Response) Data() Fields { data, _ := r.Body["data"].(Fields); return data }

// Rows are the data of a list.
func (r Response) Rows(t *testing.T) []Fields {
	t.Helper()
	var envelope struct{ Data []Fields }
	if err := json.Unmarshal([]byte(r.Raw), &envelope); err != nil {
		t.Fatalf("%v: %s", err, r.Raw)
	}
	return envelope.Data
}

// Send does a request; a nil body is none. The error is that of the transport.
func Send(t *testing.T, method, url string, headers map[string]string, body any) (Response, error) {
	t.Helper()
	var reader io.Reader
	if text, ok := body.(string); ok {
		reader = bytes.NewReader([]byte(text))
	} else if body != nil {
		raw, err := json.Marshal(body)
		Must(t, err)
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, reader)
	Must(t, err)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
	}
	answer, err := Client(t).Do(request)
	if err != nil {
		return Response{}, err
	}
	raw, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	out := Response{Status: answer.StatusCode, Header: answer.Header, Raw: string(raw)}
	_ = json.Unmarshal(raw, &out.Body) // not every answer is an object
	return out, err
}

// Get reads a page of the sandbox.
func Get(t *testing.T, s *sandbox.Server, path string) Response {
	t.Helper()
	out, err := Send(t, http.MethodGet, s.URL()+path, nil, nil)
	Must(t, err)
	return out
}

// Post tells the sandbox something.
func Post(t *testing.T, s *sandbox.Server, path string, body any) Response {
	t.Helper()
	out, err := Send(t, http.MethodPost, s.URL()+path, nil, body)
	Must(t, err)
	return out
}

var clients sync.Map // *testing.T → *http.Client

// Client is one per test, so that no connection is shared between tests.
func Client(t *testing.T) *http.Client {
	made := &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	kept, loaded := clients.LoadOrStore(t, made)
	if !loaded {
		t.Cleanup(made.CloseIdleConnections)
	}
	c, _ := kept.(*http.Client)
	return c
}

// Last is the newest of a list.
func Last[T any](t *testing.T, list []T) T {
	t.Helper()
	if len(list) == 0 {
		t.Fatal("nothing there")
	}
	return list[len(list)-1]
}

// Until waits for something another goroutine is about to do.
func Until(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the test ended first")
		}
	}
}

// StateOf is all that a vendor keeps, as JSON.
func StateOf(t *testing.T, s *sandbox.Server, vendor string) string {
	t.Helper()
	for _, v := range s.Vendors() {
		if v.Name() == vendor {
			raw, err := json.Marshal(v.State())
			Must(t, err)
			return string(raw)
		}
	}
	t.Fatalf("there is no vendor %q", vendor)
	return ""
}
