package application_test

import (
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestStatus(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP, overOctopush))
	status := func(follow time.Duration, outcome string) application.Result {
		t.Helper()
		result, err := s.application.Status(t.Context(), "login", delivery.Recipient{Phone: french}, follow)
		s.must(err)
		if result.Outcome != outcome {
			t.Fatalf("got %+v, want %q", result, outcome)
		}
		return result
	}
	status(0, otp.OutcomeNotFound)
	sent := s.sends(application.Request{}, otp.OutcomeOK)
	if result := status(0, otp.OutcomePending); result.MessageID != sent.MessageID {
		t.Errorf("got %+v", result)
	}
	status(time.Minute, otp.OutcomeDelivered)
	s.verifies(french, s.code(), otp.OutcomeOK)
	status(time.Minute, otp.OutcomeDelivered) // also of a code that has verified
	s.must(s.Advance(time.Minute))
	s.sends(application.Request{Route: new(1)}, otp.OutcomeOK)
	status(time.Minute, otp.OutcomeUnavailable)
	if _, err := s.application.Status(t.Context(), "login", delivery.Recipient{Phone: "33612345678"}, 0); err == nil {
		t.Error("a number without a plus sign")
	}
}
