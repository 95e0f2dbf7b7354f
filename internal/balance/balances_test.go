package balance_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
)

func balance(vendor string, amount, unit, plan any, usage, packs []any) map[string]any {
	return map[string]any{"vendor": vendor, "account": nil, "amount": amount, "unit": unit, "plan": plan, "usage": usage, "wallet_packs": packs}
}

// basicUsage is how much of its package a new sandbox's account has used.
func basicUsage() []any {
	var usage []any
	for _, counter := range []struct {
		name        string
		used, limit int64
	}{
		{"actions", 0, 0}, {"apikeys", 1, 5}, {"contacts", 2, 100}, {"devices", 2, 5}, {"notifications", 0, 0}, {"scheduled", 0, 0},
		{"sms_receive", 4, 500}, {"sms_send", 10, 500}, {"ussd", 0, 0}, {"wa_accounts", 1, 10}, {"wa_receive", 9, 0}, {"wa_send", 3, 0}, {"webhooks", 0, 5},
	} {
		usage = append(usage, map[string]any{"counter": counter.name, "used": counter.used, "limit": counter.limit})
	}
	return usage
}

func androidapiBalance() map[string]any {
	return balance("androidapi", "125.504", "USD", "Basic", basicUsage(), []any{})
}

func myotpBalance() map[string]any {
	return balance("myotp", "1000", "credits", "6452", []any{}, []any{})
}

func octopushBalance() map[string]any {
	return balance("octopush", "37.5", "euros", nil, []any{}, []any{map[string]any{
		"id": "0d0c6a1e-0000-4000-8000-000000000001", "amount": "37.5", "expires_at": "2031-01-31T09:00:00Z",
	}})
}

