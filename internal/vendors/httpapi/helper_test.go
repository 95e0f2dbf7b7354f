package httpapi

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// The vendors of these tests are known by their names; what they are like, no
// test of the transport needs.
func init() {
	otp.Introduce(otp.AndroidAPI, "AndroidAPI")
	otp.Introduce(otp.MyOTP, "MyOTP.App")
	otp.Introduce(otp.Octopush, "Octopush")
	otp.Introduce(otp.Way2API, "Way2API")
}

const testSecret = "made+up/secret 0123"

var (
	readEndpoint = Endpoint{
		Operation: "list", Purpose: "read the list",
		Method: http.MethodGet, Path: "/list", Encoding: otp.Query, Read: true,
	}
	sendEndpoint = Endpoint{
		Operation: "send", Purpose: "send a code",
		Method: http.MethodPost, Path: "/send", Encoding: otp.JSON,
	}
	// getSend is a send by GET, which net/http takes for repeatable.
	getSend = Endpoint{
		Operation: "verify", Purpose: "verify a code",
		Method: http.MethodGet, Path: "/verify", Encoding: otp.Query,
	}
)

// phoneCall is a call with one confidential field.
func phoneCall(endpoint Endpoint, phone string) Call {
	return Call{Endpoint: endpoint, Fields: Fields{"phone": phone}, Secrets: []string{phone}}
}

// emailCall is a phoneCall with a confidential path.
func emailCall(endpoint Endpoint) Call {
	call := phoneCall(endpoint, "+33600000001")
	call.Path = map[string]string{"email": "ada@example.test"}
	return call
}

// counting is a limiter that lets everything through and counts.
type counting struct{ waits atomic.Int32 }

func (l *counting) Wait(ctx context.Context) error {
	l.waits.Add(1)
	return ctx.Err()
}

// standing is a clock that moves only while somebody sleeps by it, and keeps how
// long.
type standing struct {
	mutex  sync.Mutex
	now    time.Time
	sleeps []time.Duration
}

func (c *standing) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *standing) Sleep(ctx context.Context, d time.Duration) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now, c.sleeps = c.now.Add(d), append(c.sleeps, d)
	return ctx.Err()
}

// pauses records the waits before retries and takes none of them.
type pauses struct {
	mutex sync.Mutex
	waits []time.Duration
}

func (p *pauses) pause(wait time.Duration) time.Duration {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.waits = append(p.waits, wait)
	return 0
}

func (p *pauses) all() []time.Duration {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.waits
}

// testConfig carries its credential in the query, like AndroidAPI.
func testConfig(address string) Config {
	return Config{
		Vendor:  otp.AndroidAPI,
		BaseURL: address,
		Secrets: []string{testSecret},
		Authorize: func(call *Call) {
			if call.Endpoint.Encoding == otp.Query {
				call.Fields["secret"] = testSecret
				return
			}
			call.Headers["X-API-Key"] = testSecret
		},
		Transport: NewTransport(Options{MaxRetries: 3, Pause: new(pauses).pause}, ""),
	}
}

func newTestClient(t *testing.T, config Config) *Client {
	t.Helper()
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// answering starts a server that gives the answers one after the other, the
// last one for good, and counts requests.
func answering(t *testing.T, answers ...http.HandlerFunc) (string, *atomic.Int32) {
	t.Helper()
	var count atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number := int(count.Add(1))
		answers[min(number, len(answers))-1](w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, &count
}

func status(code int, header ...string) http.HandlerFunc {
	return body(code, "application/json", `{}`, header...)
}

func body(code int, contentType, text string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, text) // the client may have gone
	}
}

// dropping starts a server that handles raw connections and counts the
// requests it has read and the connections it has accepted.
type dropping struct {
	address     string
	requests    atomic.Int32
	connections atomic.Int32
}

// newDropping drops connections at once, or, where readFirst is set, answers
// request number n and drops the connection unless it is to be kept.
func newDropping(t *testing.T, readFirst bool, answer func(n int32) (text string, keep bool)) *dropping {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dropping{address: "http://" + listener.Addr().String()}
	var running sync.WaitGroup
	var open atomic.Pointer[net.Conn]
	t.Cleanup(func() {
		_ = listener.Close() // ends Accept
		if connection := open.Load(); connection != nil {
			_ = (*connection).Close() // the client keeps it alive
		}
		running.Wait()
	})
	running.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			open.Store(&connection)
			server.connections.Add(1)
			if readFirst {
				server.serve(connection, answer)
			}
			_ = connection.Close()
		}
	})
	return server
}

// serve handles one connection at a time: the tests are sequential.
func (d *dropping) serve(connection net.Conn, answer func(n int32) (string, bool)) {
	reader := bufio.NewReader(connection)
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body)
		text, keep := answer(d.requests.Add(1))
		_, _ = io.WriteString(connection, text)
		if !keep || request.Close {
			return
		}
	}
}

// refusedAddress is where nobody listens: the system hands this port to no test,
// as it may a port that was just closed.
const refusedAddress = "http://127.0.0.1:1"

func asError(t *testing.T, err error) *Error {
	t.Helper()
	var failure *Error
	if !errors.As(err, &failure) {
		t.Fatalf("got %T %v, want an *Error", err, err)
	}
	return failure
}
