package trial_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery/trial"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestVerifyingRemembersOverProcesses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		route otp.Route
		phone string
	}{{overOctopush, french}, {overMyOTP, french}, {overDevice, french}, {overWay2API, indian}} {
		t.Run(string(test.route.Vendor), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, compile(t, nil, test.route))
			if result := s.verifies(test.phone, "482913", otp.OutcomeNotFound); !strings.Contains(result.Reason, "send one first") {
				t.Error(result.Reason)
			}
			s.sends(trial.Request{To: delivery.Recipient{Phone: test.phone}}, otp.OutcomeOK)
			s.trial = s.open()
			code := s.code()
			s.verifies(test.phone, wrong(code), otp.OutcomeWrongCode)
			s.verifies(test.phone, code[:3]+" "+code[3:], otp.OutcomeOK)
			asked := len(s.calls())
			s.verifies(test.phone, code, otp.OutcomeNotFound) // a code counts once
			if len(s.calls()) != asked {
				t.Errorf("the vendor was asked about a code that had verified: %v", s.calls())
			}
		})
	}
}

func TestWrongCodesRunOutOverSendsAndRoutes(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP, overDevice))
	for _, route := range []*int{new(0), new(1), new(0)} {
		s.sends(trial.Request{Route: route, Resend: true}, otp.OutcomeOK)
		s.verifies(french, wrong(s.code()), otp.OutcomeWrongCode)
		s.must(s.Advance(time.Minute))
	}
	asked := len(s.calls())
	result := s.verifies(french, s.code(), otp.OutcomeTooManyAttempts)
	if !strings.Contains(result.Reason, "max_wrong_attempts") || len(s.calls()) != asked {
		t.Errorf("got %+v, and the vendor was asked %d times", result, len(s.calls())-asked)
	}
}

func TestRemainingAttemptsCountDown(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overDevice))
	s.sends(trial.Request{}, otp.OutcomeOK)
	for _, left := range []int64{2, 1, 0} {
		if result := s.verifies(french, wrong(s.code()), otp.OutcomeWrongCode); result.Remaining == nil || *result.Remaining != left {
			t.Errorf("remaining %v, want %d", result.Remaining, left)
		}
	}
}

// TestTwoAtOnceCountAsTwo: nobody gets a try, or a right code, twice by asking
// at the same time.
func TestTwoAtOnceCountAsTwo(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overWay2API))
	s.sends(trial.Request{To: delivery.Recipient{Phone: indian}}, otp.OutcomeOK)
	code, outcomes := s.code(), make(chan string, 8)
	var group sync.WaitGroup
	for range cap(outcomes) {
		process := s.open()
		group.Go(func() {
			result, err := process.Verify(t.Context(), "login", delivery.Recipient{Phone: indian}, code)
			if err != nil {
				t.Error(err)
			}
			outcomes <- result.Outcome
		})
	}
	group.Wait()
	close(outcomes)
	right := 0
	for outcome := range outcomes {
		if outcome == otp.OutcomeOK {
			right++
		}
	}
	if right != 1 {
		t.Errorf("the code was right %d times", right)
	}
}

func TestAFaultCountsNoAttempt(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	s.sends(trial.Request{}, otp.OutcomeOK)
	fault := down
	fault.Operation, fault.Times = "verify_otp", 5
	s.must(s.Fail(fault))
	for range 5 {
		s.verifies(french, s.code(), otp.OutcomeStop)
	}
	s.verifies(french, s.code(), otp.OutcomeOK)
	key := s.env["OTP_MYOTP_API_KEY"]
	s.must(s.Advance(time.Minute))
	s.sends(trial.Request{Resend: true}, otp.OutcomeOK)
	delete(s.env, "OTP_MYOTP_API_KEY")
	for range 5 {
		if _, err := s.trial.Verify(t.Context(), "login", delivery.Recipient{Phone: french}, s.code()); err == nil || !strings.Contains(err.Error(), "OTP_MYOTP_API_KEY") {
			t.Fatal(err)
		}
	}
	s.env["OTP_MYOTP_API_KEY"] = key
	s.verifies(french, s.code(), otp.OutcomeOK)
}

// TestANewDocumentBreaksNoCodeOnItsWay: what was sent is verified by what it was
// sent by.
func TestANewDocumentBreaksNoCodeOnItsWay(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	s.sends(trial.Request{}, otp.OutcomeOK)
	object, err := s.store.Get(t.Context(), login)
	s.must(err)
	write := writeOf(compile(t, nil, overOctopush))
	_, err = s.store.Update(t.Context(), write, object.Revision)
	s.must(err)
	if result := s.verifies(french, s.code(), otp.OutcomeOK); result.Vendor != otp.MyOTP {
		t.Errorf("got %+v", result)
	}
}

func TestExtend(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP, overOctopush))
	to := delivery.Recipient{Phone: french}
	extend := func(seconds int64, outcome string) trial.Result {
		t.Helper()
		result, err := s.trial.Extend(t.Context(), "login", to, seconds)
		s.must(err)
		if result.Outcome != outcome {
			t.Fatalf("got %+v, want %q", result, outcome)
		}
		return result
	}
	extend(600, otp.OutcomeNotFound)
	s.sends(trial.Request{}, otp.OutcomeOK)
	result := extend(600, otp.OutcomeOK)
	if want := start.Add(900 * time.Second); result.ExpiresAt == nil || !result.ExpiresAt.Equal(want) {
		t.Errorf("expires at %v, want %v", result.ExpiresAt, want)
	}
	s.must(s.Advance(800 * time.Second))
	s.verifies(french, s.code(), otp.OutcomeOK)
	if _, err := s.trial.Extend(t.Context(), "login", to, 0); err == nil {
		t.Error("0 seconds")
	}
	s.sends(trial.Request{Route: new(1)}, otp.OutcomeOK)
	if result := extend(600, otp.OutcomeStop); !strings.Contains(result.Reason, "cannot extend") {
		t.Errorf("got %+v", result)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP, overOctopush))
	status := func(follow time.Duration, outcome string) trial.Result {
		t.Helper()
		result, err := s.trial.Status(t.Context(), "login", delivery.Recipient{Phone: french}, follow)
		s.must(err)
		if result.Outcome != outcome {
			t.Fatalf("got %+v, want %q", result, outcome)
		}
		return result
	}
	status(0, otp.OutcomeNotFound)
	sent := s.sends(trial.Request{}, otp.OutcomeOK)
	if result := status(0, otp.OutcomePending); result.MessageID != sent.MessageID {
		t.Errorf("got %+v", result)
	}
	status(time.Minute, otp.OutcomeDelivered)
	s.verifies(french, s.code(), otp.OutcomeOK)
	status(time.Minute, otp.OutcomeDelivered) // also of a code that has verified
	s.must(s.Advance(time.Minute))
	s.sends(trial.Request{Route: new(1)}, otp.OutcomeOK)
	status(time.Minute, otp.OutcomeUnavailable)
	if _, err := s.trial.Status(t.Context(), "login", delivery.Recipient{Phone: "33612345678"}, 0); err == nil {
		t.Error("a number without a plus sign")
	}
}