func TestBalancesAreAsTheVendorsTellThem(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	got := providertest.NewWalk(t, s, otp.Vendors()...).Reads("otp_balances", nil)["balances"]
	if diff := cmp.Diff(any([]any{androidapiBalance(), myotpBalance(), octopushBalance()}), got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"get_credits": 1, "get_subscription": 1, "account": 1, "check_balance": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}

func TestBalancesOfEmptyAccounts(t *testing.T) {
	t.Parallel()
	s := providertest.Changed(t, func(a *androidapi.Account) { a.Credits, a.Package, a.Usage = 0, "", nil })
	if err := myotp.At(s).Update(func(a *myotp.Account) { a.Balance = 0 }); err != nil {
		t.Fatal(err)
	}
	if err := octopush.At(s).Update(func(a *octopush.Account) { a.WalletPacks = nil }); err != nil {
		t.Fatal(err)
	}
	want := []any{
		balance("androidapi", "0", "USD", nil, []any{}, []any{}),
		balance("myotp", "0", "credits", "6452", []any{}, []any{}),
		balance("octopush", "0", "euros", nil, []any{}, []any{}),
	}
	if diff := cmp.Diff(any(want), providertest.NewWalk(t, s, otp.Vendors()...).Reads("otp_balances", nil)["balances"]); diff != "" {
		t.Error(diff)
	}
}

// An amount is not rounded on its way, whatever its size.
func TestAmountsAreExact(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	providertest.Answer(t, s, "myotp", "account", `{"balance": 12345678901234567890.10, "plan_id": "7", "email": "ops@example.test"}`)
	state := providertest.NewWalk(t, s, otp.MyOTP).Reads("otp_balances", nil)
	if diff := cmp.Diff(any([]any{balance("myotp", "12345678901234567890.1", "credits", "7", []any{}, []any{})}), state["balances"]); diff != "" {
		t.Error(diff)
	}
	if text := strings.Join(providertest.Everything(state), " "); strings.Contains(text, "@") {
		t.Errorf("an e-mail address is in %s", text)
	}
}

// Each permission stands for its part.
func TestAPermissionThatLacksCostsItsPartOnly(t *testing.T) {
	t.Parallel()
	for permission, want := range map[string]map[string]any{
		"get_credits":      balance("androidapi", nil, nil, "Basic", basicUsage(), []any{}),
		"get_subscription": balance("androidapi", "125.504", "USD", nil, []any{}, []any{}),
	} {
		t.Run(permission, func(t *testing.T) {
			t.Parallel()
			w := providertest.NewWalk(t, providertest.Changed(t, providertest.Forbid(permission)), otp.AndroidAPI)
			got := w.Warns("otp_balances", nil, `^AndroidAPI could not read the balance: .*Give the API key the permission "`+permission+`" .*Everything else was read and is there\.$`)
			if diff := cmp.Diff(any([]any{want}), got["balances"]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBalancesOfOneVendorSurviveTheFailureOfAnother(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	if err := octopush.At(s).Update(func(a *octopush.Account) { a.Forbidden = true }); err != nil {
		t.Fatal(err)
	}
	w := providertest.NewWalk(t, s, otp.MyOTP, otp.Octopush)
	got := w.Warns("otp_balances", nil, `^Octopush could not read the balance: .*HTTP 403`)
	if diff := cmp.Diff(any([]any{myotpBalance()}), got["balances"]); diff != "" {
		t.Error(diff)
	}
	w.Fails("otp_balances", map[string]any{"vendors": providertest.SetOf("octopush")}, `^Octopush could not read the balance: .*HTTP 403`)

	if err := myotp.At(s).Update(func(a *myotp.Account) { a.Allowlist = nil }); err != nil {
		t.Fatal(err)
	}
	_, diagnostics := w.Read("otp_balances", nil)
	if all := providertest.Texts(diagnostics); len(all) != 2 || !strings.HasPrefix(all[0], "MyOTP.App could not") || !strings.HasPrefix(all[1], "Octopush could not") {
		t.Errorf("want an error of each vendor: %v", all)
	}
	for _, d := range diagnostics {
		if d.Severity != tfprotov6.DiagnosticSeverityError {
			t.Errorf("nobody answered, and %q is only a warning", d.Summary)
		}
	}
}

func TestBalancesAskOnlyVendorsWithCredentials(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	providertest.NewWalk(t, s, otp.Octopush, otp.Way2API).Reads("otp_balances", nil)
	if diff := cmp.Diff(map[string]int{"check_balance": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
	providertest.NewWalk(t, s).Fails("otp_balances", nil, `^No vendor is configured: .*`+
		`Set OTP_ANDROIDAPI_SECRET for AndroidAPI, OTP_MYOTP_API_KEY for MyOTP\.App, OTP_OCTOPUSH_API_LOGIN and OTP_OCTOPUSH_API_KEY for Octopush, or write`)
	providertest.NewWalk(t, s, otp.Octopush).Fails("otp_balances", map[string]any{"vendors": providertest.SetOf("way2api")}, `value must be one of`)
}

// Half of a vendor's credentials are a slip, not the wish to leave it out.
func TestHalfAnAccountIsNotSkipped(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := providertest.NewWalkWith(t, map[string]any{"octopush": map[string]any{"api_login": "made-up@octopush.test"}})
	w.Fails("otp_balances", nil, `^Octopush could not read the balance: .*OTP_OCTOPUSH_API_KEY`)
	if diff := cmp.Diff(map[string]int{}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}

// An account may be made by the same configuration.
func TestAnAccountThatIsNotKnownYetIsNamed(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	environment := s.Environment()
	octopush := map[string]any{
		"base_url": environment["OTP_OCTOPUSH_BASE_URL"], "api_login": environment["OTP_OCTOPUSH_API_LOGIN"], "api_key": environment["OTP_OCTOPUSH_API_KEY"],
	}
	unknown := map[string]any{"api_key": tftypes.UnknownValue}
	const want = `^MyOTP\.App could not read the balance: api_key of the MyOTP\.App account is not known until another resource is applied`
	providertest.NewWalkWith(t, map[string]any{"myotp": unknown}).Fails("otp_balances", nil, want)
	state := providertest.NewWalkWith(t, map[string]any{"myotp": unknown, "octopush": octopush}).Warns("otp_balances", nil, want)
	if diff := cmp.Diff(any([]any{octopushBalance()}), state["balances"]); diff != "" {
		t.Error(diff)
	}
	providertest.NewWalkWith(t, map[string]any{"androidapi": map[string]any{"secret": tftypes.UnknownValue}}).Fails("otp_devices", nil, `^AndroidAPI could not list the devices: secret of the AndroidAPI account is not known`)
	if diff := cmp.Diff(map[string]int{"check_balance": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}
