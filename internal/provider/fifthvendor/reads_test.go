package fifthvendor

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/doctor"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// ready is a stage whose catalog has the profile login over the vendor.
func ready(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	run := s.run(apiKey)
	s.setup(run)
	if _, failed := s.apply(run, "otp_profile", overPigeon()); failed != "" {
		t.Fatal(failed)
	}
	s.loft.asked()
	return s
}

func overPigeon() map[string]any {
	return profileOf(map[string]any{"vendor": "pigeon", "channel": "sms"})
}

// asked fails the test where the vendor got other requests since the last look.
func (s *stage) asked(want ...string) {
	s.World.T.Helper()
	if diff := cmp.Diff(want, s.loft.asked()); diff != "" {
		s.World.T.Errorf("requests (-want +got): %s", diff)
	}
}

// What a vendor's client tells is told where plans and data sources ask, and what
// it costs as well.
func TestWhatAVendorTellsIsAskedWithoutKnowingIt(t *testing.T) {
	t.Parallel()
	s := ready(t)
	walk := &providertest.Walk{Server: s.run(apiKey)}
	accounts := walk.Reads("otp_accounts", nil)["accounts"].([]any)
	if row := accounts[0].(map[string]any); len(accounts) != 1 || row["vendor"] != "pigeon" || row["plan"] != "attic" || row["amount"] != "7" || row["unit"] != "grains" {
		t.Errorf("got %v", accounts)
	}
	costs := walk.Reads("otp_profile", map[string]any{"name": "login", "with_costs": true})["costs"].([]any)
	if row := costs[0].(map[string]any); len(costs) != 1 || row["country"] != "FR" || row["amount"] != "0.5" || row["source"] != "Pigeon Post, prices" || row["reason"] != nil {
		t.Errorf("got %v", costs)
	}
	s.asked("GET /account", "GET /prices")
	for name, of := range map[string]struct {
		arguments map[string]any
		list      string
		want      map[string]any // of the first row
	}{
		"otp_rates":        {nil, "rates", map[string]any{"vendor": "pigeon", "kind": "flight", "price": "0.5"}},
		"otp_balances":     {nil, "balances", map[string]any{"vendor": "pigeon", "amount": "7", "unit": "grains"}},
		"otp_transactions": {map[string]any{"start_date": "2026-09-01", "end_date": "2026-09-01"}, "totals", map[string]any{"vendor": "pigeon", "cost": "0.5", "unit": "grains"}},
	} {
		rows := walk.Reads(name, of.arguments)[of.list].([]any)
		for attribute, want := range of.want {
			if len(rows) != 1 || rows[0].(map[string]any)[attribute] != want {
				t.Errorf("%s: %s of %v, want %v", name, attribute, rows, want)
			}
		}
	}
	if state := walk.Reads("otp_message_status", map[string]any{"vendor": "pigeon", "message_id": "ring-1"}); state["status"] != "pending" || state["is_active"] != nil {
		t.Errorf("got %v", state)
	}
	walk.Fails("otp_message_status", map[string]any{"vendor": "pigeon", "message_id": "1042"}, "rings of Pigeon Post are like ring-1")
	s.loft.asked()

	s.loft.starve()
	for range 2 {
		_, diagnostics := s.run(apiKey).Plan("otp_profile", nil, profileNamed("second"))
		if said := strings.Join(providertest.Texts(diagnostics), "\n"); strings.Count(said, "Pigeons are hungry") != 1 || !strings.Contains(said, "what routes[0] sends would stay in the loft. Buy corn") {
			t.Errorf("the plan says %q", said)
		}
		s.asked("GET /account") // each run once
	}
}

func profileNamed(name string) map[string]any {
	config := overPigeon()
	config["name"] = name
	return config
}

func TestADoctorKnowsNoVendor(t *testing.T) {
	s := ready(t)
	t.Setenv("OTP_PIGEON_API_KEY", apiKey)
	t.Setenv("OTP_PIGEON_BASE_URL", s.loft.URL)
	examine := func() string {
		report, err := doctor.Examine(t.Context(), doctor.Options{URL: s.URL, Timeout: time.Minute, Judge: func(catalog.Object) string { return "" }})
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, line := range report.Lines {
			said = append(said, fmt.Sprint(line.Mark, " ", line.Check, " ", line.About, ": ", line.Text))
		}
		return strings.Join(said, "\n")
	}
	got := examine()
	for _, line := range []string{"credentials Pigeon Post: Accepted. The plan is attic.", "balance login.routes[0]: 7 grains are left.", "cost login.routes[0]: FR: one code costs 0.5"} {
		if !strings.Contains(got, "ok "+line) {
			t.Errorf("no line says %q: %s", line, got)
		}
	}
	s.asked("GET /account", "GET /prices")
	s.loft.starve()
	if got := examine(); !strings.Contains(strings.ToLower(got), "fault balance login.routes[0]: pigeons are hungry") {
		t.Error(got)
	}
}
