package message_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// What can be seen at plan is an error there, before anything is applied.
func TestATestDeliveryIsCheckedAtPlan(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverOctopush, providertest.OverMyOTP)
	raw, err := provider.NewServer(provider.New("test", provider.WithDeliveries(d.File))())
	d.Must(err)
	without := d.ServeWith(raw)
	without.Configure(map[string]any{"catalog": map[string]any{"url": d.URL}, "octopush": map[string]any{"api_login": "login@example.com", "api_key": "made-up"}})
	for name, test := range map[string]struct {
		s      *providertest.Server
		config map[string]any
		want   string // empty: no error
	}{
		"right":                                {d.Server, map[string]any{}, ""},
		"a name that is wrong":                 {d.Server, map[string]any{"profile": "logn"}, "Did you mean \"login\"? If it is declared in this configuration, write `profile = otp_profile.<label>.name` in the action."},
		"a country that is not":                {d.Server, map[string]any{"phone": "+14155550123"}, "Phone is outside the countries of the profile"},
		"a route that is not":                  {d.Server, map[string]any{"route": 2}, "its last is routes[1]"},
		"an account that is not needed":        {without, map[string]any{}, ""},
		"an account that is missing":           {without, map[string]any{"route": 1}, "OTP_MYOTP_API_KEY"},
		"one of the accounts that are missing": {without, map[string]any{"every_route": true}, "OTP_MYOTP_API_KEY"},
		"a profile that is not known yet":      {without, map[string]any{"profile": tftypes.UnknownValue}, ""},
		"a phone that is not known yet":        {without, map[string]any{"phone": tftypes.UnknownValue, "route": 1}, ""},
		"a route that is not known yet":        {without, map[string]any{"route": tftypes.UnknownValue}, ""},
	} {
		config := map[string]any{"profile": "login", "phone": providertest.RecipientPhone}
		for key, value := range test.config {
			config[key] = value
		}
		o := &providertest.Outcome{T: t}
		test.s.PlanAction("otp_test_delivery", test.s.Configuring("otp_test_delivery", config), o)
		if (test.want == "") != (o.Errors == "") || !strings.Contains(o.Errors, test.want) {
			t.Errorf("%s: %q", name, o.Errors)
		}
	}
	if n := len(d.Vendor.Requests()); n != 0 {
		t.Errorf("a plan made %d requests", n)
	}
}

// A profile that is created in the same run will be there; one that is deleted
// will not.
func TestATestDeliverySeesTheProfileThatIsPlanned(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverOctopush)
	s := d.Again()
	planned := func(name string) string {
		t.Helper()
		o := &providertest.Outcome{T: t}
		s.PlanAction("otp_test_delivery", s.Configuring("otp_test_delivery", map[string]any{"profile": name, "phone": providertest.RecipientPhone}), o)
		return o.Errors
	}
	if got := planned("signup"); !strings.Contains(got, "Profile is not in the catalog") {
		t.Errorf("before it is planned: %q", got)
	}
	_, diagnostics := s.Plan("otp_profile", nil, map[string]any{
		"name": "signup", "brand": "acme", "template": "login", "allowed_countries": []any{"FR"},
		"routes": []any{map[string]any{"vendor": "octopush", "channel": "sms", "sender_id": "europe"}},
	})
	s.None(diagnostics)
	if got := planned("signup"); got != "" {
		t.Errorf("when it is planned: %q", got)
	}
	login, diagnostics := s.Imports("otp_profile", "login")
	s.None(diagnostics)
	_, diagnostics = s.Plan("otp_profile", login, nil)
	s.None(diagnostics)
	if got := planned("login"); !strings.Contains(got, `The profile "login" is deleted by this run.`) {
		t.Errorf("when its deletion is planned: %q", got)
	}
}
