package account_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
)

// granted are permissions in the order in which they are asked for.
func granted(value bool, names ...string) []any {
	all := []any{}
	for _, name := range names {
		all = append(all, map[string]any{"name": name, "granted": value})
	}
	return all
}

var (
	keys         = []string{"get_credits", "get_subscription", "otp", "get_devices", "get_rates", "get_wa_accounts", "create_whatsapp", "get_sms_sent", "get_wa_sent"}
	entitlements = []string{"CUSTOM_OTP_LENGTH", "CUSTOM_OTP_EXPIRY", "ACCESS_TO_TEMPLATES", "EXTEND_OTP", "API_REPORTING"}
	// asked are the requests for all of it.
	asked = map[string]int{
		"get_credits": 1, "get_subscription": 1, "get_otp": 1, "get_devices": 1, "get_rates": 1, "wa_accounts": 1, "wa_servers": 1, "sms_sent": 1, "wa_sent": 1,
		"me": 1, "account": 1, "report": 1, "check_balance": 1,
	}
)

func row(state map[string]any, vendor string) map[string]any {
	for _, account := range state["accounts"].([]any) {
		if account := account.(map[string]any); account["vendor"] == vendor {
			return account
		}
	}
	return nil
}

func TestAccountsAreAsTheVendorsTellThem(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := providertest.NewWalk(t, s, otp.Vendors()...)
	state := w.Reads("otp_accounts", nil)
	w.Reads("otp_accounts", map[string]any{"vendors": providertest.SetOf("myotp")}) // has been asked already
	if got := providertest.Requested(s); !cmp.Equal(asked, got) {
		t.Error(cmp.Diff(asked, got))
	}
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
	phone := row(state, "androidapi")
	if quotas := phone["quotas"].([]any); len(quotas) != 13 || !cmp.Equal(any(map[string]any{"name": "sms_send", "used": int64(10), "limit": int64(500)}), quotas[7]) {
		t.Errorf("the quotas are %v", quotas)
	}
	delete(phone, "quotas")
	for vendor, want := range map[string]map[string]any{
		"androidapi": {"account": nil, "id": nil, "plan": "Basic", "status": nil, "amount": "125.504", "unit": "USD", "permissions": granted(true, keys...)},
		"myotp":      {"account": nil, "id": row(state, "myotp")["id"], "plan": "6452", "status": "active", "amount": "1000", "unit": "credits", "permissions": granted(true, entitlements...), "quotas": []any{}},
		"octopush":   {"account": nil, "id": nil, "plan": nil, "status": nil, "amount": "37.5", "unit": "euros", "permissions": []any{}, "quotas": []any{}},
	} {
		want["vendor"], want["credits"] = vendor, nil
		if diff := cmp.Diff(want, row(state, vendor)); diff != "" {
			t.Errorf("%s: %s", vendor, diff)
		}
	}
	if id, _ := row(state, "myotp")["id"].(string); !strings.HasPrefix(id, "a") || strings.Contains(id, "@") {
		t.Errorf("the account is %q", id)
	}
	if all := strings.Join(providertest.Everything(state), " "); strings.Contains(all, "@") {
		t.Errorf("an e-mail address is in %s", all)
	}
}

// A permission that lacks is the answer, and no failure: each alone, and all of
// them.
func TestAPermissionThatLacksIsTheAnswer(t *testing.T) {
	t.Parallel()
	for _, lacks := range keys {
		t.Run(lacks, func(t *testing.T) {
			t.Parallel()
			s := providertest.Changed(t, providertest.Forbid(lacks))
			got := row(providertest.NewWalk(t, s, otp.AndroidAPI).Reads("otp_accounts", nil), "androidapi")
			for i, permission := range got["permissions"].([]any) {
				want := map[string]any{"name": keys[i], "granted": keys[i] != lacks}
				if diff := cmp.Diff(any(want), permission); diff != "" {
					t.Error(diff)
				}
			}
			if (got["amount"] == nil) != (lacks == "get_credits") || (got["plan"] == nil) != (lacks == "get_subscription") {
				t.Errorf("it has %v", got)
			}
		})
	}
	t.Run("a smaller plan", func(t *testing.T) {
		t.Parallel()
		s := providertest.NewSandbox(t)
		if err := myotp.At(s).Update(func(a *myotp.Account) { a.Plan = "starter" }); err != nil {
			t.Fatal(err)
		}
		got := row(providertest.NewWalk(t, s, otp.MyOTP).Reads("otp_accounts", nil), "myotp")
		if diff := cmp.Diff(any(granted(false, entitlements...)), got["permissions"]); diff != "" {
			t.Error(diff)
		}
	})
}

// What is refused for another reason is not known; half a report is better than
// none.
func TestWhatCouldNotBeReadIsAWarning(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	if err := s.Fail(sandbox.HTMLPage("androidapi", "get_otp", http.StatusBadGateway)); err != nil {
		t.Fatal(err)
	}
	got := row(providertest.NewWalk(t, s, otp.AndroidAPI).Warns("otp_accounts", nil, `^AndroidAPI could not tell all about the account: .*HTTP 502.*Everything else was read and is there\.$`), "androidapi")
	if n := len(got["permissions"].([]any)); n != len(keys)-1 {
		t.Errorf("%d permissions", n)
	}

	if err := octopush.At(s).Update(func(a *octopush.Account) { a.Forbidden = true }); err != nil {
		t.Fatal(err)
	}
	w := providertest.NewWalk(t, s, otp.MyOTP, otp.Octopush)
	if got := w.Warns("otp_accounts", nil, `^Octopush could not tell about the account: .*HTTP 403`); len(got["accounts"].([]any)) != 1 {
		t.Errorf("got %v", got)
	}
	w.Fails("otp_accounts", map[string]any{"vendors": providertest.SetOf("octopush")}, `^Octopush could not tell about the account: .*HTTP 403`)
}

// A key that is refused is told once, and nothing else is asked with it.
func TestAWrongKeyIsToldOnce(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := providertest.NewWalkWith(t, map[string]any{
		"androidapi": map[string]any{"base_url": s.Environment()["OTP_ANDROIDAPI_BASE_URL"], "secret": "wrong"},
		"myotp":      map[string]any{"base_url": s.Environment()["OTP_MYOTP_BASE_URL"], "api_key": "wrong"},
	})
	_, diagnostics := w.Read("otp_accounts", nil)
	if all := providertest.Texts(diagnostics); len(all) != 2 || !strings.Contains(all[0], "OTP_ANDROIDAPI_SECRET") || !strings.Contains(all[1], "OTP_MYOTP_API_KEY") {
		t.Errorf("got %v", all)
	}
	if diff := cmp.Diff(map[string]int{"get_credits": 1, "me": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}

func TestAccountsAskOnlyVendorsThatTellAndHaveCredentials(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	providertest.NewWalk(t, s, otp.Octopush, otp.Way2API).Reads("otp_accounts", nil)
	if diff := cmp.Diff(map[string]int{"check_balance": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
	providertest.NewWalk(t, s).Fails("otp_accounts", nil, `^No vendor is configured: .*Set OTP_ANDROIDAPI_SECRET for AndroidAPI`)
	providertest.NewWalk(t, s, otp.Octopush).Fails("otp_accounts", map[string]any{"vendors": providertest.SetOf("way2api")}, `value must be one of`)
}
