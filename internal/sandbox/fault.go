package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Kind is what a fault does to a request.
type Kind string

// The kinds of faults.
const (
	// Answer replaces the vendor's answer by Status, Headers and Body. The
	// operation does not happen, unless TakesEffect.
	Answer Kind = "answer"
	// DropBefore drops the connection before the request is read: nothing happens.
	DropBefore Kind = "drop_before"
	// DropAfter drops the connection after the operation: a code was sent, and
	// the client never learns it.
	DropAfter Kind = "drop_after"
	// Cut does the operation, announces the whole body, sends half of it and
	// drops the connection.
	Cut Kind = "cut"
	// Truncate does the operation and answers half of its body as if that were
	// all: a complete HTTP answer with broken JSON.
	Truncate Kind = "truncate"
	// Delay does the operation, late. Set Gate or Delay with it.
	Delay Kind = "delay"
)

// Fault is a failure to come.
type Fault struct {
	Number    int    `json:"number,omitempty"` // the sandbox's own, to drop it by
	Vendor    string `json:"vendor"`           // empty: any
	Operation string `json:"operation"`        // empty: any
	// Times is how many requests it meets. 0 means one; below 0, all until
	// ClearFaults.
	Times int  `json:"times"`
	Kind  Kind `json:"kind"`

	Status      int               `json:"status,omitempty"`  // of an Answer
	Headers     map[string]string `json:"headers,omitempty"` // of an Answer
	Body        string            `json:"body,omitempty"`    // of an Answer
	TakesEffect bool              `json:"takes_effect,omitempty"`

	// Gate holds a request of any kind but DropBefore back until it can be
	// received from: close it to let all go, send to let one go and to know
	// that it has arrived. A client that hangs up ends the wait; the operation
	// happens all the same, as it would at a vendor.
	Gate <-chan struct{} `json:"-"`
	// DelayMilliseconds holds a request back by the machine's clock. It is for
	// people at the control path; tests use Gate.
	DelayMilliseconds int `json:"delay_milliseconds,omitempty"`
}

// RateLimited is one answer 429. retryAfter is the value of Retry-After; empty:
// no such header.
func RateLimited(vendor, operation, retryAfter string) Fault {
	fault := Fault{
		Vendor: vendor, Operation: operation, Kind: Answer, Status: http.StatusTooManyRequests,
		Headers: map[string]string{"Content-Type": "text/plain"}, Body: "Too Many Requests",
	}
	if retryAfter != "" {
		fault.Headers["Retry-After"] = retryAfter
	}
	return fault
}

// HTMLPage is one answer with an error page, as gateways in front of an API
// make them.
func HTMLPage(vendor, operation string, status int) Fault {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return Fault{
		Vendor: vendor, Operation: operation, Kind: Answer, Status: status,
		Headers: map[string]string{"Content-Type": "text/html"},
		Body:    "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>",
	}
}

// Fail lets the next requests that the fault is for fail. Faults for the same
// operation are used in the order they came. A fault that could never happen is
// an error.
func (s *Server) Fail(fault Fault) error {
	if err := s.checkFault(fault); err != nil {
		return err
	}
	if fault.Times == 0 {
		fault.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ordered++
	fault.Number = s.ordered
	s.faults = append(s.faults, &fault)
	s.touched()
	return nil
}

// Faults returns the faults that are still to come.
func (s *Server) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Fault, len(s.faults))
	for i, fault := range s.faults {
		out[i] = *fault
	}
	return out
}

// ClearFaults drops the faults that are still to come.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	s.touched()
}

// DropFault drops one fault that is still to come, by its number.
func (s *Server) DropFault(number int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f *Fault) bool { return f.Number == number })
	if i < 0 {
		return fmt.Errorf("there is no fault %d, or no longer", number)
	}
	s.faults = slices.Delete(s.faults, i, i+1)
	s.touched()
	return nil
}

func (s *Server) checkFault(fault Fault) error {
	kinds := []Kind{Answer, DropBefore, DropAfter, Cut, Truncate, Delay}
	switch {
	case !slices.Contains(kinds, fault.Kind):
		return fmt.Errorf("fault of kind %q: the kinds are %q", fault.Kind, kinds)
	case fault.Kind == Answer && (fault.Status < 200 || fault.Status > 599):
		return fmt.Errorf("fault of kind answer with HTTP status %d: choose one from 200 to 599", fault.Status)
	case fault.Kind != Answer && (fault.Status != 0 || fault.Body != "" || fault.Headers != nil || fault.TakesEffect):
		return fmt.Errorf("fault of kind %s: status, headers, body and takes_effect belong to the kind answer", fault.Kind)
	case fault.Kind == Delay && fault.Gate == nil && fault.DelayMilliseconds <= 0:
		return fmt.Errorf("fault of kind delay: say how long, by a gate or in milliseconds")
	}
	var vendors, operations []string
	for _, v := range s.vendors {
		vendors = append(vendors, v.Name())
		if fault.Vendor == "" || fault.Vendor == v.Name() {
			for _, op := range v.Operations() {
				operations = append(operations, op.Name)
			}
		}
	}
	if fault.Vendor != "" && !slices.Contains(vendors, fault.Vendor) {
		return fmt.Errorf("fault of vendor %q: the sandbox has %q", fault.Vendor, vendors)
	}
	if fault.Operation != "" && !slices.Contains(operations, fault.Operation) {
		return fmt.Errorf("fault of operation %q: there are %q", fault.Operation, operations)
	}
	return nil
}

// takeFault uses up the first fault for the operation. Without one it returns
// the zero fault, which does nothing.
func (s *Server) takeFault(vendor, operation string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, fault := range s.faults {
		if (fault.Vendor != "" && fault.Vendor != vendor) || (fault.Operation != "" && fault.Operation != operation) {
			continue
		}
		if fault.Times > 0 {
			fault.Times--
			if fault.Times == 0 {
				s.faults = slices.Delete(s.faults, i, i+1)
			}
		}
		return *fault
	}
	return Fault{}
}

func (f Fault) answer() emulate.Answer {
	out := emulate.Answer{Status: f.Status, Header: http.Header{}, Body: []byte(f.Body)}
	for name, value := range f.Headers {
		out.Header.Set(name, value)
	}
	return out
}

// wait holds the request back until the gate opens or the client hangs up. It
// is false when the sandbox closed instead: then nothing may happen any more.
func (f Fault) wait(ctx context.Context, closing <-chan struct{}) bool {
	if f.Gate == nil && f.DelayMilliseconds <= 0 {
		return true
	}
	var timer <-chan time.Time
	if f.DelayMilliseconds > 0 {
		timer = time.After(time.Duration(f.DelayMilliseconds) * time.Millisecond)
	}
	select {
	case <-f.Gate:
	case <-timer:
	case <-ctx.Done():
	case <-closing:
		return false
	}
	return true
}
