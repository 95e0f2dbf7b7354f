package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestFault(t *testing.T) {
	t.Parallel()
	const phone = "14155550123"
	for name, test := range map[string]struct {
		fault     Fault
		broken    bool // the client gets no whole answer
		status    int  // of the answer otherwise
		sent      bool // a message went out
		delivered bool
	}{
		"an answer replaces the vendor's and nothing is sent": {
			fault: Fault{Kind: Answer, Status: 503, Body: "later"}, status: 503, delivered: true,
		},
		"an answer that takes effect hides that a message was sent": {
			fault: Fault{Kind: Answer, Status: 500, Body: "oops", TakesEffect: true}, status: 500, sent: true, delivered: true,
		},
		"an HTML page":               {fault: HTMLPage("", "", 502), status: 502, delivered: true},
		"a rate limit":               {fault: RateLimited("", "", "7"), status: 429, delivered: true},
		"a drop before reading":      {fault: Fault{Kind: DropBefore}, broken: true},
		"a drop after the send":      {fault: Fault{Kind: DropAfter}, broken: true, sent: true},
		"a body cut off":             {fault: Fault{Kind: Cut}, broken: true, sent: true},
		"half the JSON, as if whole": {fault: Fault{Kind: Truncate}, status: 200, sent: true, delivered: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{})
			test.fault.Vendor, test.fault.Operation = "myotp", "generate_otp"
			must(t, s.Fail(test.fault))

			got, err := send(t, http.MethodPost, s.URL()+"/myotp/generate_otp", map[string]string{"X-API-Key": myotpKey}, fields{"phone_number": phone})
			if broken := err != nil; broken != test.broken {
				t.Errorf("broken is %v (%v), want %v", broken, err, test.broken)
			}
			if !test.broken && got.status != test.status {
				t.Errorf("HTTP status %d, want %d", got.status, test.status)
			}
			if sent := len(s.Messages()) == 1; sent != test.sent {
				t.Errorf("a message was sent: %v, want %v", sent, test.sent)
			}
			request := last(t, s.Requests())
			if request.Delivered != test.delivered || request.Fault != test.fault.Kind {
				t.Errorf("logged as delivered %v with fault %q, want %v and %q", request.Delivered, request.Fault, test.delivered, test.fault.Kind)
			}
			if test.fault.Kind == DropBefore && request.Body != "" {
				t.Errorf("the body was read: %q", request.Body)
			}
			if test.fault.Kind == Truncate && got.body != nil {
				t.Errorf("the body is whole: %s", got.raw)
			}
			if left := s.Faults(); len(left) != 0 {
				t.Errorf("the fault is still there: %+v", left)
			}
		})
	}
}

func TestFaultsMeetEveryOperationByItsName(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	for _, v := range s.vendors {
		for _, op := range v.operations() {
			method := op.method
			if method == "" {
				method = http.MethodGet
			}
			must(t, s.Fail(Fault{Vendor: v.name(), Operation: op.name, Kind: Answer, Status: http.StatusServiceUnavailable}))
			got, err := send(t, method, s.URL()+v.prefix()+op.path, nil, nil)
			must(t, err)
			request := last(t, s.Requests())
			if got.status != http.StatusServiceUnavailable || request.Vendor != v.name() || request.Operation != op.name || request.Fault != Answer {
				t.Errorf("%s %s: HTTP status %d, logged as %s %s with fault %q", v.name(), op.name, got.status, request.Vendor, request.Operation, request.Fault)
			}
			s.ClearFaults()
		}
	}
}

// What a client must not do twice has happened once, whatever it got to see.
func TestFaultAfterASendHidesIt(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{DropAfter, Cut, Truncate} {
		s := open(t, Options{})
		for vendor, address := range map[string]string{
			"androidapi": "/androidapi/api/send/otp?" + encodeQuery(withSecret(byDevice())),
			"way2api":    "/way2api/api/v1/aws/send_otp-pin",
		} {
			must(t, s.Fail(Fault{Vendor: vendor, Kind: kind}))
			headers := map[string]string{"X-API-Key": way2Key, "Content-Type": "application/json"}
			var body any = way2Body()
			if vendor == "androidapi" {
				headers, body = nil, nil
			}
			got, err := send(t, http.MethodPost, s.URL()+address, headers, body)
			if broken := err != nil; broken == (kind == Truncate) || got.body != nil {
				t.Errorf("%s, %s: %v, %s", vendor, kind, err, got.raw)
			}
			if message := last(t, s.Messages()); message.Vendor != vendor {
				t.Errorf("%s, %s: nothing was sent", vendor, kind)
			}
		}
		if n := len(s.Messages()); n != 2 {
			t.Errorf("%s: %d messages", kind, n)
		}
	}
}

func TestRateLimitedSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.Fail(RateLimited("myotp", "me", "7")))
	got := myotpCall(t, s, "/generate_otp", fields{"phone_number": "14155550123"})
	if got.status != http.StatusOK {
		t.Fatalf("the fault met another operation: %s", got.raw)
	}
	got, err := send(t, http.MethodGet, s.URL()+"/myotp/me", map[string]string{"X-API-Key": myotpKey}, nil)
	must(t, err)
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "7" {
		t.Errorf("HTTP status %d, Retry-After %q", got.status, got.header.Get("Retry-After"))
	}
}

func TestFaultsCountAndQueue(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.Fail(Fault{Kind: Answer, Status: 500, Times: 2}))
	must(t, s.Fail(Fault{Kind: Answer, Status: 503, Vendor: "octopush", Times: -1}))
	var got []int
	for range 4 {
		got = append(got, octopushCall(t, s, http.MethodGet, "/wallet/check-balance", nil).status)
	}
	got = append(got, myotpCall(t, s, "/report", nil).status)
	s.ClearFaults()
	got = append(got, octopushCall(t, s, http.MethodGet, "/wallet/check-balance", nil).status)
	want := []int{500, 500, 503, 503, 200, 200}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("answers %v, want %v", got, want)
		}
	}
}

func TestFaultThatCouldNeverHappenIsAnError(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	for want, fault := range map[string]Fault{
		"the kinds are":   {},
		"the sandbox has": {Kind: DropAfter, Vendor: "octopus"},
		"there are":       {Kind: DropAfter, Vendor: "myotp", Operation: "otp_generate"},
		"from 200 to 599": {Kind: Answer},
		"belong to":       {Kind: Cut, Status: 500},
		"say how long":    {Kind: Delay},
	} {
		if err := s.Fail(fault); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Fail(%+v) is %v, want an error with %q", fault, err, want)
		}
	}
	if left := s.Faults(); len(left) != 0 {
		t.Errorf("kept: %+v", left)
	}
}

// A vendor that is slow still sends: whoever stops waiting and sends again has
// sent twice.
func TestGateHoldsARequestAndTheClientsTimeoutDoesNotUndoIt(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	gate := make(chan struct{})
	must(t, s.Fail(Fault{Kind: Delay, Vendor: "myotp", Operation: "generate_otp", Gate: gate}))

	ctx, hangUp := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+"/myotp/generate_otp", strings.NewReader(`{"phone_number":"14155550123"}`))
	must(t, err)
	request.Header.Set("X-API-Key", myotpKey)
	failed := make(chan error, 1)
	go func() {
		answer, err := client(t).Do(request)
		if err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			err = answer.Body.Close()
		}
		failed <- err
	}()
	until(t, func() bool { return len(s.Requests()) == 1 })
	if n := len(s.Messages()); n != 0 {
		t.Fatalf("%d messages before the gate opened", n)
	}
	hangUp()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Fatalf("the client got %v", err)
	}
	until(t, func() bool { return len(s.Messages()) == 1 })
	until(t, func() bool { return last(t, s.Requests()).Status == http.StatusOK })
	if last(t, s.Requests()).Delivered {
		t.Error("logged as delivered to a client that had hung up")
	}
}

func TestGateLetsOneRequestGoAtATime(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	gate := make(chan struct{})
	must(t, s.Fail(Fault{Kind: Delay, Times: 2, Gate: gate}))
	statuses := make(chan int, 2)
	for _, phone := range []string{"14155550123", "14155550124"} {
		go func() {
			got, err := send(t, http.MethodPost, s.URL()+"/myotp/generate_otp", map[string]string{"X-API-Key": myotpKey}, fields{"phone_number": phone})
			if err != nil {
				t.Error(err)
			}
			statuses <- got.status
		}()
	}
	for n := 1; n <= 2; n++ {
		gate <- struct{}{}
		if status := <-statuses; status != http.StatusOK {
			t.Fatalf("HTTP status %d", status)
		}
		if got := len(s.Messages()); got != n {
			t.Fatalf("%d messages after %d went through", got, n)
		}
	}
}

func TestCloseLetsGoOfHeldRequests(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.Fail(Fault{Kind: Delay, Gate: make(chan struct{})}))
	failed := make(chan error, 1)
	go func() {
		_, err := send(t, http.MethodPost, s.URL()+"/myotp/generate_otp", map[string]string{"X-API-Key": myotpKey}, fields{"phone_number": "14155550123"})
		failed <- err
	}()
	until(t, func() bool { return len(s.Requests()) == 1 })
	must(t, s.Close())
	if err := <-failed; err == nil {
		t.Error("the request was answered")
	}
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages", n)
	}
}

// until waits for something another goroutine is about to do.
func until(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the test ended first")
		}
	}
}
