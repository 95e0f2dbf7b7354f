package application_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// down is a status call that never works.
var down = sandbox.Fault{Vendor: "myotp", Operation: "check_otp_status", Kind: sandbox.Answer, Status: 500, Times: -1}

func TestASendReportsMessageCostStatusAndVerification(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		route                      otp.Route
		phone, status, check       string
		message, cost, unit, words string
	}{
		{overMyOTP, french, otp.OutcomeDelivered, otp.OutcomeOK, "", "1", "credits", "Delivered after"},
		{overDevice, french, otp.OutcomePending, otp.OutcomeOK, "", "", "", "knows no more than whether sending failed"},
		{overOctopush, french, "", "", "sms_", "", "", "Octopush does not hand out the code"},
		{overWay2API, indian, "", otp.OutcomeOK, "W2A", "", "", "Way2API accepted it, message W2A"},
	} {
		t.Run(string(test.route.Vendor), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, compile(t, nil, test.route))
			result := s.sends(application.Request{To: delivery.Recipient{Phone: test.phone}, Follow: 20 * time.Second, Verify: true}, otp.OutcomeOK)
			if result.Status != test.status || result.Verification != test.check || result.Cost != test.cost || result.Unit != test.unit || !result.Good() {
				t.Errorf("got %+v", result)
			}
			if !strings.HasPrefix(result.MessageID, test.message) || result.MessageID == "" {
				t.Errorf("the message ID is %q", result.MessageID)
			}
			told := strings.Join(s.told, "\n")
			if !strings.Contains(told, test.words) {
				t.Errorf("no %q in\n%s", test.words, told)
			}
			for _, secret := range []string{test.phone, test.phone[1:], s.code()} {
				if strings.Contains(told, secret) {
					t.Errorf("%q was told:\n%s", secret, told)
				}
			}
			if len(s.Messages()) != 1 {
				t.Errorf("%d messages, want one", len(s.Messages()))
			}
			for _, request := range s.Requests() {
				if len(request.Repaired) > 0 || request.Problem != "" {
					t.Errorf("%s: repaired %q, problem %q", request.Operation, request.Repaired, request.Problem)
				}
			}
		})
	}
}

func TestOnlyATestAsksForTheCode(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	s.sends(application.Request{}, otp.OutcomeOK)
	s.must(s.Advance(time.Minute))
	s.sends(application.Request{Resend: true, Verify: true}, otp.OutcomeOK)
	var flags []bool
	for _, request := range s.Requests() {
		var body struct {
			ReturnOTP bool `json:"return_otp"`
		}
		if request.Operation == "generate_otp" {
			s.must(json.Unmarshal([]byte(request.Body), &body))
			flags = append(flags, body.ReturnOTP)
		}
	}
	if !slices.Equal(flags, []bool{false, true}) {
		t.Errorf("return_otp was %v", flags)
	}
}

func TestARefusedRouteGivesWayToTheNext(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overOctopush, overMyOTP))
	s.must(s.Fail(sandbox.HTMLPage("octopush", "otp_generate", 403)))
	result := s.sends(application.Request{}, otp.OutcomeOK)
	if *result.Route != 1 || len(result.Refused) != 1 || result.Refused[0].Outcome != otp.OutcomeNextRoute || *result.Refused[0].Route != 0 {
		t.Errorf("got %+v", result)
	}
	if told := strings.Join(s.told, "\n"); !strings.Contains(told, "routes[0] (Octopush, sms) refused") {
		t.Error(told)
	}
}

func TestAChosenRouteIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overOctopush, overMyOTP))
	s.must(s.Fail(sandbox.HTMLPage("octopush", "otp_generate", 403)))
	result := s.sends(application.Request{Route: new(0)}, otp.OutcomeNextRoute)
	if result.Good() || len(s.Messages()) != 0 {
		t.Errorf("got %+v", result)
	}
	s.sends(application.Request{Route: new(1)}, otp.OutcomeOK) // what was refused does not count
	if _, err := s.send(application.Request{Route: new(2)}); err == nil || !strings.Contains(err.Error(), "its last is routes[1]") {
		t.Error(err)
	}
}

func TestAnUnclearSendIsNeverRepeated(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overOctopush, overMyOTP))
	s.must(s.Fail(sandbox.Fault{Vendor: "octopush", Operation: "otp_generate", Kind: sandbox.DropAfter}))
	result := s.sends(application.Request{Verify: true, Follow: time.Minute}, otp.OutcomeUnknown)
	if result.Good() || result.Reason == "" {
		t.Errorf("got %+v", result)
	}
	if got := s.calls(); len(got) != 1 {
		t.Errorf("the vendors were asked for %v", got)
	}
	s.sends(application.Request{}, application.Limited) // it may have been sent, so it counts
}

