package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

func TestFault(t *testing.T) {
	t.Parallel()
	const phone = "14155550123"
	for name, test := range map[string]struct {
		fault     sandbox.Fault
		broken    bool // the client gets no whole answer
		status    int  // of the answer otherwise
		sent      bool // a message went out
		delivered bool
	}{
		"an answer replaces the vendor's and nothing is sent": {
			fault: sandbox.Fault{Kind: sandbox.Answer, Status: 503, Body: "later"}, status: 503, delivered: true,
		},
		"an answer that takes effect hides that a message was sent": {
			fault: sandbox.Fault{Kind: sandbox.Answer, Status: 500, Body: "oops", TakesEffect: true}, status: 500, sent: true, delivered: true,
		},
		"an HTML page":               {fault: sandbox.HTMLPage("", "", 502), status: 502, delivered: true},
		"a rate limit":               {fault: sandbox.RateLimited("", "", "7"), status: 429, delivered: true},
		"a drop before reading":      {fault: sandbox.Fault{Kind: sandbox.DropBefore}, broken: true},
		"a drop after the send":      {fault: sandbox.Fault{Kind: sandbox.DropAfter}, broken: true, sent: true},
		"a body cut off":             {fault: sandbox.Fault{Kind: sandbox.Cut}, broken: true, sent: true},
		"half the JSON, as if whole": {fault: sandbox.Fault{Kind: sandbox.Truncate}, status: 200, sent: true, delivered: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.Open(t, sandbox.Options{})
			test.fault.Vendor, test.fault.Operation = "myotp", "generate_otp"
			sandboxtest.Must(t, s.Fail(test.fault))

			got, err := sandboxtest.Send(t, http.MethodPost, s.URL()+"/myotp/generate_otp", map[string]string{"X-API-Key": myotp.Key}, sandboxtest.Fields{"phone_number": phone})
			if broken := err != nil; broken != test.broken {
				t.Errorf("broken is %v (%v), want %v", broken, err, test.broken)
			}
			if !test.broken && got.Status != test.status {
				t.Errorf("HTTP status %d, want %d", got.Status, test.status)
			}
			if sent := len(s.Messages()) == 1; sent != test.sent {
				t.Errorf("a message was sent: %v, want %v", sent, test.sent)
			}
			request := sandboxtest.Last(t, s.Requests())
			if request.Delivered != test.delivered || request.Fault != test.fault.Kind {
				t.Errorf("logged as delivered %v with fault %q, want %v and %q", request.Delivered, request.Fault, test.delivered, test.fault.Kind)
			}
			if test.fault.Kind == sandbox.DropBefore && request.Body != "" {
				t.Errorf("the body was read: %q", request.Body)
			}
			if test.fault.Kind == sandbox.Truncate && got.Body != nil {
				t.Errorf("the body is whole: %s", got.Raw)
			}
			if left := s.Faults(); len(left) != 0 {
				t.Errorf("the fault is still there: %+v", left)
			}
		})
	}
}

func TestFaultsMeetEveryOperationByItsName(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	for _, v := range s.Vendors() {
		for _, op := range v.Operations() {
			method := op.Method
			if method == "" {
				method = http.MethodGet
			}
			sandboxtest.Must(t, s.Fail(sandbox.Fault{Vendor: v.Name(), Operation: op.Name, Kind: sandbox.Answer, Status: http.StatusServiceUnavailable}))
			got, err := sandboxtest.Send(t, method, s.URL()+v.Prefix()+op.Path, nil, nil)
			sandboxtest.Must(t, err)
			request := sandboxtest.Last(t, s.Requests())
			if got.Status != http.StatusServiceUnavailable || request.Vendor != v.Name() || request.Operation != op.Name || request.Fault != sandbox.Answer {
				t.Errorf("%s %s: HTTP status %d, logged as %s %s with fault %q", v.Name(), op.Name, got.Status, request.Vendor, request.Operation, request.Fault)
			}
			s.ClearFaults()
		}
	}
}

