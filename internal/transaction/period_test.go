package transaction

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// TestAPeriodWithoutDatesIsTheLastSevenDays, as the vendor's own is.
func TestAPeriodWithoutDatesIsTheLastSevenDays(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, 3, 3, 23, 30, 0, 0, time.FixedZone("", -3600)) // the next day in UTC
	for name, test := range map[string]struct{ start, end, first, last string }{
		"no dates":   {"", "", "2026-02-25", "2026-03-04"},
		"no end":     {"2026-01-01", "", "2026-01-01", "2026-03-04"},
		"no start":   {"", "2026-01-31", "2026-01-24", "2026-01-31"},
		"both":       {"2026-01-01", "2026-01-31", "2026-01-01", "2026-01-31"},
		"the future": {"2026-04-01", "", "", ""},
	} {
		date := func(text string) types.String {
			if text == "" {
				return types.StringNull()
			}
			return types.StringValue(text)
		}
		m, diags := model{StartDate: date(test.start), EndDate: date(test.end)}, diag.Diagnostics{}
		p := m.period(today, &diags)
		if test.first == "" {
			if !diags.HasError() {
				t.Errorf("%s: no error", name)
			}
			continue
		}
		if p.first.Format(time.DateOnly) != test.first || p.last.Format(time.DateOnly) != test.last || diags.HasError() {
			t.Errorf("%s: %s to %s, %v", name, p.first, p.last, diags)
		}
		if m.StartDate.ValueString() != test.first || m.EndDate.ValueString() != test.last {
			t.Errorf("%s: shown as %s to %s", name, m.StartDate, m.EndDate)
		}
	}
}

// TestWhatARowTellsOfTheCallerIsMasked like other personal data.
func TestWhatARowTellsOfTheCallerIsMasked(t *testing.T) {
	t.Parallel()
	forced := true
	rows := []otp.Transaction{{MessageType: "1", ForceSend: &forced, ClientIP: "203.0.113.5"}, {}}
	for _, reveal := range []bool{false, true} {
		m := model{Reveal: types.BoolValue(reveal)}
		m.fill([]report{{rows: rows}})
		told, silent := m.Transactions[0], m.Transactions[1]
		want := map[bool]string{false: "*****", true: "203.0.113.5"}[reveal]
		if told.ClientIP.ValueString() != want || told.MessageType.ValueString() != "1" || !told.ForceSend.ValueBool() {
			t.Errorf("reveal %t: %+v", reveal, told)
		}
		if !silent.ClientIP.IsNull() || !silent.MessageType.IsNull() || !silent.ForceSend.IsNull() {
			t.Errorf("a vendor that tells nothing: %+v", silent)
		}
	}
}
