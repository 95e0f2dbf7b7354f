package application_test

import (
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestExtend(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP, overOctopush))
	to := delivery.Recipient{Phone: french}
	extend := func(seconds int64, outcome string) application.Result {
		t.Helper()
		result, err := s.application.Extend(t.Context(), "login", to, seconds)
		s.must(err)
		if result.Outcome != outcome {
			t.Fatalf("got %+v, want %q", result, outcome)
		}
		return result
	}
	extend(600, otp.OutcomeNotFound)
	s.sends(application.Request{}, otp.OutcomeOK)
	result := extend(600, otp.OutcomeOK)
	if want := start.Add(900 * time.Second); result.ExpiresAt == nil || !result.ExpiresAt.Equal(want) {
		t.Errorf("expires at %v, want %v", result.ExpiresAt, want)
	}
	s.must(s.Advance(800 * time.Second))
	s.verifies(french, s.code(), otp.OutcomeOK)
	if _, err := s.application.Extend(t.Context(), "login", to, 0); err == nil {
		t.Error("0 seconds")
	}
	s.sends(application.Request{Route: new(1)}, otp.OutcomeOK)
	if result := extend(600, otp.OutcomeStop); !strings.Contains(result.Reason, "cannot extend") {
		t.Errorf("got %+v", result)
	}
}
