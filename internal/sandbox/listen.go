package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// DefaultAddress is where the sandbox listens unless told otherwise.
const DefaultAddress = "127.0.0.1:8484"

// Start serves the sandbox: "127.0.0.1:8484", "localhost:0" (any free port). An
// address that other machines reach is refused without a token: the sandbox
// shows codes to whoever asks. Call it once, before other goroutines use s.
func (s *Server) Start(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("sandbox address %q: %w; write it as %q", address, err, DefaultAddress)
	}
	if host == "localhost" {
		host = "127.0.0.1" // whatever the machine's own list of hosts says
	}
	if ip := net.ParseIP(host); (ip == nil || !ip.IsLoopback()) && s.token == "" {
		return fmt.Errorf("the sandbox shows every code to whoever asks: "+
			"listen on %q or another loopback address, or give it a token (--token) with the address %q", DefaultAddress, address)
	}
	if s.http != nil {
		return fmt.Errorf("the sandbox has been started already, at %s", s.URL())
	}
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return fmt.Errorf("starting the sandbox: %w; choose another port", err)
	}
	s.listener = listener
	s.http = &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: s.patience, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxKept,
		ErrorLog: log.New(io.Discard, "", 0), // dropped connections are what faults are for
	}
	s.served = make(chan error, 1)
	go func() { s.served <- s.http.Serve(listener) }()
	return nil
}

// URL is where the sandbox was started, without a final slash; empty before. A
// sandbox that listens on every address is named by the first of its hosts, or
// by the loopback address.
func (s *Server) URL() string {
	if s.listener == nil {
		return ""
	}
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if len(s.hosts) > 0 {
			host = s.hosts[0]
		}
		return "http://" + net.JoinHostPort(host, port)
	}
	return "http://" + s.listener.Addr().String()
}

// grace is how long requests under way may take when the sandbox ends.
const grace = 5 * time.Second

// Close ends the sandbox: requests that a fault holds back are let go, the
// others get their answers. A second Close does nothing.
func (s *Server) Close() error {
	var result error
	s.closeOnce.Do(func() {
		close(s.closing)
		if s.http != nil {
			ctx, stop := context.WithTimeout(context.Background(), grace)
			defer stop()
			if result = s.http.Shutdown(ctx); errors.Is(result, context.DeadlineExceeded) {
				result = s.http.Close()
			}
			if err := <-s.served; !errors.Is(err, http.ErrServerClosed) {
				result = errors.Join(result, fmt.Errorf("serving the sandbox: %w", err))
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		result = errors.Join(result, s.letGo())
	})
	return result
}

// TestingT is what StartForTest needs of a *testing.T.
type TestingT interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// StartForTest starts a sandbox on a free port and closes it when the test ends.
func StartForTest(t TestingT, options Options) *Server {
	t.Helper()
	s, err := New(options)
	if err != nil {
		t.Fatalf("making the sandbox: %v", err)
		return nil
	}
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatalf("starting the sandbox: %v", err)
		return nil
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Fatalf("closing the sandbox: %v", err)
		}
	})
	return s
}
