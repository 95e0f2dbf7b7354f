package emulate

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Order is something that a person or a test may ask of a vendor beside its API.
type Order struct {
	Method  string // GET reads, the others change
	Path    string // below /_sandbox/NAME/
	Summary string // a sentence for whoever reads the list of paths
	Body    any    // an example of the body; nil: there is none
	Answer  any    // an example of the answer; nil: what there is just now
	// Do obeys and returns what is answered, as JSON. An error is the fault of
	// whoever asked.
	Do func(host Host, body []byte) (any, error)
	// Picture answers a PNG instead, of the thing that {token} in the path names.
	Picture func(host Host, token string) ([]byte, error)
}

// Host is the sandbox as a vendor's orders see it.
type Host interface {
	Vendors() []Vendor
	// Change does something under the lock and keeps what came of it.
	Change(do func(*Exchange) error) error
	// View looks at something under the lock.
	View(do func(*Exchange))
}

// Of is the emulator of one vendor. A host without it is a mistake of whoever
// wrote the program.
func Of[V Vendor](host Host) V {
	for _, candidate := range host.Vendors() {
		if vendor, ok := candidate.(V); ok {
			return vendor
		}
	}
	panic(fmt.Sprintf("the sandbox has no %T", *new(V)))
}

// Read is an order that answers with what there is.
func Read(path, summary string, show func(Host) (any, error)) Order {
	return Order{Method: "GET", Path: path, Summary: summary, Do: func(host Host, _ []byte) (any, error) { return show(host) }}
}

// Answers is the order with an example of its answer.
func (o Order) Answers(example any) Order {
	o.Answer = example
	return o
}

// Tell is an order whose body is a B. It is answered with the body, where do
// has nothing else to say.
func Tell[B any](path, summary string, example B, do func(Host, B) error) Order {
	return Order{Method: "POST", Path: path, Summary: summary, Body: example, Answer: example, Do: func(host Host, raw []byte) (any, error) {
		var body B
		if err := Strictly(raw, &body); err != nil {
			return nil, fmt.Errorf("the body is not the JSON object that this path takes: %w", err)
		}
		return body, do(host, body)
	}}
}

// Strictly decodes one JSON value; keys that nobody knows are an error.
func Strictly(raw []byte, onto any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(onto); err != nil {
		return err
	}
	if decoder.More() {
		return fmt.Errorf("there is something after it")
	}
	return nil
}

// Clone is a copy that shares nothing with the original.
func Clone[T any](original T) (T, error) {
	var out T
	raw, err := json.Marshal(original)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(raw, &out)
}
