package message_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

func TestATestDeliverySendsFollowsAndVerifies(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverMyOTP)
	i := d.Invoke("otp_test_delivery", map[string]any{})
	i.Fine()
	i.Told("Sending a code of profile \"login\" to +33*****5432 through routes[0] (MyOTP.App, sms)").Told("Delivered after").
		Told("cost 1 credits, status delivered, verification ok")
	if i.Warnings != "" {
		t.Error(i.Warnings)
	}
	d.Invoke("otp_verify", map[string]any{"code": d.Code()}).Failed("There is no such code", "has been verified already")
	if n := providertest.Requested(d.Vendor)["generate_otp"]; n != 1 {
		t.Errorf("%d sends", n)
	}
}

func TestATestDeliveryFollowsTheRoutesOfTheDocument(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverOctopush, providertest.OverMyOTP)
	d.Must(d.Vendor.Fail(sandbox.HTMLPage("octopush", "otp_generate", 403)))
	i := d.Invoke("otp_test_delivery", map[string]any{"verify": false, "wait": "0s"})
	i.Fine()
	i.Told("routes[0] (Octopush, sms) refused").Told("routes[1] (MyOTP.App, sms), outcome ok")
	d.Invoke("otp_extend", map[string]any{"seconds": 60}).Fine()
	d.Invoke("otp_verify", map[string]any{"code": "000000"}).Failed("Code is wrong", "routes[1] (MyOTP.App, sms)", "Attempts left: 2.")
	d.Invoke("otp_verify", map[string]any{"code": d.Code()}).Fine()
}

func TestATestDeliveryKeepsTheRulesOfTheProfile(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverOctopush)
	d.Invoke("otp_test_delivery", map[string]any{"phone": "+14155550123"}).Failed("Phone is outside the countries of the profile", "allowed_countries")
	d.Invoke("otp_test_delivery", map[string]any{"profile": "logn"}).Failed("Profile is not in the catalog", `Did you mean "login"?`)
	d.Invoke("otp_test_delivery", map[string]any{"route": 4}).Failed("its last is routes[0]")
	if n := len(d.Vendor.Requests()); n != 0 {
		t.Errorf("the vendor was asked %d times", n)
	}
	d.Must(d.Vendor.Fail(sandbox.Fault{Vendor: "octopush", Operation: "otp_generate", Kind: sandbox.DropAfter}))
	d.Invoke("otp_test_delivery", map[string]any{}).Failed("Nobody knows what came of it", "so it was not tried again")
	d.Invoke("otp_test_delivery", map[string]any{}).Failed("Limit of the profile is reached", "limits.resend_after_seconds", "in 30s")
	d.Invoke("otp_extend", map[string]any{"seconds": 60}).Failed("Octopush cannot extend a code")
	if n := len(d.Vendor.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestATestDeliveryOfEveryRoute(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverOctopush, providertest.OverMyOTP)
	i := d.Invoke("otp_test_delivery", map[string]any{"every_route": true, "wait": "0s"})
	i.Fine()
	i.Told("Waiting 30 seconds").Told("routes[0] (Octopush, sms), outcome ok").Told("routes[1] (MyOTP.App, sms), outcome ok")
	if n := len(d.Vendor.Messages()); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// What is lost on one route keeps the next from nothing, and is not said to.
func TestEveryRouteGoesOnAfterAnUnclearOne(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverOctopush, providertest.OverMyOTP)
	d.Must(d.Vendor.Fail(sandbox.Fault{Vendor: "octopush", Operation: "otp_generate", Kind: sandbox.DropAfter}))
	i := d.Invoke("otp_test_delivery", map[string]any{"every_route": true, "wait": "0s"})
	i.Failed("Nobody knows what came of it", "routes[0] (Octopush, sms)", "so it was not tried again")
	i.Told("routes[1] (MyOTP.App, sms), outcome ok")
	if strings.Contains(i.Errors, "nothing else was tried") || len(d.Vendor.Messages()) != 2 {
		t.Errorf("%d messages: %s", len(d.Vendor.Messages()), i.Errors)
	}
}

