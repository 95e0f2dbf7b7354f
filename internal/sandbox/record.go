package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// The sandbox keeps the newest of each and forgets the rest.
const (
	maxMessages = 1000
	maxRequests = 1000
	maxKept     = 64 << 10 // bytes of a body, a header or a query that are kept
	maxRecorded = 16 << 20 // bytes of all requests together
)

// size is about how many bytes a request takes.
func (r *Request) size() int {
	n := 512 + len(r.Path) + len(r.Body) + len(r.Answer) + len(r.Problem)
	for _, list := range []map[string][]string{r.Headers, r.Query} {
		for name, values := range list {
			n += len(name)
			for _, value := range values {
				n += len(value)
			}
		}
	}
	for _, note := range r.Repaired {
		n += len(note)
	}
	return n
}

// shorten keeps the beginning of a text and says how much is missing.
func shorten(text string) string {
	if len(text) <= maxKept {
		return text
	}
	return fmt.Sprintf("%s… (%d more bytes)", strings.ToValidUTF8(text[:maxKept], ""), len(text)-maxKept)
}

func shortenAll(values []string) []string {
	left := maxKept
	var out []string
	for _, value := range values {
		if left -= len(value); left < 0 && len(out) > 0 {
			return append(out, fmt.Sprintf("… (%d more)", len(values)-len(out)))
		}
		out = append(out, shorten(value))
	}
	return out
}

// Message is one message the sandbox would have sent.
type Message = emulate.Message

// Request is one request to a vendor and what became of it.
type Request struct {
	Number    int         `json:"number"` // counts from 1 and goes on when old requests are forgotten
	At        time.Time   `json:"at"`
	Vendor    string      `json:"vendor"`
	Operation string      `json:"operation"` // empty: the vendor serves no such path or method
	Method    string      `json:"method"`
	Path      string      `json:"path"` // below the vendor's base URL
	Headers   http.Header `json:"headers"`
	Query     url.Values  `json:"query"`
	Body      string      `json:"body,omitempty"`
	// Repaired lists what the vendor silently put right, "parameter: what was
	// done". A client that gets it right has nothing here.
	Repaired []string `json:"repaired,omitempty"`
	// Problem is what was wrong with the request, where the vendor's answer does
	// not say it.
	Problem string `json:"problem,omitempty"`
	Fault   Kind   `json:"fault,omitempty"` // the fault that met this request
	Status  int    `json:"status"`          // HTTP status of the answer, 0 while there is none
	// Answer is the body of the answer; an image is described, not kept.
	Answer string `json:"answer,omitempty"`
	// MessageID is the message that the request was about, where one can tell.
	MessageID string `json:"message_id,omitempty"`
	// Refused is a request that should have sent a code and did not.
	Refused bool `json:"refused,omitempty"`
	// Delivered is false where the answer never left, or not whole.
	Delivered bool `json:"delivered"`
}

func newRequest(v emulate.Vendor, operation, path string, r *http.Request) *Request {
	known := redaction(v.Credentials())
	record := &Request{
		Vendor: v.Name(), Operation: operation, Method: r.Method, Path: known.path(path, r),
		Headers: http.Header{}, Query: url.Values{},
	}
	for name, values := range r.Header {
		if name == "Referer" { // an address may hold a credential of anybody's
			values = withoutQuery(values)
		}
		record.Headers[name] = shortenAll(known.all(name, values, r))
	}
	for name, values := range r.URL.Query() {
		record.Query[shorten(known.text(name, r))] = shortenAll(known.all(name, values, r))
	}
	return record
}

func (r Request) clone() Request {
	r.Headers = r.Headers.Clone()
	r.Query = url.Values(http.Header(r.Query).Clone())
	r.Repaired = slices.Clone(r.Repaired)
	return r
}
