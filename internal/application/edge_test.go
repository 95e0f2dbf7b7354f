package application_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// ruin makes the ledger one that can be read no more.
func (s *stage) ruin() {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.options.Ledger)
	s.must(err)
	_, err = db.ExecContext(s.t.Context(), "DROP TABLE records")
	s.must(errors.Join(err, db.Close()))
}

// telling lets do happen when a sentence begins like this.
func (s *stage) telling(beginning string, do func()) {
	s.t.Helper()
	s.options.Tell = func(sentence string) {
		if strings.HasPrefix(sentence, beginning) {
			do()
		}
	}
	s.application = s.open()
}

// What could not be remembered is not called what was not sent.
func TestASendThatCannotBeRememberedIsReported(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	s.telling("Sending", s.ruin)
	results, err := s.send(application.Request{})
	if len(results) != 1 || results[0].Outcome != otp.OutcomeOK || len(s.Messages()) != 1 {
		t.Fatalf("got %+v, %d messages", results, len(s.Messages()))
	}
	if err == nil || !strings.Contains(err.Error(), "a code may have been sent") || strings.Contains(strings.ToLower(err.Error()), "nothing was sent") {
		t.Error(err)
	}
}

func TestARefusalThatCannotBeTakenBackIsNoSend(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overOctopush))
	s.must(s.Fail(sandbox.HTMLPage("octopush", "otp_generate", 403)))
	s.telling("Sending", s.ruin)
	results, err := s.send(application.Request{})
	if len(results) != 1 || results[0].Outcome != otp.OutcomeNextRoute || err == nil || strings.Contains(err.Error(), "may have been sent") || !strings.Contains(err.Error(), "counts for the limits") {
		t.Errorf("got %+v: %v", results, err)
	}
}

// A send shortly before keeps all routes back, not only the first.
func TestEveryRouteWaitsForNoEarlierSend(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overOctopush, overMyOTP))
	s.sends(application.Request{Route: new(0)}, otp.OutcomeOK)
	s.must(s.Advance(10 * time.Second))
	limited := s.sends(application.Request{EveryRoute: true}, application.Limited)
	if limited.RetryAfterSeconds != 20 || len(s.Messages()) != 1 || len(s.waits) != 0 {
		t.Errorf("got %+v, %d messages, waits %v", limited, len(s.Messages()), s.waits)
	}
}

func TestACodeThatHasVerifiedIsNotExtended(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	s.sends(application.Request{}, otp.OutcomeOK)
	s.verifies(french, s.code(), otp.OutcomeOK)
	asked := len(s.calls())
	result, err := s.application.Extend(t.Context(), "login", delivery.Recipient{Phone: french}, 60)
	s.must(err)
	if result.Outcome != otp.OutcomeNotFound || !strings.Contains(result.Reason, "verified already") || len(s.calls()) != asked {
		t.Errorf("got %+v, asked %v", result, s.calls()[asked:])
	}
}

// Nobody knows when a code is over that somebody else has sent.
func TestACodeThatIsStillActiveHasNoExpiryOfOurs(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	s.sends(application.Request{}, otp.OutcomeOK)
	s.must(s.Advance(100 * time.Second))
	if result := s.sends(application.Request{}, otp.OutcomeAlreadyActive); result.ExpiresAt != nil {
		t.Errorf("it is over at %s", result.ExpiresAt)
	}
}

// A send whose answer comes late does not take the place of a newer one.
func TestTheNewestSendIsTheOneThatCounts(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overOctopush, overDevice))
	newer := s.open()
	s.telling("Sending", func() {
		s.must(s.Advance(31 * time.Second))
		s.must(newer.Send(t.Context(), application.Request{Profile: "login", To: delivery.Recipient{Phone: french}, Route: new(1)}, func(application.Result) {}))
	})
	s.sends(application.Request{Route: new(0)}, otp.OutcomeOK)
	code := s.Messages()[0].Code
	if result := s.verifies(french, code, otp.OutcomeOK); result.Vendor != otp.AndroidAPI {
		t.Errorf("got %+v", result)
	}
}
