// Package sandbox is a local emulator of the OTP vendors: it answers as their
// references say, strictly, sends nothing, and keeps every message and request
// where a person or a test can look at them. It is an independent reading of
// the references: it imports no vendor package, and contract files bind the two.
package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Options is how a sandbox is made. The zero value is a sandbox in memory.
type Options struct {
	// StatePath is the file that keeps the state over restarts. Empty: memory only.
	StatePath string
	// Clock is the time before Advance moves it. Nil: the time of the machine.
	Clock func() time.Time
	// Random is the source of codes and IDs. Nil: crypto/rand. It is read under
	// a lock, so a plain seeded reader will do.
	Random io.Reader
	// Hosts are further names that the sandbox may be called by, without a port:
	// "sandbox" in a composition of containers. Loopback names and bare addresses
	// always do.
	Hosts []string
	// Token is what the page and the control interface ask for. It is needed where
	// the sandbox listens on more than a loopback address.
	Token string
	// Patience is how long a client may take to send a body. 0 means 10 seconds.
	Patience time.Duration
	// Settings choose between readings where a vendor's documents disagree.
	Settings Settings
}

// Server is one sandbox. Its methods may be called from several goroutines.
type Server struct {
	path    string
	clock   func() time.Time
	random  io.Reader
	vendors []emulate.Vendor
	pages   http.Handler

	hosts    []string // in lower case
	token    string
	patience time.Duration

	closing   chan struct{}
	closeOnce sync.Once

	mu       sync.Mutex
	offset   time.Duration
	messages []Message
	requests []*Request
	number   int // of the last request
	sent     int // the number of the last message
	ordered  int // the number of the last fault
	watchers map[chan struct{}]bool
	saved    saved
	faults   []*Fault

	listener net.Listener
	http     *http.Server
	served   chan error
}

// New makes a sandbox. With a state path it continues where the file ends; a
// file that it cannot read is an error and is left as it is.
func New(options Options) (*Server, error) {
	s := &Server{
		path:    options.StatePath,
		clock:   options.Clock,
		random:  options.Random,
		closing: make(chan struct{}),

		token: options.Token, patience: options.Patience, watchers: map[chan struct{}]bool{},
	}
	for _, host := range options.Hosts {
		s.hosts = append(s.hosts, strings.ToLower(host))
	}
	if s.patience == 0 {
		s.patience = 10 * time.Second
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	var err error
	if s.vendors, err = options.Settings.vendors(); err != nil {
		return nil, err
	}
	s.pages = s.newPages()
	if err := s.load(); err != nil {
		return nil, err
	}
	return s, nil
}

// Vendors are the emulated vendors, sorted by name.
func (s *Server) Vendors() []emulate.Vendor { return s.vendors }

// Messages returns what was "sent", oldest first: the newest 1,000.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message{}, s.messages...)
}

// Requests returns what was asked of the vendors, oldest first: the newest
// 1,000. Credentials are replaced by Redacted.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.requests))
	for i, request := range s.requests {
		out[i] = request.clone()
	}
	return out
}

// Now is the time in the sandbox, in UTC and whole seconds.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Server) now() time.Time { return s.clock().Add(s.offset).UTC().Truncate(time.Second) }

// Advance moves the sandbox's clock forward.
func (s *Server) Advance(by time.Duration) error {
	if by < 0 {
		return fmt.Errorf("the sandbox's clock cannot go back by %s: reset it instead", -by)
	}
	return s.change(func() error { s.offset += by; return nil })
}

// Sleep waits by the sandbox's clock, which it moves, so that a program that
// waits by it need not: it is a clock.Clock. It ends early when the context does.
func (s *Server) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.Advance(d)
}

// Reset forgets messages, requests, faults, what the vendors know and the
// advanced clock.
func (s *Server) Reset() error {
	return s.change(func() error {
		s.offset, s.messages, s.requests, s.number, s.sent, s.faults = 0, nil, nil, 0, 0, nil
		for _, v := range s.vendors {
			v.Reset()
		}
		return nil
	})
}

// SetDelivery says what the vendor reports about a message from now on, in the
// vendor's words: "UNDELIV", "read", "failed". It overrides the usual course.
func (s *Server) SetDelivery(messageID, status string) error {
	return s.change(func() error {
		for _, v := range s.vendors {
			if d, ok := v.(emulate.Deliverer); ok && d.SetDelivery(messageID, status) {
				return nil
			}
		}
		return fmt.Errorf("no vendor of the sandbox with delivery reports knows the message %q", messageID)
	})
}

// change does something under the lock and writes the state file.
func (s *Server) change(do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := do()
	s.touched()
	return errors.Join(err, s.journal(nil))
}

// Change does something to the vendors under the lock and writes the state
// file.
func (s *Server) Change(do func(*emulate.Exchange) error) error {
	return s.change(func() error {
		x := s.exchange()
		err := do(x)
		s.keep(x)
		return err
	})
}

// View looks at the vendors under the lock.
func (s *Server) View(do func(*emulate.Exchange)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(s.exchange())
}

// exchange is what an order of a person or a test works with: no HTTP request has
// asked for it.
func (s *Server) exchange() *emulate.Exchange {
	return &emulate.Exchange{Now: s.now(), Random: s.random}
}

// keep puts what an exchange sent into the inbox.
func (s *Server) keep(x *emulate.Exchange) {
	for i := range x.Sent {
		s.sent++
		x.Sent[i].Number = s.sent
	}
	s.messages = emulate.Newest(s.messages, maxMessages, x.Sent...)
}
