package account_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// Credits are told for the countries that are named, and nobody is asked for them
// where none is. Data sources with other countries share the question.
func TestCreditsAreOfTheCountriesThatAreNamed(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := providertest.NewWalk(t, s, otp.AndroidAPI, otp.Octopush)
	of := func(countries ...string) any { return providertest.SetOf(countries...) }
	if got := row(w.Reads("otp_accounts", nil), "octopush")["credits"]; got != nil || providertest.Requested(s)["check_credits"] != 0 {
		t.Errorf("unasked: %v, %v", got, providertest.Requested(s))
	}
	state := w.Reads("otp_accounts", map[string]any{"countries": of("LU")})
	want := []any{}
	for _, c := range []struct {
		product  string
		messages int64
	}{{"premium_sms", 750}, {"low_cost_sms", 937}, {"vocal_sms", 625}, {"hlr", 3750}} {
		want = append(want, map[string]any{"country": "LU", "product": c.product, "messages": c.messages})
	}
	if diff := cmp.Diff(any(want), row(state, "octopush")["credits"]); diff != "" {
		t.Error(diff)
	}
	if got := row(state, "androidapi")["credits"]; got != nil {
		t.Errorf("AndroidAPI tells credits: %v", got)
	}
	if got := row(w.Reads("otp_accounts", map[string]any{"countries": of("LU", "PK")}), "octopush")["credits"].([]any); len(got) != 8 {
		t.Errorf("got %v", got)
	}
	if counts := providertest.Requested(s); counts["check_credits"] != 1 || counts["check_balance"] != 1 {
		t.Errorf("got %v", counts)
	}
	w.Fails("otp_accounts", map[string]any{"countries": of("XX")}, `Country is not known: .*is "XX"`)
}

// A key that may not read the credits leaves the balance.
func TestCreditsThatCouldNotBeReadAreNull(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	if err := s.Fail(sandbox.HTMLPage("octopush", "check_credits", http.StatusForbidden)); err != nil {
		t.Fatal(err)
	}
	got := row(providertest.NewWalk(t, s, otp.Octopush).Warns("otp_accounts", map[string]any{"countries": providertest.SetOf("FR")},
		`^Octopush could not tell all about the account: Could not read the credits at Octopush: HTTP 403.*Everything else was read and is there\.$`), "octopush")
	if got["credits"] != nil || got["amount"] != "37.5" {
		t.Errorf("got %v", got)
	}
}
