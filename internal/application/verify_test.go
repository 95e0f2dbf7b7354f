package application_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
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
			s.sends(application.Request{To: delivery.Recipient{Phone: test.phone}}, otp.OutcomeOK)
			s.application = s.open()
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
		s.sends(application.Request{Route: route, Resend: true}, otp.OutcomeOK)
		s.verifies(french, wrong(s.code()), otp.OutcomeWrongCode)
		s.must(s.Advance(time.Minute))
	}
	asked := len(s.calls())
	result := s.verifies(french, s.code(), otp.OutcomeTooManyAttempts)
	if !strings.Contains(result.Reason, "max_wrong_attempts") || !strings.Contains(result.Reason, "counts until 2026-10-02T09:00:00Z") || len(s.calls()) != asked {
		t.Errorf("got %+v, and the vendor was asked %d times", result, len(s.calls())-asked)
	}
	s.sends(application.Request{Resend: true}, otp.OutcomeOK)
	if told := strings.Join(s.told, "\n"); !strings.Contains(told, "may not be verified before 2026-10-02T09:00:00Z") {
		t.Errorf("the next send did not say that its code cannot be verified: %s", told)
	}
}

func TestRemainingAttemptsCountDown(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overDevice))
	s.sends(application.Request{}, otp.OutcomeOK)
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
	s.sends(application.Request{To: delivery.Recipient{Phone: indian}}, otp.OutcomeOK)
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
	s.sends(application.Request{}, otp.OutcomeOK)
	fault := down
	fault.Operation, fault.Times = "verify_otp", 5
	s.must(s.Fail(fault))
	for range 5 {
		s.verifies(french, s.code(), otp.OutcomeStop)
	}
	s.verifies(french, s.code(), otp.OutcomeOK)
	key := s.env["OTP_MYOTP_API_KEY"]
	s.must(s.Advance(time.Minute))
	s.sends(application.Request{Resend: true}, otp.OutcomeOK)
	delete(s.env, "OTP_MYOTP_API_KEY")
	for range 5 {
		if _, err := s.application.Verify(t.Context(), "login", delivery.Recipient{Phone: french}, s.code()); err == nil || !strings.Contains(err.Error(), "OTP_MYOTP_API_KEY") {
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
	s.sends(application.Request{}, otp.OutcomeOK)
	object, err := s.store.Get(t.Context(), login)
	s.must(err)
	write := writeOf(compile(t, nil, overOctopush))
	_, err = s.store.Update(t.Context(), write, object.Revision)
	s.must(err)
	if result := s.verifies(french, s.code(), otp.OutcomeOK); result.Vendor != otp.MyOTP {
		t.Errorf("got %+v", result)
	}
}

// A send whose program was killed has a code that nobody knows here. The one
// before must not be tried in its place.
func TestAnInterruptedSendIsNotTakenForTheOneBefore(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	to := delivery.Recipient{Phone: french}
	interrupt := func() {
		t.Helper()
		remembered, err := ledger.Open(t.Context(), s.options.Ledger, s.Now)
		s.must(err)
		id, err := s.store.ID(t.Context())
		s.must(err)
		s.must(remembered.Change(t.Context(), ledger.Of{Catalog: id, Profile: "login", Phone: french}, func(r *ledger.Record, now time.Time) error {
			r.Count(now)
			return nil
		}))
		s.must(remembered.Close())
	}
	interrupted := func() {
		t.Helper()
		asked := len(s.calls())
		for name, verb := range map[string]func() (application.Result, error){
			"verify": func() (application.Result, error) { return s.application.Verify(t.Context(), "login", to, "482913") },
			"extend": func() (application.Result, error) { return s.application.Extend(t.Context(), "login", to, 60) },
			"status": func() (application.Result, error) { return s.application.Status(t.Context(), "login", to, 0) },
		} {
			result, err := verb()
			s.must(err)
			if result.Outcome != otp.OutcomeNotFound || !strings.Contains(result.Reason, "was interrupted") {
				t.Errorf("%s: got %+v", name, result)
			}
		}
		if len(s.calls()) != asked {
			t.Errorf("the vendor was asked: %v", s.calls()[asked:])
		}
	}
	interrupt()
	interrupted()
	s.must(s.Advance(time.Minute))
	s.sends(application.Request{}, otp.OutcomeOK)
	s.verifies(french, wrong(s.code()), otp.OutcomeWrongCode)
	s.must(s.Advance(time.Minute))
	interrupt()
	interrupted()
	s.must(s.Advance(time.Minute))
	s.sends(application.Request{Resend: true}, otp.OutcomeOK)
	if result := s.verifies(french, wrong(s.code()), otp.OutcomeWrongCode); *result.Remaining != 1 {
		t.Errorf("%d attempts are left: those while a send was interrupted count", *result.Remaining)
	}
}

// What somebody else sends while this send is followed is not verified by the
// code of this one.
func TestACodeIsVerifiedAgainstItsOwnSend(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, func(p *otp.Profile) { p.Limits = &otp.Limits{ResendAfterSeconds: new(int64(0))} }, overMyOTP))
	s.must(s.Fail(down))
	other := s.open()
	var once sync.Once
	s.asleep = func(time.Duration) {
		once.Do(func() {
			s.must(other.Send(t.Context(), application.Request{Profile: "login", To: delivery.Recipient{Phone: french}, Resend: true}, func(r application.Result) {
				if r.Outcome != otp.OutcomeOK {
					t.Errorf("got %+v", r)
				}
			}))
		})
	}
	result := s.sends(application.Request{Follow: time.Second, Verify: true}, otp.OutcomeOK)
	if result.Verification != "" || s.count("myotp verify_otp") != 0 || !strings.Contains(strings.Join(s.told, "\n"), "Another code was sent to the phone meanwhile") {
		t.Errorf("got %+v, told %q", result, s.told)
	}
	s.verifies(french, s.code(), otp.OutcomeOK)
}