// What a client must not do twice has happened once, whatever it got to see.
func TestFaultAfterASendHidesIt(t *testing.T) {
	t.Parallel()
	for _, kind := range []sandbox.Kind{sandbox.DropAfter, sandbox.Cut, sandbox.Truncate} {
		s := sandboxtest.Open(t, sandbox.Options{})
		for vendor, address := range map[string]string{
			"androidapi": "/androidapi/api/send/otp?" + sandboxtest.EncodeQuery(sandboxtest.WithSecret(sandboxtest.ByDevice())),
			"way2api":    "/way2api/api/v1/aws/send_otp-pin",
		} {
			sandboxtest.Must(t, s.Fail(sandbox.Fault{Vendor: vendor, Kind: kind}))
			headers := map[string]string{"X-API-Key": way2api.Key, "Content-Type": "application/json"}
			var body any = sandboxtest.Way2APIBody()
			if vendor == "androidapi" {
				headers, body = nil, nil
			}
			got, err := sandboxtest.Send(t, http.MethodPost, s.URL()+address, headers, body)
			if broken := err != nil; broken == (kind == sandbox.Truncate) || got.Body != nil {
				t.Errorf("%s, %s: %v, %s", vendor, kind, err, got.Raw)
			}
			if message := sandboxtest.Last(t, s.Messages()); message.Vendor != vendor {
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
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, s.Fail(sandbox.RateLimited("myotp", "me", "7")))
	got := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123"})
	if got.Status != http.StatusOK {
		t.Fatalf("the fault met another operation: %s", got.Raw)
	}
	got, err := sandboxtest.Send(t, http.MethodGet, s.URL()+"/myotp/me", map[string]string{"X-API-Key": myotp.Key}, nil)
	sandboxtest.Must(t, err)
	if got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") != "7" {
		t.Errorf("HTTP status %d, Retry-After %q", got.Status, got.Header.Get("Retry-After"))
	}
}

func TestFaultsCountAndQueue(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, s.Fail(sandbox.Fault{Kind: sandbox.Answer, Status: 500, Times: 2}))
	sandboxtest.Must(t, s.Fail(sandbox.Fault{Kind: sandbox.Answer, Status: 503, Vendor: "octopush", Times: -1}))
	var got []int
	for range 4 {
		got = append(got, sandboxtest.Octopush(t, s, http.MethodGet, "/wallet/check-balance", nil).Status)
	}
	got = append(got, sandboxtest.MyOTP(t, s, "/report", nil).Status)
	s.ClearFaults()
	got = append(got, sandboxtest.Octopush(t, s, http.MethodGet, "/wallet/check-balance", nil).Status)
	want := []int{500, 500, 503, 503, 200, 200}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("answers %v, want %v", got, want)
		}
	}
}

func TestFaultThatCouldNeverHappenIsAnError(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	for want, fault := range map[string]sandbox.Fault{
		"the kinds are":   {},
		"the sandbox has": {Kind: sandbox.DropAfter, Vendor: "octopus"},
		"there are":       {Kind: sandbox.DropAfter, Vendor: "myotp", Operation: "otp_generate"},
		"from 200 to 599": {Kind: sandbox.Answer},
		"belong to":       {Kind: sandbox.Cut, Status: 500},
		"say how long":    {Kind: sandbox.Delay},
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
	s := sandboxtest.Open(t, sandbox.Options{})
	gate := make(chan struct{})
	sandboxtest.Must(t, s.Fail(sandbox.Fault{Kind: sandbox.Delay, Vendor: "myotp", Operation: "generate_otp", Gate: gate}))

	ctx, hangUp := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+"/myotp/generate_otp", strings.NewReader(`{"phone_number":"14155550123"}`))
	sandboxtest.Must(t, err)
	request.Header.Set("X-API-Key", myotp.Key)
	failed := make(chan error, 1)
	go func() {
		answer, err := sandboxtest.Client(t).Do(request)
		if err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			err = answer.Body.Close()
		}
		failed <- err
	}()
	sandboxtest.Until(t, func() bool { return len(s.Requests()) == 1 })
	if n := len(s.Messages()); n != 0 {
		t.Fatalf("%d messages before the gate opened", n)
	}
	hangUp()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Fatalf("the client got %v", err)
	}
	sandboxtest.Until(t, func() bool { return len(s.Messages()) == 1 })
	sandboxtest.Until(t, func() bool { return sandboxtest.Last(t, s.Requests()).Status == http.StatusOK })
	if sandboxtest.Last(t, s.Requests()).Delivered {
		t.Error("logged as delivered to a client that had hung up")
	}
}

func TestGateLetsOneRequestGoAtATime(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	gate := make(chan struct{})
	sandboxtest.Must(t, s.Fail(sandbox.Fault{Kind: sandbox.Delay, Times: 2, Gate: gate}))
	statuses := make(chan int, 2)
	for _, phone := range []string{"14155550123", "14155550124"} {
		go func() {
			got, err := sandboxtest.Send(t, http.MethodPost, s.URL()+"/myotp/generate_otp", map[string]string{"X-API-Key": myotp.Key}, sandboxtest.Fields{"phone_number": phone})
			if err != nil {
				t.Error(err)
			}
			statuses <- got.Status
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
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, s.Fail(sandbox.Fault{Kind: sandbox.Delay, Gate: make(chan struct{})}))
	failed := make(chan error, 1)
	go func() {
		_, err := sandboxtest.Send(t, http.MethodPost, s.URL()+"/myotp/generate_otp", map[string]string{"X-API-Key": myotp.Key}, sandboxtest.Fields{"phone_number": "14155550123"})
		failed <- err
	}()
	sandboxtest.Until(t, func() bool { return len(s.Requests()) == 1 })
	sandboxtest.Must(t, s.Close())
	if err := <-failed; err == nil {
		t.Error("the request was answered")
	}
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages", n)
	}
}
