package octopush

import (
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Inspect says whether an account has what a send needs. No call shows
// whether a sender may be used (Octopush reference §3).
func (c *Client) Inspect(_ context.Context, known func() (otp.Account, error), send otp.Call, at otp.Path) otp.Findings {
	var found otp.Findings
	account, failed := known()
	if sender, _ := send.Fields["sender"].(string); sender != "" {
		found.Unknownf(otp.AspectSender, at.Attribute("sender_id"), nil, "Octopush has no call that shows whether the sender %s may be used. It depends on the country and its operators.", sender)
	}
	switch {
	case account.Amount == "":
		found.Unknownf(otp.AspectBalance, at, failed, "What is in the wallet is not known.")
	case account.IsSpent():
		found.Lacksf(otp.AspectBalance, at, "Account has nothing left to spend", "Buy credits in the Octopush dashboard.",
			"Octopush was asked for the wallet and has %s %s left, so what %s sends would be refused.", account.Amount, account.Unit, at)
	default:
		found.Hasf(otp.AspectBalance, at, "%s %s are left.", account.Amount, account.Unit)
	}
	return found
}
