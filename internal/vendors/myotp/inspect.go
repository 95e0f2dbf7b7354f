package myotp

import (
	"context"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// gated are the fields of a send that only some plans may use, with the argument
// that sets each (MyOTP reference §1).
var gated = []struct{ field, entitlement, argument string }{
	{"otp_length", EntitlementLength, "code.length"},
	{"otp_validity", EntitlementExpiry, "validity_seconds"},
	{"template_order", EntitlementTemplates, "the number of the template"},
}

// Inspect says whether an account has what a send needs.
func (c *Client) Inspect(_ context.Context, known func() (otp.Account, error), send otp.Call, at otp.Path) otp.Findings {
	var found otp.Findings
	account, failed := known()
	inspectPlan(&found, account, failed, send, at)
	switch {
	case account.Amount == "":
		found.Unknownf(otp.AspectBalance, at, failed, "How many credits are left is not known.")
	case account.IsSpent():
		found.Lacksf(otp.AspectBalance, at, "Account has nothing left to spend", "Buy credits in the MyOTP.App dashboard.",
			"MyOTP.App was asked for the account and has %s credits left, so what %s sends would be refused, and so would be the verification of what was sent before.", account.Amount, at)
	default:
		found.Hasf(otp.AspectBalance, at, "%s credits are left.", account.Amount)
	}
	return found
}

// active is the status of an account that may send; others are not documented
// (MyOTP reference §8).
const active = "active"

func inspectPlan(found *otp.Findings, account otp.Account, failed error, send otp.Call, at otp.Path) {
	if account.Status != "" && account.Status != active {
		found.Lacksf(otp.AspectPlan, at, "Account is not active", "Look in its dashboard, or write to support@myotp.app.",
			"MyOTP.App was asked for the account and says that it is %q, so what %s sends would be refused.", account.Status, at)
	}
	var needs []string
	lacks := false
	for _, g := range gated {
		if !sends(send, g.field) {
			continue
		}
		needs = append(needs, g.entitlement)
		if account.Lacks(g.entitlement) {
			lacks = true
			found.Lacksf(otp.AspectPlan, at, "Plan lacks a feature", "Leave "+g.argument+" at MyOTP.App's default, or change the plan in its dashboard.",
				"MyOTP.App was asked for a report and answered that the plan has none, so it is smaller than Business and lacks %s: what %s sends would be refused for %s.", g.entitlement, at, g.argument)
		}
	}
	known := func(name string) bool {
		return slices.ContainsFunc(account.Permissions, func(p otp.Permission) bool { return p.Name == name })
	}
	switch {
	case len(needs) == 0:
		found.Hasf(otp.AspectPlan, at, "The route needs no feature that a plan may lack.")
	case !slices.ContainsFunc(needs, known):
		found.Unknownf(otp.AspectPlan, at, failed, "Whether the plan has %s is not known.", strings.Join(needs, ", "))
	case !lacks:
		found.Hasf(otp.AspectPlan, at, "The plan has %s, which the route needs.", strings.Join(needs, ", "))
	}
}

// sends reports whether a send has a field, in any language.
func sends(send otp.Call, field string) bool {
	if _, sent := send.Fields[field]; sent {
		return true
	}
	for _, fields := range send.ByLocale {
		if _, sent := fields[field]; sent {
			return true
		}
	}
	return false
}
