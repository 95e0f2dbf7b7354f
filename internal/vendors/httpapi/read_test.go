package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestReadIsRetried(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answers []http.HandlerFunc
		count   int32
		kind    Kind // empty: success
	}{
		"500 then success":            {[]http.HandlerFunc{status(500), status(200)}, 2, ""},
		"502, 503, 429, then success": {[]http.HandlerFunc{status(502), status(503), status(429), status(200)}, 4, ""},
		"500 for good":                {[]http.HandlerFunc{status(500)}, 4, Unavailable},
		"429 for good":                {[]http.HandlerFunc{status(429)}, 4, RateLimited},
		"501 is final":                {[]http.HandlerFunc{status(501)}, 1, Unavailable},
		"400 is final":                {[]http.HandlerFunc{status(400)}, 1, Invalid},
		"401 is final":                {[]http.HandlerFunc{status(401)}, 1, Unauthorized},
		"404 is final":                {[]http.HandlerFunc{status(404)}, 1, NotFound},
		"broken JSON is final":        {[]http.HandlerFunc{body(200, "application/json", `{"a":`)}, 1, BadAnswer},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, count := answering(t, test.answers...)
			limit := new(counting)
			config := testConfig(address)
			config.Transport.limiter = func(float64, Options) limiter { return limit }
			client := newTestClient(t, config)
			var out map[string]any
			_, err := client.Do(t.Context(), Call{Endpoint: readEndpoint}, &out)
			if test.kind == "" && err != nil || test.kind != "" && !IsKind(err, test.kind) {
				t.Errorf("got %v, want kind %q", err, test.kind)
			}
			if got := count.Load(); got != test.count {
				t.Errorf("%d requests, want %d", got, test.count)
			}
			if got := limit.waits.Load(); got != test.count {
				t.Errorf("the request limit was asked %d times, want once per try: %d", got, test.count)
			}
		})
	}
}

func TestReadIsRetriedAfterConnectionFailures(t *testing.T) {
	t.Parallel()
	dropped := newDropping(t, false, nil)
	_, err := newTestClient(t, testConfig(dropped.address)).Do(t.Context(), Call{Endpoint: readEndpoint}, nil)
	if failure := asError(t, err); failure.Kind != Connection || failure.MaybeSent {
		t.Errorf("got %+v, want a connection error that says nothing of sending", failure)
	}
	if got := dropped.connections.Load(); got != 4 {
		t.Errorf("%d connections, want 4", got)
	}

	cut := newDropping(t, true, func(n int32) (string, bool) {
		if n == 3 {
			return okAnswer, true
		}
		return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{", false
	})
	if _, err := newTestClient(t, testConfig(cut.address)).Do(t.Context(), Call{Endpoint: readEndpoint}, nil); err != nil {
		t.Errorf("a body cut off twice and then complete: %v", err)
	}
	if got := cut.requests.Load(); got != 3 {
		t.Errorf("%d requests, want 3", got)
	}
}

func TestRetriedReadSendsItsBodyAgain(t *testing.T) {
	t.Parallel()
	var bodies []string
	address, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if bodies = append(bodies, string(raw)); len(bodies) < 3 {
			status(500)(w, r)
			return
		}
		status(200)(w, r)
	})
	for _, encoding := range []otp.Encoding{otp.JSON, otp.Form} {
		bodies = nil
		endpoint := Endpoint{Operation: "report", Purpose: "read it", Method: http.MethodPost, Path: "/report", Encoding: encoding, Read: true}
		if _, err := newTestClient(t, testConfig(address)).Do(t.Context(), phoneCall(endpoint, "1"), nil); err != nil {
			t.Fatal(err)
		}
		if len(bodies) != 3 || bodies[0] == "" || bodies[1] != bodies[0] || bodies[2] != bodies[0] {
			t.Errorf("%s: the bodies were %q, want three times the same", encoding, bodies)
		}
	}
}