func TestAPhoneOutsideAllowedCountriesGetsNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overOctopush, overWay2API))
	result := s.sends(application.Request{To: delivery.Recipient{Phone: american}}, application.NotAllowed)
	if !strings.Contains(result.Reason, "allowed_countries") || strings.Contains(result.Reason, american) {
		t.Error(result.Reason)
	}
	s.sends(application.Request{Route: new(1)}, application.NotAllowed) // France is allowed, and not served by it
	if got := s.calls(); len(got) != 0 {
		t.Errorf("the vendors were asked for %v", got)
	}
}

func TestLimitsAreKeptOverProcesses(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, func(p *otp.Profile) {
		p.Limits = &otp.Limits{ResendAfterSeconds: new(int64(30)), PerPhoneHour: new(int64(2)), PerPhoneDay: new(int64(3))}
	}, overMyOTP))
	s.sends(application.Request{}, otp.OutcomeOK)
	s.application = s.open()
	if limited := s.sends(application.Request{Resend: true}, application.Limited); limited.RetryAfterSeconds != 30 || !strings.Contains(limited.Reason, "limits.resend_after_seconds of profile \"login\" is 30") {
		t.Errorf("got %+v", limited)
	}
	s.sends(application.Request{To: delivery.Recipient{Phone: indian}}, otp.OutcomeOK) // another phone
	s.must(s.Advance(30 * time.Second))
	s.sends(application.Request{Resend: true}, otp.OutcomeOK)
	s.must(s.Advance(30 * time.Second))
	if limited := s.sends(application.Request{Resend: true}, application.Limited); limited.RetryAfterSeconds != 3540 || !strings.Contains(limited.Reason, "per_phone_hour") {
		t.Errorf("got %+v", limited)
	}
	s.must(s.Advance(time.Hour))
	s.sends(application.Request{Resend: true}, otp.OutcomeOK)
	s.must(s.Advance(time.Hour))
	if limited := s.sends(application.Request{Resend: true}, application.Limited); !strings.Contains(limited.Reason, "per_phone_day") {
		t.Errorf("got %+v", limited)
	}
	if n := s.count("myotp generate_otp"); n != 4 {
		t.Errorf("%d sends, want 4", n)
	}
}

func TestEveryRouteInTurn(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overOctopush, overMyOTP, overTelegram, overWay2API))
	results, err := s.send(application.Request{EveryRoute: true, Verify: true})
	s.must(err)
	var got []string
	for _, r := range results {
		got = append(got, string(r.Vendor)+" "+string(r.Channel)+" "+r.Outcome+" "+r.Verification)
	}
	if want := []string{"octopush sms ok ", "myotp sms ok ok", "myotp telegram ok ok"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if !slices.Equal(s.waits, []time.Duration{30 * time.Second, 30 * time.Second}) {
		t.Errorf("waited %v, want resend_after_seconds between two", s.waits)
	}
}

func TestEveryRouteStartsOnlyWhereItCanFinish(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, func(p *otp.Profile) { p.Limits = &otp.Limits{PerPhoneHour: new(int64(1))} }, overOctopush, overMyOTP))
	limited := s.sends(application.Request{EveryRoute: true}, application.Limited)
	if !strings.Contains(limited.Reason, "2 routes serve this phone, and limits.per_phone_hour allows 1 more") {
		t.Error(limited.Reason)
	}
	s = newStage(t, compile(t, nil, overOctopush, overMyOTP))
	delete(s.env, "OTP_MYOTP_API_KEY")
	if _, err := s.send(application.Request{EveryRoute: true}); err == nil || !strings.Contains(err.Error(), "nothing was sent") || !strings.Contains(err.Error(), "OTP_MYOTP_API_KEY") {
		t.Error(err)
	}
	if got := s.calls(); len(got) != 0 {
		t.Errorf("the vendors were asked for %v", got)
	}
}

func TestWithoutCredentialsNothingCounts(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	key := s.env["OTP_MYOTP_API_KEY"]
	delete(s.env, "OTP_MYOTP_API_KEY")
	if results, err := s.send(application.Request{}); err == nil || !strings.Contains(err.Error(), "OTP_MYOTP_API_KEY") || len(results) != 0 {
		t.Fatal(results, err)
	}
	s.env["OTP_MYOTP_API_KEY"] = key
	s.sends(application.Request{}, otp.OutcomeOK)
}

func TestACodeThatIsStillActiveIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	s.sends(application.Request{}, otp.OutcomeOK)
	code := s.code()
	s.must(s.Advance(30 * time.Second))
	result := s.sends(application.Request{Follow: time.Minute, Verify: true}, otp.OutcomeAlreadyActive)
	if !result.Good() || !strings.Contains(strings.Join(s.told, "\n"), "Ask for another one with resend") {
		t.Errorf("got %+v, told %q", result, s.told)
	}
	s.verifies(french, code, otp.OutcomeOK) // the first is still the one
}

func TestAFailedMessageIsReported(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	s.asleep = func(time.Duration) {
		s.must(s.SetDelivery(s.Messages()[0].MessageID, "UNDELIV"))
	}
	result := s.sends(application.Request{Follow: time.Minute, Verify: true}, otp.OutcomeOK)
	if result.Status != otp.OutcomeFailed || result.Good() || result.Verdict() != otp.OutcomeFailed || result.Verification != "" {
		t.Errorf("got %+v", result)
	}
}

func TestFollowingEndsInTimeToVerify(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, func(p *otp.Profile) { p.ValiditySeconds = new(int64(60)) }, overMyOTP))
	s.must(s.Fail(down))
	result := s.sends(application.Request{Follow: time.Hour, Verify: true}, otp.OutcomeOK)
	if result.Verification != otp.OutcomeOK || result.Status != otp.OutcomeUnknown || !result.Good() {
		t.Errorf("got %+v", result)
	}
}

func TestWhatIsCancelledWhileItIsFollowedIsStillReported(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	ctx, cancel := context.WithCancel(t.Context())
	s.asleep = func(time.Duration) { cancel() }
	s.must(s.Fail(down))
	var results []application.Result
	err := s.application.Send(ctx, application.Request{Profile: "login", To: delivery.Recipient{Phone: french}, Follow: time.Minute}, func(r application.Result) { results = append(results, r) })
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "which was sent") || len(results) != 1 || results[0].Outcome != otp.OutcomeOK {
		t.Fatalf("%v: %+v", err, results)
	}
	s.verifies(french, s.code(), otp.OutcomeOK)
}

// TestAKilledSendCounts: between the count and the answer nothing else is
// written.
func TestAKilledSendCounts(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	ctx, kill := context.WithCancel(t.Context())
	s.must(s.Fail(sandbox.Fault{Vendor: "myotp", Operation: "generate_otp", Kind: sandbox.DropAfter}))
	s.options.Tell = func(sentence string) {
		if strings.HasPrefix(sentence, "Sending") {
			other := s.open()
			var result application.Result
			s.must(other.Send(t.Context(), application.Request{Profile: "login", To: delivery.Recipient{Phone: french}}, func(r application.Result) { result = r }))
			if result.Outcome != application.Limited {
				t.Errorf("a second process, while the first sends: %+v", result)
			}
			kill()
		}
	}
	err := s.open().Send(ctx, application.Request{Profile: "login", To: delivery.Recipient{Phone: french}}, func(application.Result) {})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAProfileThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	err := s.application.Send(t.Context(), application.Request{Profile: "logn", To: delivery.Recipient{Phone: french}}, nil)
	if err == nil || !strings.Contains(err.Error(), `has no profile "logn". Did you mean "login"?`) {
		t.Error(err)
	}
	err = s.application.Send(t.Context(), application.Request{Profile: "login", To: delivery.Recipient{Phone: "0612345678"}}, nil)
	if err == nil || !strings.Contains(err.Error(), "international form") || strings.Contains(err.Error(), "0612345678") {
		t.Error(err)
	}
}

func TestAnOutdatedDocumentIsSentByAndSaidToBe(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	_, err := s.store.Update(t.Context(), catalog.Write{Ref: brand, Spec: []byte(`{"name":"acme","display_name":"Other"}`)}, 1)
	s.must(err)
	s.sends(application.Request{}, otp.OutcomeOK)
	if told := strings.Join(s.told, "\n"); !strings.Contains(told, `not up to date with brand "acme"`) {
		t.Error(told)
	}
}

func TestALedgerThatCannotBeUsedSendsNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	s.must(os.WriteFile(s.options.Ledger, []byte("not a database, and longer than a header of one would be: "+strings.Repeat("x", 100)), 0o600))
	for _, send := range []func() error{
		func() error { _, err := s.send(application.Request{}); return err },
		func() error { _, err := application.Open(t.Context(), s.options); return err },
	} {
		if err := send(); err == nil || !strings.Contains(err.Error(), "OTP_DELIVERIES_FILE") {
			t.Error(err)
		}
	}
	if got := s.calls(); len(got) != 0 {
		t.Errorf("the vendors were asked for %v", got)
	}
}
