package consumers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// vendor is a server that answers from a script and writes down every request.
type vendor struct {
	*httptest.Server
	mu      sync.Mutex
	answers []string
	calls   []string
	made    string // the code that the application made
}

func newVendor(t *testing.T) *vendor {
	t.Helper()
	v := &vendor{}
	v.Server = httptest.NewServer(http.HandlerFunc(v.serve))
	t.Cleanup(v.Close)
	return v
}

// expect sets the answers to come: a status and a body, or one of the words that serve
// knows.
func (v *vendor) expect(answers []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answers = slices.Clone(answers)
}

// take gives the requests since it was last called.
func (v *vendor) take() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	calls := v.calls
	v.calls = nil
	return calls
}

// code is the code that the application made last.
func (v *vendor) code() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.made
}

func (v *vendor) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	v.mu.Lock()
	v.calls = append(v.calls, v.describe(r, body, err))
	answer := "599 unexpected"
	if len(v.answers) > 0 {
		answer, v.answers = v.answers[0], v.answers[1:]
	}
	v.mu.Unlock()
	switch answer {
	case "hang":
		<-r.Context().Done() // the consumer gives up
	case "drop":
		panic(http.ErrAbortHandler)
	case "cut": // the connection ends in the middle of a good answer
		w.Header().Set("Content-Length", "1000")
		write(w, `{"code": 0, "otp_request_token": "otp_1"}`)
	case "trickle": // never silent, never done
		for drops := time.NewTicker(50 * time.Millisecond); r.Context().Err() == nil; <-drops.C {
			write(w, " ")
			_ = http.NewResponseController(w).Flush() // fails when the consumer gave up
		}
	case "noise":
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		write(connection, "leak-marker\r\n\r\n")
		_ = connection.Close() // the answer is broken anyway
	case "large": // a good answer that ends at 1 MiB
		head := `{"code": 0, "otp_request_token": "otp_1"`
		write(w, head, strings.Repeat(" ", 1<<20-len(head)-1), "}")
	case "long": // a good answer, but over 1 MiB
		write(w, `{"code": 0, "otp_request_token": "otp_1"`, strings.Repeat(" ", 1<<20), `}`)
	default:
		status, text, _ := strings.Cut(answer, " ")
		code, _ := strconv.Atoi(status)
		if code/100 == 3 {
			w.Header().Set("Location", v.URL+"/elsewhere")
		}
		w.WriteHeader(code)
		write(w, text)
	}
}

// write answers; that the consumer has gone is no fault.
func write(w io.Writer, text ...string) { _, _ = io.WriteString(w, strings.Join(text, "")) }

// describe writes a request on one line: method, path, credentials, encoding
// and fields.
func (v *vendor) describe(r *http.Request, body []byte, err error) string {
	line := []string{r.Method, r.URL.Path}
	for _, name := range []string{"Api-Key", "Api-Login", "X-Api-Key", "Authorization"} {
		for _, value := range r.Header.Values(name) {
			line = append(line, strings.ToLower(name)+"="+value)
		}
	}
	if err != nil || int64(len(body)) != r.ContentLength || len(r.TransferEncoding) > 0 {
		line = append(line, fmt.Sprintf("WITHOUT LENGTH %d %v %v", r.ContentLength, r.TransferEncoding, err))
	}
	kind, parameters, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.URL.RawQuery != "":
		line = append(line, "query", flat(r.URL.Query()))
	case kind == "application/json":
		var fields map[string]any
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		if err := decoder.Decode(&fields); err != nil {
			return "not JSON: " + err.Error()
		}
		if r.URL.Path == "/way2api/aws/send_otp-pin" {
			v.made, _ = fields["value"].(string)
			fields["value"] = fmt.Sprintf("MADE, %d digits", len(v.made))
		}
		line = append(line, "json", text(fields))
	case kind == "multipart/form-data":
		form, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).ReadForm(1 << 20)
		if err != nil {
			return "not multipart: " + err.Error()
		}
		line = append(line, "multipart", flat(form.Value))
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return "not a form: " + err.Error()
		}
		line = append(line, "form", flat(form))
	default:
		line = append(line, "body of type", kind, string(body))
	}
	return strings.Join(line, " ")
}

func flat(values map[string][]string) string {
	fields := map[string]any{}
	for name, list := range values {
		fields[name] = strings.Join(list, "|")
	}
	return text(fields)
}

func text(fields map[string]any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(fields); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(out.String())
}
