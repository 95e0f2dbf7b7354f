package application_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// phoneNumber is one of many phones.
func phoneNumber(n int) string { return fmt.Sprintf("+336000000%02d", n) }

func TestManyPhonesFromOneAddressAreLimited(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, func(p *otp.Profile) { p.Limits = &otp.Limits{PerIPHour: new(int64(2))} }, overMyOTP))
	from := func(n int, address, want string) application.Result {
		t.Helper()
		return s.sends(application.Request{To: delivery.Recipient{Phone: phoneNumber(n), IP: address}}, want)
	}
	from(1, "203.0.113.7", otp.OutcomeOK)
	s.application = s.open() // it is remembered by the file
	from(2, "::ffff:203.0.113.7", otp.OutcomeOK)
	limited := from(3, "203.0.113.7", application.Limited)
	if limited.RetryAfterSeconds != 3600 || !strings.Contains(limited.Reason, `limits.per_ip_hour of profile "login" is 2, so this address may ask for another code in 1h0m0s`) {
		t.Errorf("got %+v", limited)
	}
	from(3, "203.0.113.8", otp.OutcomeOK)
	from(4, "", otp.OutcomeOK) // an address that nobody knows is not limited
	// Whoever has one address of IPv6 has its neighbours.
	from(5, "2001:db8:0:1::1", otp.OutcomeOK)
	from(6, "2001:db8:0:1:ffff::2", otp.OutcomeOK)
	from(7, "2001:db8:0:1::3", application.Limited)
	from(7, "2001:db8:0:2::1", otp.OutcomeOK)
	if n := s.count("myotp generate_otp"); n != 7 {
		t.Errorf("%d sends, want 7", n)
	}
	s.must(s.Advance(time.Hour))
	from(3, "203.0.113.7", otp.OutcomeOK)
}

func TestAProfileSendsNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, func(p *otp.Profile) { p.Limits = &otp.Limits{PerIPHour: new(int64(0)), PerProfileHour: new(int64(3))} }, overOctopush, overMyOTP))
	to := func(n int, want string) application.Result {
		t.Helper()
		return s.sends(application.Request{To: delivery.Recipient{Phone: phoneNumber(n), IP: "203.0.113.7"}}, want)
	}
	to(1, otp.OutcomeOK)
	to(2, otp.OutcomeOK)
	for range 2 { // what was not sent does not count
		s.must(s.Fail(sandbox.HTMLPage("octopush", "otp_generate", 403)))
		s.must(s.Fail(sandbox.HTMLPage("myotp", "generate_otp", 403)))
		to(3, otp.OutcomeNextRoute)
	}
	to(4, otp.OutcomeOK)
	if limited := to(5, application.Limited); !strings.Contains(limited.Reason, "limits.per_profile_hour") || !strings.Contains(limited.Reason, "the profile may send another code in 1h0m0s") {
		t.Errorf("got %+v", limited)
	}
}

func TestAResendGoesRoundWhereTheProfileWantsIt(t *testing.T) {
	t.Parallel()
	for way, want := range map[otp.ResendRoute][]int{otp.ResendNext: {0, 2, 3, 0, 2}, otp.ResendSame: {0, 0, 0, 0, 0}} {
		s := newStage(t, compile(t, func(p *otp.Profile) { p.ResendRoute = way }, overOctopush, overWay2API, overMyOTP, overDevice))
		for i, number := range want {
			result := s.sends(application.Request{Resend: i > 0}, otp.OutcomeOK) // routes[1] serves India only
			if result.Route == nil || *result.Route != number {
				t.Errorf("%s: send %d went through %+v, want routes[%d]", way, i, result, number)
			}
			s.must(s.Advance(time.Minute))
		}
	}
}

// A route that refuses hands on to the one behind it, and the first comes after
// the last.
func TestAResendFallsBackRoundAndRound(t *testing.T) {
	t.Parallel()
	s := newStage(t, compile(t, func(p *otp.Profile) { p.ResendRoute = otp.ResendNext }, overOctopush, overMyOTP))
	s.sends(application.Request{}, otp.OutcomeOK)
	s.must(s.Advance(time.Minute))
	s.must(s.Fail(sandbox.HTMLPage("myotp", "generate_otp", 403)))
	result := s.sends(application.Request{Resend: true}, otp.OutcomeOK)
	if len(result.Refused) != 1 || *result.Refused[0].Route != 1 || *result.Route != 0 {
		t.Errorf("got %+v", result)
	}
}
