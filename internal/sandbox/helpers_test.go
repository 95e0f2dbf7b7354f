package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"
)

// start is the time in every test's sandbox.
var start = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

func seeded() io.Reader { return rand.NewChaCha8([32]byte{1}) }

// open starts a sandbox whose clock stands still.
func open(t *testing.T, options Options) *Server {
	t.Helper()
	if options.Clock == nil {
		options.Clock = func() time.Time { return start }
	}
	return StartForTest(t, options)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// response is an answer with its body read.
type response struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (r response) text(key string) string { s, _ := r.body[key].(string); return s }

func (r response) number(key string) float64 { f, _ := r.body[key].(float64); return f }

// send does a request; a nil body is none. The error is that of the transport.
func send(t *testing.T, method, url string, headers map[string]string, body any) (response, error) {
	t.Helper()
	var reader io.Reader
	if text, ok := body.(string); ok {
		reader = bytes.NewReader([]byte(text))
	} else if body != nil {
		raw, err := json.Marshal(body)
		must(t, err)
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, reader)
	must(t, err)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer, err := client(t).Do(request)
	if err != nil {
		return response{}, err
	}
	raw, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	out := response{status: answer.StatusCode, header: answer.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &out.body) // not every answer is an object
	return out, err
}

var transports sync.Map // *testing.T → *http.Client

// client is one per test, so that no connection is shared between tests.
func client(t *testing.T) *http.Client {
	made := &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	kept, loaded := transports.LoadOrStore(t, made)
	if !loaded {
		t.Cleanup(made.CloseIdleConnections)
	}
	c, _ := kept.(*http.Client)
	return c
}

type fields = map[string]any

// myotpCall asks MyOTP, with the right key.
func myotpCall(t *testing.T, s *Server, path string, body any) response {
	t.Helper()
	out, err := send(t, http.MethodPost, s.URL()+"/myotp"+path, map[string]string{"X-API-Key": myotpKey}, body)
	must(t, err)
	return out
}

// octopushCall asks Octopush, with the right credentials.
func octopushCall(t *testing.T, s *Server, method, path string, body any) response {
	t.Helper()
	headers := map[string]string{"api-login": octopushLogin, "api-key": octopushKey}
	out, err := send(t, method, s.URL()+"/octopush/v1/public"+path, headers, body)
	must(t, err)
	return out
}

func last[T any](t *testing.T, list []T) T {
	t.Helper()
	if len(list) == 0 {
		t.Fatal("nothing there")
	}
	return list[len(list)-1]
}
