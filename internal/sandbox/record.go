package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The sandbox keeps the newest of each and forgets the rest.
const (
	maxMessages = 1000
	maxRequests = 1000
)

// Redacted stands in logged requests where a credential was.
const Redacted = "[credential]"

// Message is one message the sandbox would have sent.
type Message struct {
	Vendor    string    `json:"vendor"`
	Channel   string    `json:"channel"`
	To        string    `json:"to"`     // E.164
	Sender    string    `json:"sender"` // sender ID or brand, as the vendor has it
	Text      string    `json:"text"`
	Code      string    `json:"code"`
	MessageID string    `json:"message_id"` // MyOTP message ID, Octopush ticket
	At        time.Time `json:"at"`
}

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
	Fault    Kind     `json:"fault,omitempty"` // the fault that met this request
	Status   int      `json:"status"`          // HTTP status of the answer, 0 while there is none
	// Delivered is false where the answer never left, or not whole.
	Delivered bool `json:"delivered"`
}

func newRequest(v vendor, operation, path string, r *http.Request) *Request {
	known := v.credentials()
	record := &Request{
		Vendor: v.name(), Operation: operation, Method: r.Method, Path: path,
		Headers: http.Header{}, Query: url.Values{},
	}
	for name, values := range r.Header {
		record.Headers[name] = known.redactAll(name, values, r)
	}
	for name, values := range r.URL.Query() {
		record.Query[known.redact(name, r)] = known.redactAll(name, values, r)
	}
	return record
}

func (r Request) clone() Request {
	r.Headers = r.Headers.Clone()
	r.Query = url.Values(http.Header(r.Query).Clone())
	r.Repaired = slices.Clone(r.Repaired)
	return r
}

// secret reports whether a header or field of this name carries a credential.
func (c credentials) secret(name string) bool {
	name = strings.ToLower(name)
	if slices.Contains([]string{"authorization", "proxy-authorization", "cookie"}, name) {
		return true
	}
	return slices.ContainsFunc(c.fields, func(field string) bool { return strings.EqualFold(field, name) })
}

func (c credentials) redactAll(name string, values []string, r *http.Request) []string {
	out := make([]string, len(values))
	for i, value := range values {
		if c.secret(name) {
			out[i] = Redacted
			continue
		}
		out[i] = c.redact(value, r)
	}
	return out
}

// redact replaces every credential in a text: those the sandbox accepts, and
// those this request carries, right or wrong.
func (c credentials) redact(text string, r *http.Request) string {
	if text == "" {
		return text
	}
	var found []string
	for _, value := range c.variables {
		found = append(found, value)
	}
	for _, from := range []map[string][]string{r.Header, r.URL.Query()} {
		for name, values := range from {
			if c.secret(name) {
				found = append(found, values...)
			}
		}
	}
	// Longest first, lest one credential be left over as the rest of another.
	slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) })
	for _, value := range found {
		if value != "" {
			text = strings.ReplaceAll(text, value, Redacted)
		}
	}
	return text
}
