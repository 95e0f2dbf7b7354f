package octopush

import (
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// AccountQuestions ask for the wallet. Octopush tells no plan and no permissions
// (Octopush reference §4, §7).
func (c *Client) AccountQuestions() []otp.AccountQuestion {
	return []otp.AccountQuestion{{AtPlan: true, Ask: func(ctx context.Context) (func(*otp.Account), error) {
		found, err := c.CheckBalance(ctx, BalanceRequest{})
		if err != nil {
			return nil, err
		}
		return func(a *otp.Account) { a.Amount, a.Unit = string(found.Amount), found.Unit }, nil
	}}}
}
