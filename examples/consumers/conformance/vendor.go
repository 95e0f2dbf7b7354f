package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"
)

// Made stands for the code that the application made.
const Made = "<made>"

// vendor is a server that answers from a script and writes down every request.
type vendor struct {
	plain, tls *httptest.Server

	mutex   sync.Mutex
	answers []Answer
	got     []Request
	faults  []string // of the requests themselves
	made    string
}

// newVendor starts the server, and only where it is asked for one with a
// certificate, which costs more than a case.
func newVendor(secure bool) *vendor {
	v := &vendor{}
	v.plain = httptest.NewServer(http.HandlerFunc(v.serve))
	if !secure {
		return v
	}
	v.tls = httptest.NewUnstartedServer(http.HandlerFunc(v.serve))
	v.tls.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshakes
	v.tls.StartTLS()
	return v
}

func (v *vendor) close() {
	v.plain.Close()
	if v.tls != nil {
		v.tls.Close()
	}
}

func (v *vendor) expect(answers []Answer) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.answers, v.got, v.faults = answers, nil, nil
}

func (v *vendor) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	v.mutex.Lock()
	if err != nil || int64(len(body)) != r.ContentLength || len(r.TransferEncoding) > 0 {
		v.faults = append(v.faults, fmt.Sprintf("a body of %d bytes with Content-Length %d (%v, %v)", len(body), r.ContentLength, r.TransferEncoding, err))
	}
	request, err := describe(r, body)
	if err != nil {
		v.faults = append(v.faults, err.Error())
	}
	v.got = append(v.got, request)
	answer := Answer{Status: 599}
	if len(v.answers) > 0 {
		answer, v.answers = v.answers[0], v.answers[1:]
	}
	v.mutex.Unlock()
	answer.write(w, r, v.plain.URL)
}

func (a Answer) write(w http.ResponseWriter, r *http.Request, self string) {
	say := func(text ...string) { _, _ = io.WriteString(w, strings.Join(text, "")) } // that the program has gone is no fault
	good := `{"code": 0, "otp_request_token": "otp_1"`
	switch a.Fault {
	case "hang":
		<-r.Context().Done() // the program gives up
	case "drop":
		panic(http.ErrAbortHandler)
	case "cut": // the connection ends in the middle of a good answer
		w.Header().Set("Content-Length", "1000")
		say(good, "}")
	case "trickle": // never silent, never done
		ticker := time.NewTicker(50 * time.Millisecond)
		defer ticker.Stop()
		for r.Context().Err() == nil {
			say(" ")
			_ = http.NewResponseController(w).Flush() // fails when the program gave up
			<-ticker.C
		}
	case "noise":
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(connection, "leak-marker\r\n\r\n")
		_ = connection.Close() // the answer is broken anyway
	case "large": // a good answer that ends at 1 MiB
		say(good, strings.Repeat(" ", 1<<20-len(good)-1), "}")
	case "long": // a good answer, but over 1 MiB
		say(good, strings.Repeat(" ", 1<<20), "}")
	default:
		w.Header().Set("Content-Type", "application/json")
		for name, value := range a.Headers {
			w.Header().Set(name, value)
		}
		if a.Status/100 == 3 {
			w.Header().Set("Location", self+"/elsewhere")
		}
		w.WriteHeader(a.Status)
		say(string(a.JSON), a.Body)
	}
}

// describe takes a request apart.
func describe(r *http.Request, body []byte) (Request, error) {
	path, query, _ := strings.Cut(r.RequestURI, "?")
	out := Request{Method: r.Method, Path: path}
	for _, name := range []string{"Api-Key", "Api-Login", "X-Api-Key", "Authorization"} {
		if values := r.Header.Values(name); len(values) > 0 {
			if out.Headers == nil {
				out.Headers = map[string]string{}
			}
			out.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
		}
	}
	kind, parameters, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case query != "":
		out.Query = flat(r.URL.Query())
		if len(body) > 0 || kind != "" {
			return out, fmt.Errorf("a query with a body of type %q", kind)
		}
	case kind == "application/json":
		out.JSON = body
	case kind == "multipart/form-data":
		form, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).ReadForm(1 << 20)
		if err != nil {
			return out, fmt.Errorf("not multipart: %w", err)
		}
		if len(form.File) > 0 {
			return out, fmt.Errorf("a part is a file")
		}
		out.Multipart = flat(form.Value)
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return out, fmt.Errorf("not a form: %w", err)
		}
		out.Form = flat(form)
	default:
		return out, fmt.Errorf("a body of type %q", kind)
	}
	return out, nil
}

func flat(values map[string][]string) map[string]string {
	fields := map[string]string{}
	for name, list := range values {
		fields[name] = strings.Join(list, "|")
	}
	return fields
}

// matches compares a request with the one that is wanted, and catches the code
// that the application made.
func (v *vendor) matches(want, got Request, length int) bool {
	same := want.Method == got.Method && want.Path == got.Path && reflect.DeepEqual(want.Headers, got.Headers) &&
		v.equal(generic(want.Form), generic(got.Form), length) && v.equal(generic(want.Multipart), generic(got.Multipart), length) && v.equal(generic(want.Query), generic(got.Query), length)
	if !same || (want.JSON == nil) != (got.JSON == nil) {
		return false
	}
	if want.JSON == nil {
		return true
	}
	wanted, err := decode[any](want.JSON)
	if err != nil {
		return false
	}
	found, err := decode[any](got.JSON)
	return err == nil && json.Valid(got.JSON) && v.equal(wanted, found, length)
}

func generic(fields map[string]string) any {
	if fields == nil {
		return nil
	}
	out := map[string]any{}
	for name, value := range fields {
		out[name] = value
	}
	return out
}

func (v *vendor) equal(want, got any, length int) bool {
	switch want := want.(type) {
	case string:
		text, ok := got.(string)
		if want == Made && ok && len(text) == length && strings.Trim(text, "0123456789") == "" {
			v.made = text
			return true
		}
		return ok && text == want
	case map[string]any:
		node, ok := got.(map[string]any)
		if !ok || len(node) != len(want) {
			return false
		}
		for name := range want {
			if value, present := node[name]; !present || !v.equal(want[name], value, length) {
				return false
			}
		}
		return true
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !v.equal(want[i], list[i], length) {
				return false
			}
		}
		return true
	}
	return want == got
}
