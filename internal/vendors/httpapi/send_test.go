package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

const okAnswer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

func sends() map[string]Endpoint {
	form := sendEndpoint
	form.Encoding = otp.Form
	multipart := sendEndpoint
	multipart.Encoding = otp.Multipart
	put := sendEndpoint
	put.Method = http.MethodPut
	return map[string]Endpoint{
		"POST json": sendEndpoint, "POST form": form, "POST multipart": multipart,
		"PUT json": put, "GET query": getSend,
	}
}

func TestSendIsTriedOnceWhateverTheAnswer(t *testing.T) {
	t.Parallel()
	for name, endpoint := range sends() {
		for _, code := range []int{429, 500, 502, 503, 504} {
			address, count := answering(t, status(code, "Retry-After", "1"))
			client := newTestClient(t, testConfig(address))
			_, err := client.Do(t.Context(), phoneCall(endpoint, "+33600000001"), nil)
			if failure := asError(t, err); !failure.MaybeSent || failure.Status != code {
				t.Errorf("%s, %d: got %+v, want MaybeSent and the status", name, code, failure)
			}
			if got := count.Load(); got != 1 {
				t.Errorf("%s, %d: %d requests, want 1", name, code, got)
			}
		}
	}
}

func TestSendIsTriedOnceWhenTheConnectionDrops(t *testing.T) {
	t.Parallel()
	for name, endpoint := range sends() {
		call := phoneCall(endpoint, "+33600000001")

		unread := newDropping(t, false, nil)
		_, err := newTestClient(t, testConfig(unread.address)).Do(t.Context(), call, nil)
		if failure := asError(t, err); failure.Kind != Connection || !failure.MaybeSent {
			t.Errorf("%s, dropped before reading: got %v, want a connection error that says it may have been sent", name, err)
		}
		if got := unread.connections.Load(); got != 1 {
			t.Errorf("%s, dropped before reading: %d connections, want 1", name, got)
		}

		read := newDropping(t, true, func(int32) (string, bool) { return "", false })
		_, err = newTestClient(t, testConfig(read.address)).Do(t.Context(), call, nil)
		if failure := asError(t, err); failure.Kind != Connection || !failure.MaybeSent {
			t.Errorf("%s, dropped after reading: got %v, want a connection error that says it may have been sent", name, err)
		}
		if got := read.requests.Load(); got != 1 {
			t.Errorf("%s, dropped after reading: %d requests, want 1", name, got)
		}
	}
}

// net/http repeats a request by itself when it went out on a kept-alive
// connection that the server closes instead of answering.
func TestSendIsNotRepeatedOnAStaleConnection(t *testing.T) {
	t.Parallel()
	for name, endpoint := range sends() {
		server := newDropping(t, true, func(n int32) (string, bool) {
			if n == 1 {
				return okAnswer, true
			}
			return "", false
		})
		client := newTestClient(t, testConfig(server.address))
		call := phoneCall(endpoint, "+33600000001")
		if _, err := client.Do(t.Context(), call, nil); err != nil {
			t.Fatalf("%s: the first send: %v", name, err)
		}
		_, err := client.Do(t.Context(), call, nil)
		if failure := asError(t, err); !failure.MaybeSent {
			t.Errorf("%s: got %v, want an error that says it may have been sent", name, err)
		}
		if got := server.requests.Load(); got != 2 {
			t.Errorf("%s: the server read %d requests for two sends, want 2", name, got)
		}
		if got := server.connections.Load(); got != 2 {
			t.Errorf("%s: %d connections for two sends, want one each", name, got)
		}
	}
}

// A read leaves a kept-alive connection behind; a send must not use it.
func TestSendDoesNotUseTheConnectionOfARead(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	peers := map[string]bool{}
	address, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		peers[r.RemoteAddr] = true
		mutex.Unlock()
		status(200)(w, r)
	})
	client := newTestClient(t, testConfig(address))
	for _, endpoint := range []Endpoint{readEndpoint, readEndpoint, sendEndpoint, getSend} {
		if _, err := client.Do(t.Context(), Call{Endpoint: endpoint}, nil); err != nil {
			t.Fatal(err)
		}
	}
	mutex.Lock()
	defer mutex.Unlock()
	if len(peers) != 3 {
		t.Errorf("two reads and two sends took %d connections, want 3: one shared by the reads", len(peers))
	}
}

func TestSendThatNeverLeftSaysSo(t *testing.T) {
	t.Parallel()
	plain := httptest.NewTLSServer(http.NotFoundHandler()) // its certificate is not trusted
	t.Cleanup(plain.Close)
	for name, address := range map[string]string{
		"refused": refusedAddress, "no such name": "https://vendor.invalid", "certificate": plain.URL,
	} {
		client := newTestClient(t, testConfig(address))
		_, err := client.Do(t.Context(), Call{Endpoint: sendEndpoint}, nil)
		if failure := asError(t, err); failure.MaybeSent || failure.Kind != Connection {
			t.Errorf("%s: got %+v, want a connection error and nothing sent", name, failure)
		}
	}
}

func TestSendThatTimesOutMayHaveBeenSent(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	address, count := answering(t, func(http.ResponseWriter, *http.Request) { <-gate })
	t.Cleanup(func() { close(gate) })
	config := testConfig(address)
	var err error
	patience := 300 * time.Millisecond
	for ; count.Load() == 0; patience *= 2 { // a busy machine takes longer to connect
		config.Transport.options.Timeout = patience
		_, err = newTestClient(t, config).Do(t.Context(), Call{Endpoint: sendEndpoint}, nil)
	}
	want := "Could not send a code at AndroidAPI: no answer within " + (patience / 2).String() + "." +
		" AndroidAPI may have carried it out all the same, so it was not repeated." +
		" Check that the vendor is up, or raise http.timeout."
	if failure := asError(t, err); failure.Kind != Connection || !failure.MaybeSent || failure.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if got := count.Load(); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestSendCancelledWhileWaitingForTheAnswer(t *testing.T) {
	t.Parallel()
	gate, arrived := make(chan struct{}), make(chan struct{})
	address, count := answering(t, func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-gate
	})
	t.Cleanup(func() { close(gate) })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := newTestClient(t, testConfig(address)).Do(ctx, Call{Endpoint: sendEndpoint}, nil)
	if failure := asError(t, err); failure.Kind != Cancelled || !failure.MaybeSent {
		t.Errorf("got %+v, want a cancelled send that may have been sent", failure)
	}
	if got := count.Load(); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestSendRefusedByTheLimitNeverLeaves(t *testing.T) {
	t.Parallel()
	address, count := answering(t, status(200))
	config := testConfig(address)
	config.Transport.options.MaxRequestsPerSecond = 0.0001
	client := newTestClient(t, config)
	for range 10 { // the burst
		if _, err := client.Do(t.Context(), Call{Endpoint: sendEndpoint}, nil); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := client.Do(ctx, Call{Endpoint: sendEndpoint}, nil)
	if failure := asError(t, err); failure.Kind != Cancelled || failure.MaybeSent {
		t.Errorf("got %+v, want cancelled and nothing sent", failure)
	}
	if got := count.Load(); got != 10 {
		t.Errorf("%d requests, want 10", got)
	}
}