func TestWhatIsNotKnownToBeDeliveredIsAWarning(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverMyOTP)
	d.Must(d.Vendor.Fail(sandbox.Fault{Vendor: "myotp", Operation: "check_otp_status", Kind: sandbox.Answer, Status: 500, Times: -1}))
	i := d.Invoke("otp_test_delivery", map[string]any{"wait": "3s", "verify": false})
	i.Fine()
	if !strings.Contains(i.Warnings, "Message is not known to be delivered") || !strings.Contains(i.Warnings, "otp_message_status") {
		t.Error(i.Warnings)
	}
	d.Must(d.Vendor.Advance(30 * time.Second))
	i = d.Invoke("otp_test_delivery", map[string]any{})
	i.Fine()
	if !strings.Contains(i.Warnings, "No code was sent") {
		t.Error(i.Warnings)
	}
	d.Vendor.ClearFaults()
	d.Must(d.Vendor.SetDelivery(d.Vendor.Messages()[0].MessageID, "UNDELIV"))
	i = d.Invoke("otp_test_delivery", map[string]any{"resend": true, "verify": false})
	i.Fine() // this is another message
	i.Told("status delivered")
}

func TestActionsAreValidatedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverOctopush)
	for name, test := range map[string]struct {
		action string
		config map[string]any
		want   string
	}{
		"a national number":       {"otp_test_delivery", map[string]any{"phone": "0612345678"}, "Phone number is not in international form"},
		"a route and every route": {"otp_test_delivery", map[string]any{"route": 0, "every_route": true}, "every_route"},
		"a route below 0":         {"otp_test_delivery", map[string]any{"route": -1}, "at least 0"},
		"a wait that is none":     {"otp_test_delivery", map[string]any{"wait": "soon"}, "Wait is not a duration"},
		"a locale of POSIX":       {"otp_test_delivery", map[string]any{"locale": "fr_FR"}, "Locale is not a BCP 47 language tag"},
		"no locale":               {"otp_test_delivery", map[string]any{"locale": ""}, "Locale is not a BCP 47 language tag"},
		"an address that is none": {"otp_verify", map[string]any{"code": "482913", "recipient_ip": "203.0.113"}, "Recipient's IP address is none"},
		"a wait below 0":          {"otp_test_delivery", map[string]any{"wait": "-1s"}, "Wait is not a duration"},
		"no code":                 {"otp_verify", map[string]any{"code": ""}, "code"},
		"no time":                 {"otp_extend", map[string]any{"seconds": 0}, "seconds"},
	} {
		i := d.Invoke(test.action, test.config)
		if !strings.Contains(i.Errors, test.want) {
			t.Errorf("%s: %s", name, i.Errors)
		}
		if strings.Contains(i.Errors, "0612345678") {
			t.Errorf("%s: the number is in %s", name, i.Errors)
		}
	}
	config := d.Configuring("otp_test_delivery", map[string]any{"profile": tftypes.UnknownValue, "phone": tftypes.UnknownValue, "wait": tftypes.UnknownValue})
	o := &providertest.Outcome{T: t}
	d.PlanAction("otp_test_delivery", config, o)
	o.Fine()
}

// A base URL and a key of the provider block count, and nothing of them is told;
// without a key the error names the variable to set.
func TestActionsUseTheAccountsOfTheProvider(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverOctopush)
	raw, err := provider.NewServer(provider.New("test", provider.WithDeliveries(d.File))())
	d.Must(err)
	s := d.ServeWith(raw)
	s.Configure(map[string]any{"catalog": map[string]any{"url": d.URL}, "octopush": map[string]any{"base_url": d.Vendor.Environment()["OTP_OCTOPUSH_BASE_URL"]}})
	i := s.InvokeAction(t.Context(), "otp_test_delivery", s.Configuring("otp_test_delivery", map[string]any{"profile": "login", "phone": providertest.RecipientPhone}), nil)
	if !strings.Contains(i.Errors, "OTP_OCTOPUSH_API_") {
		t.Error(i.Errors)
	}
}
