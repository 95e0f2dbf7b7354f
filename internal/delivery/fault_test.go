package delivery_test

import (
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

// A fault of a send means at each vendor what its reference says: only where a
// status is known to be free of charge is there a next route.
func TestFaultsOfASend(t *testing.T) {
	t.Parallel()
	const next, unknown = otp.OutcomeNextRoute, otp.OutcomeUnknown
	gate := make(chan struct{}) // never opens: the client goes away
	page := func(status int) sandbox.Fault { return sandbox.HTMLPage("", "", status) }
	for _, test := range []struct {
		name                                 string
		fault                                sandbox.Fault
		octopush, myotp, androidapi, way2api string
		messages                             int // -1: may arrive later
	}{
		{"dropped before it was read", sandbox.Fault{Kind: sandbox.DropBefore}, unknown, unknown, unknown, unknown, 0},
		{"dropped after it was done", sandbox.Fault{Kind: sandbox.DropAfter}, unknown, unknown, unknown, unknown, 1},
		{"an answer that breaks off", sandbox.Fault{Kind: sandbox.Cut}, unknown, unknown, unknown, unknown, 1},
		{"an answer that is half JSON", sandbox.Fault{Kind: sandbox.Truncate}, unknown, unknown, unknown, unknown, 1},
		{"an answer that does not come", sandbox.Fault{Kind: sandbox.Delay, Gate: gate}, unknown, unknown, unknown, unknown, -1},
		{"a page with 200", page(200), unknown, unknown, unknown, unknown, 0},
		{"a page with 302", page(302), unknown, unknown, unknown, unknown, 0},
		{"a page with 401", page(401), next, next, unknown, next, 0},
		{"a page with 404", page(404), unknown, unknown, unknown, next, 0},
		{"a page with 429", page(429), unknown, next, unknown, next, 0},
		{"a page with 500", page(500), unknown, unknown, unknown, next, 0},
		{"a page with 502", page(502), unknown, unknown, unknown, unknown, 0},
		{"a page with 503", page(503), unknown, unknown, unknown, next, 0},
		{"an empty object", sandbox.Fault{Kind: sandbox.Answer, Status: 200, Body: "{}"}, unknown, unknown, unknown, unknown, 0},
		{"an empty answer", sandbox.Fault{Kind: sandbox.Answer, Status: 200}, unknown, unknown, unknown, unknown, 0},
		{"too many requests", sandbox.RateLimited("", "", "1"), unknown, next, unknown, next, 0},
	} {
		for _, at := range []struct {
			route     otp.Route
			operation string
			want      string
		}{
			{overOctopush, "otp_generate", test.octopush}, {overMyOTP, "generate_otp", test.myotp},
			{overDevice, "send_otp", test.androidapi}, {overWay2API, "send_otp_pin", test.way2api},
		} {
			t.Run(test.name+", "+string(at.route.Vendor), func(t *testing.T) {
				t.Parallel()
				document := valid(at.route).document(t)
				b := inBox(t, document, sandbox.Settings{}, tries(3, time.Minute))
				if test.fault.Kind == sandbox.Delay {
					b.runner = runnerOf(t, b.Server, document, tries(3, impatient))
				}
				fault := test.fault
				fault.Vendor, fault.Operation, fault.Times = string(at.route.Vendor), at.operation, -1
				b.fail(t, fault)
				phone := phoneOf(at.route)
				sent := b.send(t, delivery.Recipient{Phone: phone}, false)
				if test.fault.Kind == sandbox.Delay && len(b.Requests()) == 0 {
					return // the machine was too busy to connect in time
				}
				only(t, "send", sent.Outcome, sent.Reason, at.want)
				if n := len(b.Requests()); n != 1 {
					t.Errorf("%d requests, want one: a send is never repeated", n)
				}
				if test.messages < 0 {
					return
				}
				if n := len(b.Messages()); n != test.messages {
					t.Fatalf("%d messages, want %d", n, test.messages)
				}
				if test.messages == 0 {
					return
				}
				// It arrived, and nobody knows: by phone alone it verifies, but not
				// where the code would have had to be kept.
				want := otp.OutcomeOK
				if at.route.Vendor == otp.AndroidAPI {
					want = otp.OutcomeNotFound
				}
				b.verify(t, stored(t, sent.Kept), phone, b.message(t).Code, want)
			})
		}
	}
}

func TestFaultsOfLaterCalls(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{}) // never opens
	for _, test := range []struct {
		name  string
		fault sandbox.Fault
		// of MyOTP's calls; the verification is not repeated, the status is
		verify, extend, status string
		asked                  int // how often the status is asked for
	}{
		{"dropped", sandbox.Fault{Kind: sandbox.DropBefore, Times: -1}, otp.OutcomeUnknown, otp.OutcomeUnknown, otp.OutcomeUnknown, 3},
		{"half JSON", sandbox.Fault{Kind: sandbox.Truncate, Times: -1}, otp.OutcomeStop, otp.OutcomeUnknown, otp.OutcomeNotFound, 1},
		{"no answer", sandbox.Fault{Kind: sandbox.Delay, Gate: gate, Times: -1}, otp.OutcomeUnknown, otp.OutcomeUnknown, otp.OutcomeUnknown, 3},
		{"a page", sandbox.HTMLPage("", "", 500), otp.OutcomeStop, otp.OutcomeUnknown, otp.OutcomePending, 2},
		{"too many requests", sandbox.RateLimited("", "", ""), otp.OutcomeStop, otp.OutcomeStop, otp.OutcomePending, 2},
		{"unknown path", sandbox.HTMLPage("", "", 404), otp.OutcomeNotFound, otp.OutcomeNotFound, otp.OutcomeNotFound, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			document := valid(overMyOTP).document(t)
			b := inBox(t, document, sandbox.Settings{}, tries(2, time.Minute))
			sent := b.send(t, delivery.Recipient{Phone: french}, false)
			if test.fault.Kind == sandbox.Delay {
				b.runner = runnerOf(t, b.Server, document, tries(2, impatient))
			}
			for _, operation := range []string{"verify_otp", "extend_otp", "check_otp_status"} {
				fault := test.fault
				fault.Vendor, fault.Operation = "myotp", operation
				b.fail(t, fault)
			}
			b.status(t, sent.Kept, "status", test.status)
			extended, err := b.runner.Extend(t.Context(), 0, sent.Kept, delivery.Recipient{}, 60)
			if err != nil {
				t.Fatal(err)
			}
			only(t, "extend", extended.Outcome, extended.Reason, test.extend)
			b.verify(t, sent.Kept, french, wrong(b.message(t).Code), test.verify)
			count := map[string]int{}
			for _, request := range b.Requests() {
				count[request.Operation]++
			}
			busy := test.fault.Kind == sandbox.Delay // some tries of a busy machine end before they have connected
			if fits := func(n, want int) bool { return n == want || busy && n < want }; !fits(count["verify_otp"], 1) || !fits(count["extend_otp"], 1) || !fits(count["check_otp_status"], test.asked) {
				t.Errorf("asked %v; want one verification, one extension and the status %d times", count, test.asked)
			}
		})
	}
}

