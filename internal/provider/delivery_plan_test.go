package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
)

// What can be seen at plan is an error there, before anything is applied.
func TestATestDeliveryIsCheckedAtPlan(t *testing.T) {
	t.Parallel()
	d := newDeliveries(t, overOctopush, overMyOTP)
	raw, err := provider.NewServer(provider.New("test", provider.WithDeliveries(d.file))())
	d.must(err)
	without := d.serveWith(raw)
	without.configure(map[string]any{"catalog": map[string]any{"url": d.url}, "octopush": map[string]any{"api_login": "login@example.com", "api_key": "made-up"}})
	for name, test := range map[string]struct {
		s      *server
		config map[string]any
		want   string // empty: no error
	}{
		"right":                                {d.server, map[string]any{}, ""},
		"a name that is wrong":                 {d.server, map[string]any{"profile": "logn"}, "Did you mean \"login\"? If it is declared in this configuration, write `profile = otp_profile.<label>.name` in the action."},
		"a country that is not":                {d.server, map[string]any{"phone": "+14155550123"}, "Phone is outside the countries of the profile"},
		"a route that is not":                  {d.server, map[string]any{"route": 2}, "its last is routes[1]"},
		"an account that is not needed":        {without, map[string]any{}, ""},
		"an account that is missing":           {without, map[string]any{"route": 1}, "OTP_MYOTP_API_KEY"},
		"one of the accounts that are missing": {without, map[string]any{"every_route": true}, "OTP_MYOTP_API_KEY"},
		"a profile that is not known yet":      {without, map[string]any{"profile": tftypes.UnknownValue}, ""},
		"a phone that is not known yet":        {without, map[string]any{"phone": tftypes.UnknownValue, "route": 1}, ""},
		"a route that is not known yet":        {without, map[string]any{"route": tftypes.UnknownValue}, ""},
	} {
		config := map[string]any{"profile": "login", "phone": recipientPhone}
		for key, value := range test.config {
			config[key] = value
		}
		o := &outcome{t: t}
		test.s.planAction("otp_test_delivery", test.s.configuring("otp_test_delivery", config), o)
		if (test.want == "") != (o.errors == "") || !strings.Contains(o.errors, test.want) {
			t.Errorf("%s: %q", name, o.errors)
		}
	}
	if n := len(d.vendor.Requests()); n != 0 {
		t.Errorf("a plan made %d requests", n)
	}
}

// A profile that is created in the same run will be there; one that is deleted
// will not.
func TestATestDeliverySeesTheProfileThatIsPlanned(t *testing.T) {
	t.Parallel()
	d := newDeliveries(t, overOctopush)
	s := d.again()
	planned := func(name string) string {
		t.Helper()
		o := &outcome{t: t}
		s.planAction("otp_test_delivery", s.configuring("otp_test_delivery", map[string]any{"profile": name, "phone": recipientPhone}), o)
		return o.errors
	}
	if got := planned("signup"); !strings.Contains(got, "Profile is not in the catalog") {
		t.Errorf("before it is planned: %q", got)
	}
	_, diagnostics := s.plan("otp_profile", nil, map[string]any{
		"name": "signup", "brand": "acme", "template": "login", "allowed_countries": []any{"FR"},
		"routes": []any{map[string]any{"vendor": "octopush", "channel": "sms", "sender_id": "europe"}},
	})
	s.none(diagnostics)
	if got := planned("signup"); got != "" {
		t.Errorf("when it is planned: %q", got)
	}
	login, diagnostics := s.imports("otp_profile", "login")
	s.none(diagnostics)
	_, diagnostics = s.plan("otp_profile", login, nil)
	s.none(diagnostics)
	if got := planned("login"); !strings.Contains(got, `The profile "login" is deleted by this run.`) {
		t.Errorf("when its deletion is planned: %q", got)
	}
}