func TestReadWithoutRetries(t *testing.T) {
	t.Parallel()
	address, count := answering(t, status(500))
	config := testConfig(address)
	config.Transport.options.MaxRetries = 0
	if _, err := newTestClient(t, config).Do(t.Context(), Call{Endpoint: readEndpoint}, nil); err == nil {
		t.Error("no error")
	}
	if got := count.Load(); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestReadBacksOffWithJitter(t *testing.T) {
	t.Parallel()
	address, _ := answering(t, status(500))
	record := new(pauses)
	config := testConfig(address)
	config.Transport.options.MaxRetries, config.Transport.options.Pause = 7, record.pause
	if _, err := newTestClient(t, config).Do(t.Context(), Call{Endpoint: readEndpoint}, nil); err == nil {
		t.Error("no error")
	}
	longest := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 10 * time.Second, 10 * time.Second}
	waits := record.all()
	if len(waits) != len(longest) {
		t.Fatalf("%d waits, want %d", len(waits), len(longest))
	}
	for i, wait := range waits {
		if wait < longest[i]/2 || wait >= longest[i] {
			t.Errorf("wait %d is %s, want it in [%s, %s)", i, wait, longest[i]/2, longest[i])
		}
	}
}

func TestRetryAfterIsHonouredUpToALimit(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		header string
		least  time.Duration
		count  int32
		next   string
	}{
		"seconds":          {"7", 7 * time.Second, 2, ""},
		"the limit itself": {"30", 30 * time.Second, 2, ""},
		"a date":           {"Thu, 01 Oct 2026 09:00:12 GMT", 12 * time.Second, 2, ""},
		"a date long past": {"Thu, 01 Oct 2020 09:00:00 GMT", 0, 2, ""},
		"not understood":   {"soon", 0, 2, ""},
		"beyond the limit": {"31", 0, 1, "It asks to wait 31s; the provider waits at most 30s by itself."},
		"a date far ahead": {"Thu, 01 Oct 2026 10:00:00 GMT", 0, 1, "It asks to wait 1h0m0s; the provider waits at most 30s by itself."},
	}
	for _, code := range []int{429, 503} {
		for name, test := range tests {
			address, count := answering(t, status(code, "Retry-After", test.header), status(200))
			record := new(pauses)
			config := testConfig(address)
			config.Transport.options.Pause, config.Transport.options.Now = record.pause, func() time.Time { return now }
			_, err := newTestClient(t, config).Do(t.Context(), Call{Endpoint: readEndpoint}, nil)
			if got := count.Load(); got != test.count {
				t.Errorf("%d, %s: %d requests, want %d", code, name, got, test.count)
			}
			if test.next != "" {
				if failure := asError(t, err); failure.Next != test.next || failure.Status != code {
					t.Errorf("%d, %s: got %q, want it to say %q", code, name, err, test.next)
				}
				continue
			}
			if err != nil {
				t.Errorf("%d, %s: %v", code, name, err)
				continue
			}
			if wait := record.all()[0]; wait < test.least || wait >= test.least+time.Second {
				t.Errorf("%d, %s: waited %s, want %s and a little", code, name, wait, test.least)
			}
		}
	}
}

func TestRetriesEndWhenTheContextDoes(t *testing.T) {
	t.Parallel()
	address, count := answering(t, status(500))
	ctx, cancel := context.WithCancel(t.Context())
	config := testConfig(address)
	config.Transport.options.Pause = func(time.Duration) time.Duration {
		cancel()
		return time.Hour // the test would not end if the wait were taken
	}
	_, err := newTestClient(t, config).Do(ctx, Call{Endpoint: readEndpoint}, nil)
	failure := asError(t, err)
	if failure.Kind != Cancelled || !errors.Is(err, context.Canceled) {
		t.Errorf("got %+v, want cancelled", failure)
	}
	if got := count.Load(); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestRedirectIsAnAnswer(t *testing.T) {
	t.Parallel()
	other, followed := answering(t, status(200))
	for _, endpoint := range []Endpoint{readEndpoint, sendEndpoint, getSend} {
		for _, code := range []int{301, 302, 303, 307, 308} {
			for _, location := range []string{other, "/elsewhere", ":// malformed"} {
				address, count := answering(t, status(code, "Location", location))
				_, err := newTestClient(t, testConfig(address)).Do(t.Context(), Call{Endpoint: endpoint}, nil)
				failure := asError(t, err)
				if failure.Kind != BadAnswer || failure.Status != code || failure.MaybeSent == endpoint.Read {
					t.Errorf("%s, %d: got %+v", endpoint.Operation, code, failure)
				}
				if got := count.Load(); got != 1 {
					t.Errorf("%s, %d: %d requests, want 1", endpoint.Operation, code, got)
				}
			}
		}
	}
	if got := followed.Load(); got != 0 {
		t.Errorf("%d requests followed a redirect, want none", got)
	}
}
