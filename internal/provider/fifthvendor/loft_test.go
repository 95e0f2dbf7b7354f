package fifthvendor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// loft is the vendor's server. It answers from what was sent.
type loft struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string          // method, path, key and body
	codes    map[string]string // by ring
	corn     int               // nothing is sent without corn
}

func newLoft(t *testing.T) *loft {
	t.Helper()
	l := &loft{codes: map[string]string{}, corn: 7}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return l
}

// ServeHTTP serves the five calls.
func (l *loft) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var body struct {
		Ring, Code string
		More       int
	}
	var raw json.RawMessage
	if r.Method != http.MethodGet && (json.NewDecoder(r.Body).Decode(&raw) != nil || json.Unmarshal(raw, &body) != nil) || r.Header.Get(keyHeader) != apiKey {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	l.requests = append(l.requests, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, r.URL.Path, raw)))
	status, answer := http.StatusOK, any(map[string]any{"right": body.Code != "" && l.codes[body.Ring] == body.Code})
	switch {
	case r.URL.Path == accountEndpoint.Path:
		answer = map[string]any{"corn": l.corn, "nest": "attic"}
	case r.URL.Path == pricesEndpoint.Path:
		answer = map[string]any{"grains": "0.5"}
	case r.URL.Path == sendEndpoint.Path && l.corn == 0:
		status, answer = http.StatusPaymentRequired, map[string]any{"trouble": "P17", "words": "no corn"}
	case r.URL.Path == sendEndpoint.Path:
		ring := fmt.Sprintf("ring-%d", len(l.codes)+1)
		l.codes[ring] = "314159"
		status, answer = http.StatusCreated, map[string]any{"ring": ring}
	case r.URL.Path == extendEndpoint.Path && l.codes[body.Ring] == "":
		status = http.StatusNotFound
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the client may have gone
}

// last is the request that came last.
func (l *loft) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.requests) == 0 {
		return ""
	}
	return l.requests[len(l.requests)-1]
}

func (l *loft) starve() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.corn = 0
}

// asked is what was asked by reads, and forgets it.
func (l *loft) asked() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked := l.requests
	l.requests = nil
	return asked
}
