// Package replay runs vendor clients against contract files: documented pairs
// of a request and its answer. It is used by tests only.
package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// File is one contract file.
type File struct {
	Name      string   `json:"-"` // operation/title of the file, without .json
	Title     string   `json:"title"`
	Operation string   `json:"operation"`
	Request   Request  `json:"request"`
	Response  Response `json:"response"`
	Verdict   *Verdict `json:"verdict"` // nil: no document makes such a call
}

// Request is what a client sends.
type Request struct {
	Method   string            `json:"method"`
	Path     string            `json:"path"` // after the base URL
	Headers  map[string]string `json:"headers"`
	Query    map[string]any    `json:"query"`    // strings or lists of strings
	Encoding string            `json:"encoding"` // multipart or form, of Form
	Form     map[string]string `json:"form"`
	Body     json.RawMessage   `json:"body"` // null: none
	RawBody  *string           `json:"raw_body"`
}

// Response is what the vendor answers. RawBody is for what is no JSON, Base64Body
// for what is no text.
type Response struct {
	Status     int               `json:"status"`
	Headers    map[string]string `json:"headers"`
	Body       json.RawMessage   `json:"body"`
	RawBody    string            `json:"raw_body"`
	Base64Body []byte            `json:"base64_body"`
}

// Verdict is what the call of a document makes of the answer, and how it fares
// with the request.
type Verdict struct {
	Outcome    string `json:"outcome"`
	Reason     string `json:"reason,omitempty"`
	VendorCode string `json:"vendor_code,omitempty"`
	Advice     string `json:"advice,omitempty"`
	Remaining  *int64 `json:"remaining,omitempty"`
	MessageID  string `json:"message_id,omitempty"`
	Cost       string `json:"cost,omitempty"`
	// Plan are the errors by which a plan refuses to make such a request.
	Plan []string `json:"plan,omitempty"`
	// Unlike says why no document makes this very request; empty: one does.
	Unlike string `json:"unlike,omitempty"`
}

// Fields are the fields of the request, wherever it has them; empty where its
// body is no object.
func (f File) Fields() map[string]any {
	fields := map[string]any{}
	if body, ok := decode(f.Request.Body).(map[string]any); ok {
		fields = body
	}
	for name, value := range f.Request.Form {
		fields[name] = value
	}
	for name, value := range f.Request.Query {
		fields[name] = value
	}
	return fields
}

// Bytes are the body as it travels.
func (r Response) Bytes() []byte {
	switch {
	case r.RawBody != "":
		return []byte(r.RawBody)
	case r.Base64Body != nil:
		return r.Base64Body
	}
	return r.Body
}

// Files reads the contract files under a folder, one folder per operation.
func Files(t testing.TB, folder string) []File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no contract files in %s: %v", folder, err)
	}
	files := make([]File, 0, len(paths))
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		operation := filepath.Base(filepath.Dir(path))
		file := File{Name: operation + "/" + strings.TrimSuffix(filepath.Base(path), ".json")}
		if err := json.Unmarshal(raw, &file); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if file.Operation != operation {
			t.Errorf("%s: the operation is %q", path, file.Operation)
		}
		files = append(files, file)
	}
	return files
}

// Server answers every request as the file says and keeps the requests.
type Server struct {
	URL string

	mutex    sync.Mutex
	requests []received
}

type received struct {
	request *http.Request
	body    []byte
}

// Serve starts a server for the file. It ends with the test.
func (f File) Serve(t testing.TB) *Server {
	t.Helper()
	server := new(Server)
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("%s: the request could not be read: %v", f.Name, err)
		}
		server.mutex.Lock()
		server.requests = append(server.requests, received{r, body})
		server.mutex.Unlock()
		for name, value := range f.Response.Headers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(f.Response.Status)
		if _, err := w.Write(f.Response.Bytes()); err != nil {
			t.Errorf("%s: the answer could not be written: %v", f.Name, err)
		}
	}))
	t.Cleanup(listening.Close)
	server.URL = listening.URL
	return server
}

// Count is how many requests arrived.
func (s *Server) Count() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.requests)
}

// Diff compares the only request that arrived with the file's. Headers that the
// file does not name are not looked at.
func (f File) Diff(s *Server) string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if len(s.requests) != 1 {
		return fmt.Sprintf("%d requests arrived, want 1", len(s.requests))
	}
	got := s.requests[0]
	want := map[string]any{
		"method": f.Request.Method, "path": f.Request.Path,
		"query": f.query(), "headers": f.Request.Headers, "body": decode(f.Request.Body),
	}
	headers := map[string]string{}
	for name := range f.Request.Headers {
		headers[name] = got.request.Header.Get(name)
	}
	return cmp.Diff(want, map[string]any{
		"method": got.request.Method, "path": got.request.URL.Path,
		"query": map[string][]string(got.request.URL.Query()), "headers": headers, "body": decode(got.body),
	})
}

func (f File) query() map[string][]string {
	query := map[string][]string{}
	for name, value := range f.Request.Query {
		switch value := value.(type) {
		case []any:
			for _, item := range value {
				query[name] = append(query[name], fmt.Sprint(item))
			}
		default:
			query[name] = []string{fmt.Sprint(value)}
		}
	}
	return query
}

// decode reads a body as JSON; what is no JSON stays text.
func decode(raw []byte) any {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return string(raw)
	}
	return value
}
