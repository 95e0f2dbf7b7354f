package myotp

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// gated are the fields of a send that only some plans may use, with the argument
// that sets each (MyOTP reference §1).
var gated = []struct{ field, entitlement, argument string }{
	{"otp_length", EntitlementLength, "code.length"},
	{"otp_validity", EntitlementExpiry, "validity_seconds"},
	{"template_order", EntitlementTemplates, "the number of the template"},
}

// Inspect warns of what a send needs and the account has not.
func Inspect(account otp.Account, send otp.Call, at otp.Path) otp.Problems {
	var ps otp.Problems
	for _, g := range gated {
		_, sent := send.Fields[g.field]
		for _, fields := range send.ByLocale {
			_, translated := fields[g.field]
			sent = sent || translated
		}
		if sent && account.Lacks(g.entitlement) {
			ps.Warnf(at, "Plan lacks a feature", "MyOTP.App was asked for a report and answered that the plan has none, so it is smaller than Business and lacks %s: what %s sends would be refused for %s. "+
				"Leave %s at MyOTP.App's default, or change the plan in its dashboard.", g.entitlement, at, g.field, g.argument)
		}
	}
	if account.IsSpent() {
		ps.Warnf(at, "Account has nothing left to spend", "MyOTP.App was asked for the account and has %s credits left, so what %s sends would be refused, and so would be the verification of what was sent before. "+
			"Buy credits in the MyOTP.App dashboard.", account.Amount, at)
	}
	if account.Status != "" && account.Status != "active" {
		ps.Warnf(at, "Account is not active", "MyOTP.App was asked for the account and says that it is %q, so what %s sends would be refused. Look in its dashboard, or write to support@myotp.app.", account.Status, at)
	}
	return ps
}
