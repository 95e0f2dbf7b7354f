package provider_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

const recipientPhone = "+33698765432"

// deliveries is a catalog with the profile login over some routes, and a
// sandbox by whose clock actions wait.
type deliveries struct {
	*world
	*server
	vendor *sandbox.Server
	file   string
}

func newDeliveries(t *testing.T, routes ...string) *deliveries {
	t.Helper()
	w := newWorkspace(t)
	w.configure(setup("acme", "Acme", strings.Join(routes, ", "))).apply()
	d := &deliveries{
		world: w.world, file: filepath.Join(t.TempDir(), "deliveries.db"),
		vendor: sandbox.StartForTest(t, sandbox.Options{Clock: func() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) }}),
	}
	d.server = d.again()
	return d
}

// again is another run of Terraform.
func (d *deliveries) again() *server {
	d.world.t.Helper()
	raw, err := provider.NewServer(provider.New("test", provider.WithClock(d.vendor), provider.WithDeliveries(d.file))())
	if err != nil {
		d.world.t.Fatal(err)
	}
	s := d.serveWith(raw)
	env := d.vendor.Environment()
	s.configure(map[string]any{
		"catalog":    map[string]any{"url": d.url},
		"octopush":   map[string]any{"api_login": env["OTP_OCTOPUSH_API_LOGIN"], "api_key": env["OTP_OCTOPUSH_API_KEY"], "base_url": env["OTP_OCTOPUSH_BASE_URL"]},
		"myotp":      map[string]any{"api_key": env["OTP_MYOTP_API_KEY"], "base_url": env["OTP_MYOTP_BASE_URL"]},
		"androidapi": map[string]any{"secret": env["OTP_ANDROIDAPI_SECRET"], "base_url": env["OTP_ANDROIDAPI_BASE_URL"]},
		"way2api":    map[string]any{"api_key": env["OTP_WAY2API_API_KEY"], "base_url": env["OTP_WAY2API_BASE_URL"]},
	})
	return s
}

func (d *deliveries) must(err error) {
	d.world.t.Helper()
	if err != nil {
		d.world.t.Fatal(err)
	}
}

