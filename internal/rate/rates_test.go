package rate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

func price(kind, id, name string, country, price, currency, status any) map[string]any {
	return map[string]any{
		"vendor": "androidapi", "kind": kind, "id": id, "name": name, "country": country, "price": price, "currency": currency, "status": status,
	}
}

func way2Price(price any) map[string]any {
	return map[string]any{
		"vendor": "way2api", "kind": "service", "id": "send_otppin_sms", "name": "send-otp-pin-sms", "country": "IN", "price": price, "currency": nil, "status": nil,
	}
}

const shopPhone = "00000000-0000-0000-1111-222233334444"

func TestRatesAreAsTheVendorsTellThem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments map[string]any
		shown     bool // Way2API tells the figure
		want      []any
	}{
		"all": {nil, true, []any{
			price("gateway", "3", "Carrier A", nil, "0.03", "USD", nil),
			price("gateway", "3", "Carrier A", "PK", "0.02", "USD", nil),
			price("gateway", "3", "Carrier A", "US", "0.01", "USD", nil),
			price("gateway", "4", "Carrier B", nil, "0.05", "USD", nil),
			price("partner", shopPhone, "Shop phone", "PK", "4", "PKR", "online"),
			way2Price("0.25"),
		}},
		"a country with a price of its own": {map[string]any{"country": "PK"}, true, []any{
			price("gateway", "3", "Carrier A", "PK", "0.02", "USD", nil),
			price("gateway", "4", "Carrier B", nil, "0.05", "USD", nil),
			price("partner", shopPhone, "Shop phone", "PK", "4", "PKR", "online"),
		}},
		"a country with the default price": {map[string]any{"country": "IN"}, true, []any{
			price("gateway", "3", "Carrier A", nil, "0.03", "USD", nil),
			price("gateway", "4", "Carrier B", nil, "0.05", "USD", nil),
			way2Price("0.25"),
		}},
		"a figure that is not shown": {map[string]any{"vendors": providertest.SetOf("way2api")}, false, []any{way2Price(nil)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sandbox.StartForTest(t, sandbox.Options{Settings: sandbox.Settings{Way2API: way2api.Settings{ShowPrices: test.shown}}})
			got := providertest.NewWalk(t, s, otp.AndroidAPI, otp.Way2API).Reads("otp_rates", test.arguments)["rates"]
			if diff := cmp.Diff(any(test.want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRatesHideTheOwnerOfAPartnerDevice(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := providertest.NewWalk(t, s, otp.AndroidAPI)
	if text := strings.Join(providertest.Everything(w.Reads("otp_rates", nil)), " "); strings.Contains(text, "owner@") || strings.Contains(text, "example.org") {
		t.Errorf("somebody's e-mail address is in %s", text)
	}
}

// Operators type the prices by hand.
func TestAPriceThatIsNoNumberIsNull(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	providertest.Answer(t, s, "androidapi", "get_rates", `{"status": 200, "message": "Gateway Rates", "data": {"gateways": [{"id": 5, "name": "Carrier C", "currency": "USD",
		"pricing": {"default": "ask us", "countries": {"fr": 0.1}}}], "partners": false}}`)
	want := []any{price("gateway", "5", "Carrier C", nil, nil, "USD", nil), price("gateway", "5", "Carrier C", "FR", "0.1", "USD", nil)}
	if diff := cmp.Diff(any(want), providertest.NewWalk(t, s, otp.AndroidAPI).Reads("otp_rates", nil)["rates"]); diff != "" {
		t.Error(diff)
	}
}

func TestAnAccountWithoutGatewaysHasNoRates(t *testing.T) {
	t.Parallel()
	s := providertest.Changed(t, func(a *androidapi.Account) { a.Gateways, a.Partners = nil, nil })
	if diff := cmp.Diff(any([]any{}), providertest.NewWalk(t, s, otp.AndroidAPI).Reads("otp_rates", nil)["rates"]); diff != "" {
		t.Error(diff)
	}
}

func TestRatesOfOneVendorSurviveTheFailureOfAnother(t *testing.T) {
	t.Parallel()
	s := providertest.Changed(t, providertest.Forbid("get_rates"))
	w := providertest.NewWalk(t, s, otp.AndroidAPI, otp.Way2API)
	const missing = `^AndroidAPI could not read the rates: .*Give the API key the permission "get_rates"`
	state := w.Warns("otp_rates", nil, missing+`.*Everything else was read and is there\.$`)
	if diff := cmp.Diff(any([]any{way2Price(nil)}), state["rates"]); diff != "" {
		t.Error(diff)
	}
	w.Fails("otp_rates", map[string]any{"vendors": providertest.SetOf("androidapi")}, missing)
	if err := s.Fail(sandbox.HTMLPage("way2api", "pricing", 503)); err != nil {
		t.Fatal(err)
	}
	w = providertest.NewWalk(t, s, otp.AndroidAPI, otp.Way2API)
	_, diagnostics := w.Read("otp_rates", nil)
	if all := providertest.Texts(diagnostics); len(all) != 2 || !strings.HasPrefix(all[0], "AndroidAPI could not") || !strings.HasPrefix(all[1], "Way2API could not") {
		t.Errorf("want an error of each vendor: %v", all)
	}
	for _, d := range diagnostics {
		if d.Severity != tfprotov6.DiagnosticSeverityError {
			t.Errorf("nobody answered, and %q is only a warning", d.Summary)
		}
	}
}

func TestRatesAreReadOnceAWalk(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := providertest.NewWalk(t, s, otp.AndroidAPI, otp.Way2API)
	for _, country := range []any{nil, "FR", "IN"} {
		w.Reads("otp_rates", map[string]any{"country": country})
	}
	if diff := cmp.Diff(map[string]int{"get_rates": 1, "pricing": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}

func TestRatesAskOnlyVendorsWithCredentials(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	providertest.NewWalk(t, s, otp.Way2API, otp.MyOTP).Reads("otp_rates", nil)
	if diff := cmp.Diff(map[string]int{"pricing": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
	providertest.NewWalk(t, s, otp.MyOTP).Fails("otp_rates", nil,
		`^No vendor is configured: .*Set OTP_ANDROIDAPI_SECRET for AndroidAPI, OTP_WAY2API_API_KEY for Way2API, or write the block`)
	providertest.NewWalk(t, s, otp.Way2API).Warns("otp_rates", map[string]any{"vendors": providertest.SetOf("androidapi", "way2api")}, `^AndroidAPI could not read the rates: .*OTP_ANDROIDAPI_SECRET`)
}

func TestRatesRefuseWhatIsNoCountryOrNoVendor(t *testing.T) {
	t.Parallel()
	w := providertest.NewWalk(t, providertest.NewSandbox(t), otp.AndroidAPI)
	for _, country := range []string{"fr", "UK", "FRA", ""} {
		w.Fails("otp_rates", map[string]any{"country": country}, `^Country is not known: .*such as "FR"`)
	}
	w.Fails("otp_rates", map[string]any{"vendors": providertest.SetOf("octopush")}, `value must be one of: \["androidapi"\s"way2api"\]`)
	w.Fails("otp_rates", map[string]any{"vendors": providertest.SetOf()}, `at least 1 elements`)
}
