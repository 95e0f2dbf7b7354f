package emulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"time"
)

// Exchange is one request as a vendor's operation sees it, or one order.
// Operations run one at a time, under the sandbox's lock.
type Exchange struct {
	Now      time.Time
	Random   io.Reader // the source of codes and IDs
	Method   string
	Base     string // URL of the vendor's prefix, as the client knows it
	Path     string
	Header   http.Header
	Query    url.Values
	Params   map[string]string // segments of the path
	Body     []byte
	RemoteIP string

	Sent     []Message // what went out, oldest first
	About    string    // the message ID of the code that this is about; Send sets it
	Repaired []string
	Problem  string // what is wrong with the request, where the answer does not say
	Err      error  // a fault of the sandbox itself, not of the request
}

// Repair notes what the vendor silently put right: the parameter, then what
// happened to it.
func (x *Exchange) Repair(parameter, format string, args ...any) {
	x.Repaired = append(x.Repaired, parameter+": "+fmt.Sprintf(format, args...))
}

// Send puts a message into the inbox.
func (x *Exchange) Send(message Message) {
	message.At = x.Now
	x.About = message.MessageID
	x.Sent = append(x.Sent, message)
}

// Object is the body as a JSON object, numbers kept as written. An empty body
// is an empty object.
func (x *Exchange) Object() (map[string]any, error) {
	fields := map[string]any{}
	if len(bytes.TrimSpace(x.Body)) == 0 {
		return fields, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(x.Body))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return map[string]any{}, fmt.Errorf("body is not a JSON object: %w", err)
	}
	if fields == nil || decoder.More() {
		return map[string]any{}, fmt.Errorf("body is not one JSON object")
	}
	return fields, nil
}

// WholeNumber is a JSON number without a fraction. 300.0 and 3e2 are 300.
func WholeNumber(number json.Number) (int, bool) {
	f, err := number.Float64()
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int(f), true
}

// Money rounds to hundredths of a cent, which sums of floats drift from.
func Money(amount float64) float64 { return math.Round(amount*10000) / 10000 }
