package octopush

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Inspect warns of what a send needs and the account has not.
func Inspect(account otp.Account, _ otp.Call, at otp.Path) otp.Problems {
	var ps otp.Problems
	if account.IsSpent() {
		ps.Warnf(at, "Account has nothing left to spend", "Octopush was asked for the wallet and has %s %s left, so what %s sends would be refused. Buy credits in the Octopush dashboard.", account.Amount, account.Unit, at)
	}
	return ps
}
