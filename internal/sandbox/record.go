package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// The sandbox keeps the newest of each and forgets the rest.
const (
	maxMessages = 1000
	maxRequests = 1000
)

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
	// Delivered is false where the answer never left, or not whole.
	Delivered bool `json:"delivered"`
}

func newRequest(v emulate.Vendor, operation, path string, r *http.Request) *Request {
	known := redaction(v.Credentials())
	record := &Request{
		Vendor: v.Name(), Operation: operation, Method: r.Method, Path: path,
		Headers: http.Header{}, Query: url.Values{},
	}
	for name, values := range r.Header {
		record.Headers[name] = known.all(name, values, r)
	}
	for name, values := range r.URL.Query() {
		record.Query[known.text(name, r)] = known.all(name, values, r)
	}
	return record
}

func (r Request) clone() Request {
	r.Headers = r.Headers.Clone()
	r.Query = url.Values(http.Header(r.Query).Clone())
	r.Repaired = slices.Clone(r.Repaired)
	return r
}
