package faulttest

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// Server is a vendor behind a line that has a fault. It writes the bytes of its
// answers itself, because a server that keeps to HTTP cannot make most faults.
type Server struct {
	// Requests counts what was asked while the fault was there: requests, or
	// connections where none of them is read.
	Requests atomic.Int32
	// Followed counts who came to where a redirect leads.
	Followed atomic.Int32

	fault    Fault
	upstream http.Handler
	faulty   func(*http.Request) bool
	healed   atomic.Bool
	address  string

	listener  net.Listener
	elsewhere string
	mutex     sync.Mutex
	open      map[net.Conn]bool
	running   sync.WaitGroup
}

// Start serves the vendor. Requests for which faulty holds meet the fault, after
// the vendor has done what they ask for; nil: all of them. The others, and all
// after Heal, get the vendor's own answer.
func Start(t testing.TB, fault Fault, upstream http.Handler, faulty func(*http.Request) bool) *Server {
	t.Helper()
	if fault.Refused {
		// The system hands this port to no test, as it may a port that was just closed.
		return &Server{fault: fault, address: "127.0.0.1:1"}
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{fault: fault, upstream: upstream, faulty: faulty, address: listener.Addr().String(), listener: listener, open: map[net.Conn]bool{}}
	if fault.Redirect {
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { s.Followed.Add(1) }))
		t.Cleanup(other.Close)
		s.elsewhere = other.URL
	}
	s.running.Go(s.accept)
	t.Cleanup(s.close)
	return s
}

// URL is the address of the server.
func (s *Server) URL() string { return "http://" + s.address }

// Heal takes the fault away. A refused address stays one.
func (s *Server) Heal() { s.healed.Store(true) }

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mutex.Lock()
		s.open[conn] = true
		s.mutex.Unlock()
		s.running.Go(func() {
			s.serve(conn)
			_ = conn.Close() // the client may have closed it
			s.mutex.Lock()
			delete(s.open, conn)
			s.mutex.Unlock()
		})
	}
}

func (s *Server) close() {
	_ = s.listener.Close() // ends accept
	s.mutex.Lock()
	for conn := range s.open {
		_ = conn.Close() // ends serve
	}
	s.mutex.Unlock()
	s.running.Wait()
}

func (s *Server) serve(conn net.Conn) {
	if s.fault.Unread && s.faulty == nil && !s.healed.Load() {
		s.Requests.Add(1)
		reset(conn)
		return
	}
	reader := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		request.Body, request.RemoteAddr = io.NopCloser(bytes.NewReader(body)), conn.RemoteAddr().String()
		meets := !s.healed.Load() && (s.faulty == nil || s.faulty(request))
		if meets {
			s.Requests.Add(1)
		}
		if meets && s.fault.Unread { // for all that the vendor knows
			reset(conn)
			return
		}
		answer := s.ask(request)
		if !meets {
			if write(conn, answer.Status, answer.Body, "Content-Type", answer.ContentType) != nil {
				return
			}
			continue
		}
		answer.elsewhere = s.elsewhere
		answer.asked = fmt.Appendf(nil, "%s %s %v %s", request.Method, request.URL, request.Header, body)
		if !s.fault.answer(conn, answer) {
			return
		}
	}
}

// ask is the vendor's own answer.
func (s *Server) ask(request *http.Request) Answer {
	recorder := httptest.NewRecorder()
	s.upstream.ServeHTTP(recorder, request)
	return Answer{Status: recorder.Code, ContentType: recorder.Header().Get("Content-Type"), Body: recorder.Body.Bytes()}
}

// Answer is the right answer to a request. As a handler it is a vendor that has
// no other.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte

	asked     []byte // the whole request, as a proxy might quote it
	elsewhere string // where a redirect leads
}

// ServeHTTP gives the answer.
func (a Answer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", cmp.Or(a.ContentType, "application/json"))
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // a recorder takes it
}

// write writes a whole answer with the headers, names and values in turn.
func write(conn net.Conn, status int, body []byte, headers ...string) error {
	all := map[string]string{"Content-Length": fmt.Sprint(len(body))}
	for i := 0; i+1 < len(headers); i += 2 {
		all[headers[i]] = headers[i+1]
	}
	if status < 200 || status == http.StatusNoContent || status == http.StatusNotModified {
		delete(all, "Content-Length")
	}
	text := fmt.Sprintf("HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if value := all[name]; value != "" {
			text += name + ": " + value + "\r\n"
		}
	}
	_, err := conn.Write(append([]byte(text+"\r\n"), body...))
	return err
}

// reset ends a connection so that the other side is told that it broke.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // the next line closes it in any case
	}
	_ = conn.Close()
}