func TestVendorThatRefusesIsTheNextRoute(t *testing.T) {
	t.Parallel()
	badKey := func(name string) func(*delivery.Options, map[string]string) {
		return func(_ *delivery.Options, env map[string]string) { env[name] = "made-up-and-wrong" }
	}
	same := func(*delivery.Options, map[string]string) {}
	for name, test := range map[string]struct {
		route  otp.Route
		change func(*delivery.Options, map[string]string)
		refuse func(*sandbox.Server) error
		reason string
		code   string
		advice string
	}{
		"octopush, wrong key":      {overOctopush, badKey("OTP_OCTOPUSH_API_KEY"), nil, `Octopush answered HTTP 401 with code 101: "Invalid credentials".`, "101", "the login details are wrong. Check OTP_OCTOPUSH_API_LOGIN"},
		"myotp, wrong key":         {overMyOTP, badKey("OTP_MYOTP_API_KEY"), nil, `MyOTP.App answered HTTP 401: "invalid or missing X-API-Key".`, "", "Check OTP_MYOTP_API_KEY"},
		"androidapi, wrong secret": {overDevice, badKey("OTP_ANDROIDAPI_SECRET"), nil, `AndroidAPI answered HTTP 200 with code 401: "Invalid API secret!".`, "401", "Check OTP_ANDROIDAPI_SECRET"},
		"way2api, wrong key":       {overWay2API, badKey("OTP_WAY2API_API_KEY"), nil, `Way2API answered HTTP 401 with code INVALID_API_KEY: "API key is not valid".`, "INVALID_API_KEY", "Check OTP_WAY2API_API_KEY"},
		"octopush, no credit": {overOctopush, same, func(s *sandbox.Server) error {
			return octopush.At(s).Update(func(a *octopush.Account) { a.WalletPacks = nil })
		}, `Octopush answered HTTP 400 with code 104: "Not enough credit".`, "104", "out of credit. Buy credit in the Octopush dashboard."},
		"myotp, no credit": {overMyOTP, same, func(s *sandbox.Server) error {
			return myotp.At(s).Update(func(a *myotp.Account) { a.Balance = 0 })
		}, `MyOTP.App answered HTTP 403: "Insufficient balance".`, "", "Buy credits in the MyOTP.App dashboard."},
		"way2api, no credit": {overWay2API, same, func(s *sandbox.Server) error {
			return way2api.At(s).Update(func(a *way2api.Account) { a.Balance = 0 })
		}, `Way2API answered HTTP 402 with code INSUFFICIENT_BALANCE: "Insufficient balance".`, "INSUFFICIENT_BALANCE", "Add money to the wallet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := inBox(t, valid(test.route).document(t), sandbox.Settings{}, test.change)
			if test.refuse != nil {
				if err := test.refuse(b.Server); err != nil {
					t.Fatal(err)
				}
			}
			sent := b.send(t, delivery.Recipient{Phone: phoneOf(test.route)}, false)
			if sent.Outcome != otp.OutcomeNextRoute || sent.Reason != test.reason {
				t.Errorf("got %s: %s; want the next route: %s", sent.Outcome, sent.Reason, test.reason)
			}
			if sent.VendorCode != test.code || !strings.Contains(sent.Advice, test.advice) {
				t.Errorf("got code %q and advice %q, want %q and %q", sent.VendorCode, sent.Advice, test.code, test.advice)
			}
			if len(b.Messages()) != 0 {
				t.Error("a refused send was sent")
			}
		})
	}
}