// serveWith is a provider that is not configured yet.
func (d *deliveries) serveWith(raw tfprotov6.ProviderServer) *server {
	d.world.t.Helper()
	s := &server{ProviderServer: raw, t: d.world.t}
	var err error
	s.schema, err = raw.GetProviderSchema(d.world.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	d.must(err)
	return s
}

// invoke invokes an action in a run of its own. Nothing that it tells may be
// secret or personal.
func (d *deliveries) invoke(action string, config map[string]any) *invocation {
	d.world.t.Helper()
	if _, set := config["profile"]; !set {
		config["profile"] = "login"
	}
	if _, set := config["phone"]; !set {
		config["phone"] = recipientPhone
	}
	s := d.again()
	i := s.invokeAction(d.world.t.Context(), action, s.configuring(action, config), nil)
	told := strings.Join(i.progress, "\n") + i.errors + i.warnings
	secrets := []string{recipientPhone, recipientPhone[1:]}
	for name, value := range d.vendor.Environment() {
		if !strings.HasSuffix(name, "_URL") {
			secrets = append(secrets, value)
		}
	}
	for _, message := range d.vendor.Messages() {
		secrets = append(secrets, message.Code)
	}
	for _, secret := range secrets {
		if strings.Contains(told, secret) {
			d.world.t.Errorf("%q is in the output: %s", secret, told)
		}
	}
	return i
}

func (d *deliveries) code() string {
	messages := d.vendor.Messages()
	if len(messages) == 0 {
		d.world.t.Fatal("nothing was sent")
	}
	return messages[len(messages)-1].Code
}

func (i *invocation) failed(sentences ...string) {
	i.t.Helper()
	for _, sentence := range sentences {
		if !strings.Contains(i.errors, sentence) {
			i.t.Errorf("no %q in the errors: %s", sentence, i.errors)
		}
	}
}

func TestATestDeliverySendsFollowsAndVerifies(t *testing.T) {
	t.Parallel()
	d := newDeliveries(t, overMyOTP)
	i := d.invoke("otp_test_delivery", map[string]any{})
	i.fine()
	i.told("Sending a code of profile \"login\" to +33*****5432 through routes[0] (MyOTP.App, sms)").told("Delivered after").
		told("cost 1 credits, status delivered, verification ok")
	if i.warnings != "" {
		t.Error(i.warnings)
	}
	d.invoke("otp_verify", map[string]any{"code": d.code()}).failed("There is no such code", "has been verified already")
	if n := requested(d.vendor)["generate_otp"]; n != 1 {
		t.Errorf("%d sends", n)
	}
}

func TestATestDeliveryFollowsTheRoutesOfTheDocument(t *testing.T) {
	t.Parallel()
	d := newDeliveries(t, overOctopush, overMyOTP)
	d.must(d.vendor.Fail(sandbox.HTMLPage("octopush", "otp_generate", 403)))
	i := d.invoke("otp_test_delivery", map[string]any{"verify": false, "wait": "0s"})
	i.fine()
	i.told("routes[0] (Octopush, sms) refused").told("routes[1] (MyOTP.App, sms), outcome ok")
	d.invoke("otp_extend", map[string]any{"seconds": 60}).fine()
	d.invoke("otp_verify", map[string]any{"code": "000000"}).failed("Code is wrong", "routes[1] (MyOTP.App, sms)", "Attempts left: 2.")
	d.invoke("otp_verify", map[string]any{"code": d.code()}).fine()
}

func TestATestDeliveryKeepsTheRulesOfTheProfile(t *testing.T) {
	t.Parallel()
	d := newDeliveries(t, overOctopush)
	d.invoke("otp_test_delivery", map[string]any{"phone": "+14155550123"}).failed("Phone is outside the countries of the profile", "allowed_countries")
	d.invoke("otp_test_delivery", map[string]any{"profile": "logn"}).failed("Profile is not in the catalog", `Did you mean "login"?`)
	d.invoke("otp_test_delivery", map[string]any{"route": 4}).failed("its last is routes[0]")
	if n := len(d.vendor.Requests()); n != 0 {
		t.Errorf("the vendor was asked %d times", n)
	}
	d.must(d.vendor.Fail(sandbox.Fault{Vendor: "octopush", Operation: "otp_generate", Kind: sandbox.DropAfter}))
	d.invoke("otp_test_delivery", map[string]any{}).failed("Nobody knows what came of it", "so it was not tried again")
	d.invoke("otp_test_delivery", map[string]any{}).failed("Limit of the profile is reached", "limits.resend_after_seconds", "in 30s")
	d.invoke("otp_extend", map[string]any{"seconds": 60}).failed("Octopush cannot extend a code")
	if n := len(d.vendor.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestATestDeliveryOfEveryRoute(t *testing.T) {
	t.Parallel()
	d := newDeliveries(t, overOctopush, overMyOTP)
	i := d.invoke("otp_test_delivery", map[string]any{"every_route": true, "wait": "0s"})
	i.fine()
	i.told("Waiting 30 seconds").told("routes[0] (Octopush, sms), outcome ok").told("routes[1] (MyOTP.App, sms), outcome ok")
	if n := len(d.vendor.Messages()); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// What is lost on one route keeps the next from nothing, and is not said to.
func TestEveryRouteGoesOnAfterAnUnclearOne(t *testing.T) {
	t.Parallel()
	d := newDeliveries(t, overOctopush, overMyOTP)
	d.must(d.vendor.Fail(sandbox.Fault{Vendor: "octopush", Operation: "otp_generate", Kind: sandbox.DropAfter}))
	i := d.invoke("otp_test_delivery", map[string]any{"every_route": true, "wait": "0s"})
	i.failed("Nobody knows what came of it", "routes[0] (Octopush, sms)", "so it was not tried again")
	i.told("routes[1] (MyOTP.App, sms), outcome ok")
	if strings.Contains(i.errors, "nothing else was tried") || len(d.vendor.Messages()) != 2 {
		t.Errorf("%d messages: %s", len(d.vendor.Messages()), i.errors)
	}
}

func TestWhatIsNotKnownToBeDeliveredIsAWarning(t *testing.T) {
	t.Parallel()
	d := newDeliveries(t, overMyOTP)
	d.must(d.vendor.Fail(sandbox.Fault{Vendor: "myotp", Operation: "check_otp_status", Kind: sandbox.Answer, Status: 500, Times: -1}))
	i := d.invoke("otp_test_delivery", map[string]any{"wait": "3s", "verify": false})
	i.fine()
	if !strings.Contains(i.warnings, "Message is not known to be delivered") || !strings.Contains(i.warnings, "otp_message_status") {
		t.Error(i.warnings)
	}
	d.must(d.vendor.Advance(30 * time.Second))
	i = d.invoke("otp_test_delivery", map[string]any{})
	i.fine()
	if !strings.Contains(i.warnings, "No code was sent") {
		t.Error(i.warnings)
	}
	d.vendor.ClearFaults()
	d.must(d.vendor.SetDelivery(d.vendor.Messages()[0].MessageID, "UNDELIV"))
	i = d.invoke("otp_test_delivery", map[string]any{"resend": true, "verify": false})
	i.fine() // this is another message
	i.told("status delivered")
}

func TestActionsAreValidatedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	d := newDeliveries(t, overOctopush)
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
		i := d.invoke(test.action, test.config)
		if !strings.Contains(i.errors, test.want) {
			t.Errorf("%s: %s", name, i.errors)
		}
		if strings.Contains(i.errors, "0612345678") {
			t.Errorf("%s: the number is in %s", name, i.errors)
		}
	}
	config := d.configuring("otp_test_delivery", map[string]any{"profile": tftypes.UnknownValue, "phone": tftypes.UnknownValue, "wait": tftypes.UnknownValue})
	o := &outcome{t: t}
	d.planAction("otp_test_delivery", config, o)
	o.fine()
}

// A base URL and a key of the provider block count, and nothing of them is told;
// without a key the error names the variable to set.
func TestActionsUseTheAccountsOfTheProvider(t *testing.T) {
	t.Parallel()
	d := newDeliveries(t, overOctopush)
	raw, err := provider.NewServer(provider.New("test", provider.WithDeliveries(d.file))())
	d.must(err)
	s := d.serveWith(raw)
	s.configure(map[string]any{"catalog": map[string]any{"url": d.url}, "octopush": map[string]any{"base_url": d.vendor.Environment()["OTP_OCTOPUSH_BASE_URL"]}})
	i := s.invokeAction(t.Context(), "otp_test_delivery", s.configuring("otp_test_delivery", map[string]any{"profile": "login", "phone": recipientPhone}), nil)
	if !strings.Contains(i.errors, "OTP_OCTOPUSH_API_") {
		t.Error(i.errors)
	}
}
