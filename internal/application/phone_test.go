package application_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// TestOnePhoneHoweverItIsSpelled: limits, attempts and single use count for the
// number, and not for its spelling.
func TestOnePhoneHoweverItIsSpelled(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, nil, overMyOTP))
	spelled := []string{french, " " + french + "\r\n", french[:3] + "\u202F" + french[3:6] + "-" + french[6:], "\u202A" + french + "\u202C;"}
	results, err := s.send(application.Request{To: delivery.Recipient{Phone: spelled[1]}})
	s.must(err)
	if len(results) != 1 || results[0].Outcome != otp.OutcomeOK || results[0].Phone != otp.MaskPhone(french) {
		t.Fatalf("got %v", results)
	}
	for _, phone := range spelled {
		results, err := s.send(application.Request{To: delivery.Recipient{Phone: phone}})
		s.must(err)
		if len(results) != 1 || results[0].Outcome != application.Limited {
			t.Errorf("%q: got %v, want it to be limited", phone, results)
		}
	}
	result, err := s.application.Status(t.Context(), "login", delivery.Recipient{Phone: spelled[2]}, 0)
	s.must(err)
	if result.Route == nil || strings.Contains(result.Reason, "No code") {
		t.Errorf("the message is not found: %+v", result)
	}
	for phone, want := range map[string]string{french + "x12": "extension", french[:len(french)-1] + "O": "the letter 'O'", "+12530000": "dialled locally"} {
		if _, err := s.application.Verify(t.Context(), "login", delivery.Recipient{Phone: phone}, "123456"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", phone, err, want)
		}
	}
}
