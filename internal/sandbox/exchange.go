package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// vendor is one emulated vendor. Everything but name, prefix, operations and
// credentials is called under the server's lock.
type vendor interface {
	// name is how configuration and errors spell the vendor.
	name() string
	// prefix is where its base URL begins on the sandbox, without a final slash.
	prefix() string
	// operations lists what the vendor serves.
	operations() []operation
	// refuse is the vendor's own answer to a path or method it does not serve.
	refuse(path string, status int, sentence string) answer
	// credentials are what the sandbox accepts.
	credentials() credentials
	// state is what the state file keeps, encoded as JSON; restore takes it back.
	state() any
	restore(state []byte) error
	// reset puts state back to the beginning.
	reset()
}

// deliverer is a vendor that reports on delivery.
type deliverer interface {
	setDelivery(messageID, status string) bool
}

// credentials are the ones a vendor accepts and where requests carry them.
type credentials struct {
	variables map[string]string // environment variable → value
	fields    []string          // names of headers and query fields, any case
}

// operation is one documented call of a vendor. A path segment in braces
// matches any one segment.
type operation struct {
	name   string // as faults, requests and contract files call it
	method string // empty: any
	path   string // below the vendor's prefix
	handle func(*exchange) answer
}

// find returns the operation for a method and path. Without one, status says
// why: 404, or 405 when only the method is wrong.
func find(operations []operation, method, path string) (op operation, params map[string]string, status int) {
	status = http.StatusNotFound
	for _, candidate := range operations {
		params, ok := matchPath(candidate.path, path)
		if !ok {
			continue
		}
		if candidate.method == "" || candidate.method == method {
			return candidate, params, http.StatusOK
		}
		status = http.StatusMethodNotAllowed
	}
	return operation{}, nil, status
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

// exchange is one request as a vendor's operation sees it. Operations run one
// at a time, under the server's lock.
type exchange struct {
	server   *Server
	now      time.Time
	method   string
	base     string // URL of the vendor's prefix, as the client knows it
	path     string
	header   http.Header
	query    url.Values
	params   map[string]string
	body     []byte
	remoteIP string

	repaired []string
	problem  string // what is wrong with the request, where the answer does not say
	err      error  // a fault of the sandbox itself, not of the request
}

// repair notes what the vendor silently put right: the parameter, then what
// happened to it.
func (x *exchange) repair(parameter, format string, args ...any) {
	x.repaired = append(x.repaired, parameter+": "+fmt.Sprintf(format, args...))
}

// send puts a message into the inbox.
func (x *exchange) send(message Message) {
	message.At = x.now
	messages := append(x.server.messages, message)
	x.server.messages = slices.Clone(messages[max(0, len(messages)-maxMessages):])
}

// object is the body as a JSON object, numbers kept as written. An empty body
// is an empty object.
func (x *exchange) object() (map[string]any, error) {
	fields := map[string]any{}
	if len(bytes.TrimSpace(x.body)) == 0 {
		return fields, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(x.body))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return map[string]any{}, fmt.Errorf("body is not a JSON object: %w", err)
	}
	if fields == nil || decoder.More() {
		return map[string]any{}, fmt.Errorf("body is not one JSON object")
	}
	return fields, nil
}

// wholeNumber is a JSON number without a fraction. 300.0 and 3e2 are 300.
func wholeNumber(number json.Number) (int, bool) {
	f, err := number.Float64()
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int(f), true
}

// answer is what goes back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func jsonAnswer(status int, value any) answer {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return ownFault(err)
	}
	return answer{status, http.Header{"Content-Type": {"application/json"}}, bytes.TrimRight(body.Bytes(), "\n")}
}

// ownFault is the answer when the sandbox itself is at fault. No vendor answers
// like this, so that it is not mistaken for one.
func ownFault(err error) answer {
	return answer{
		http.StatusInternalServerError,
		http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "X-Sandbox-Error": {"true"}},
		[]byte("The sandbox itself failed: " + err.Error() + "\n"),
	}
}

// timestamp writes a time as the vendors do: UTC, whole seconds.
func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
