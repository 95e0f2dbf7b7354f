// Package emulate is what the emulated vendors share: one request as a vendor
// sees it, the answer that goes back, the message that would have been sent.
package emulate

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Vendor is one emulated vendor. Everything but Name, Prefix, Operations,
// Credentials and Orders is called under the sandbox's lock.
type Vendor interface {
	// Name is how configuration and errors spell the vendor.
	Name() string
	// Prefix is where its base URL begins on the sandbox, without a final slash.
	Prefix() string
	// Operations lists what the vendor serves.
	Operations() []Operation
	// NotServed lists what the vendor's reference names and the sandbox does not
	// serve, "METHOD /path", and why.
	NotServed() []NotServed
	// Refuse is the vendor's own answer to a path or method it does not serve.
	Refuse(path string, status int, sentence string) Answer
	// Credentials are what the sandbox accepts.
	Credentials() Credentials
	// State is what the state file keeps, encoded as JSON; Restore takes it back.
	State() any
	Restore(state []byte) error
	// Reset puts the state back to the beginning.
	Reset()
	// Balance is what is left of the customer's money, and its unit: "credits",
	// "euros", a currency. SetBalance makes it another amount, 0 or more.
	Balance() (amount float64, unit string)
	SetBalance(amount float64)
	// Orders are what a person or a test may tell the vendor from outside the
	// process, at /_sandbox/NAME/.
	Orders() []Order
}

// Deliverer is a vendor that reports on delivery.
type Deliverer interface {
	// SetDelivery says what the vendor reports about a message from now on. It is
	// false for a message that the vendor does not know.
	SetDelivery(messageID, status string) bool
}

// Paneler is a vendor with things of its own to look at.
type Paneler interface {
	// Panel is encoded as JSON after the lock is gone: it shares nothing.
	Panel(now time.Time) any
}

// Credentials are the ones a vendor accepts and where requests carry them.
type Credentials struct {
	Variables map[string]string // environment variable → value
	Fields    []string          // names of headers and query fields, any case
}

// Operation is one documented call of a vendor. A path segment in braces
// matches any one segment.
type Operation struct {
	Name   string // as faults, requests and contract files call it
	Method string // empty: any
	Path   string // below the vendor's prefix
	Handle func(*Exchange) Answer
	Sends  bool // a code; false: it reads or verifies
}

// NotServed are calls of a vendor that the sandbox leaves out, for one reason.
type NotServed struct {
	Reason string   `json:"reason"`
	Calls  []string `json:"calls"`
}

// Find returns the operation for a method and path. Without one, status says
// why: 404, or 405 when only the method is wrong.
func Find(operations []Operation, method, path string) (op Operation, params map[string]string, status int) {
	status = http.StatusNotFound
	for _, candidate := range operations {
		params, ok := matchPath(candidate.Path, path)
		if !ok {
			continue
		}
		if candidate.Method == "" || candidate.Method == method {
			return candidate, params, http.StatusOK
		}
		status = http.StatusMethodNotAllowed
	}
	return Operation{}, nil, status
}

func matchPath(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	params := map[string]string{}
	for i, segment := range want {
		name, isParam := strings.CutPrefix(segment, "{")
		switch {
		case isParam && got[i] != "":
			params[strings.TrimSuffix(name, "}")] = got[i]
		case segment != got[i]:
			return nil, false
		}
	}
	return params, true
}

// Settings choose between readings where a vendor's documents are silent or
// disagree, and make the emulator that keeps to them.
type Settings interface {
	New() (Vendor, error)
}

var registered = map[string]func() Settings{}

// Register adds a vendor to every sandbox that is made from now on. defaults
// makes settings that JSON is decoded onto. Call it from the init of the
// vendor's package.
func Register(name string, defaults func() Settings) { registered[name] = defaults }

// Defaults are the settings of every vendor that registered itself.
func Defaults() map[string]Settings {
	out := map[string]Settings{}
	for name, defaults := range registered {
		out[name] = defaults()
	}
	return out
}

// Names are those of the vendors that registered themselves, sorted.
func Names() []string { return slices.Sorted(maps.Keys(registered)) }
