package octopush_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

func TestOctopushEveryCountryIsPriced(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	// The vendor's own sample.
	got := sandboxtest.Octopush(t, s, http.MethodGet, "/wallet/check-balance?country_code=LU&product_name=sms_low_cost", nil)
	if got.Raw != `{"amount":937,"unit":"sms_low_cost","wallet_packs":null}` {
		t.Errorf("Luxembourg: %s", got.Raw)
	}
	some := sandboxtest.Octopush(t, s, http.MethodGet, "/wallet/check-credits?country_codes[]=LU&country_codes[]=PK&country_codes[]=XX", nil)
	if len(some.Body) != 2 || some.Body["LU"] == nil || some.Body["PK"] == nil {
		t.Errorf("two countries and nowhere: %s", some.Raw)
	}
	all := sandboxtest.Octopush(t, s, http.MethodGet, "/wallet/check-credits", nil)
	if len(all.Body) < 240 || all.Body[""] != nil || all.Body["AC"] != nil {
		t.Errorf("%d countries", len(all.Body))
	}
}

func TestOctopushConsumptionOfAnUnknownChannelIsNothing(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	for channel, want := range map[string]float64{"": 1, "sms": 1, "voice": 0, "fax": 0} {
		got := sandboxtest.Octopush(t, s, http.MethodPost, "/monthly-consumption", sandboxtest.Fields{"channel": channel, "year": 2026, "month": 10})
		if got.Number("number_of_sendings") != want || (want == 0) != strings.Contains(got.Raw, `"cost":0,`) {
			t.Errorf("channel %q: %s", channel, got.Raw)
		}
	}
}
