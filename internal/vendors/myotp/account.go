package myotp

import (
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Me is the owner of the API key. Reading it is the vendor's own test of a key,
// since it exercises key and allowlist (MyOTP reference §7).
type Me struct {
	Email string `json:"email"`
}

// Me reads the owner of the API key.
func (c *Client) Me(ctx context.Context) (*Me, error) {
	call := httpapi.Call{Endpoint: MeEndpoint}
	var me Me
	answer, err := c.http.Do(ctx, call, &me)
	if err != nil {
		return nil, err
	}
	if me.Email == "" {
		return nil, c.http.Unexpected(call, answer, "the answer has no email")
	}
	return &me, nil
}

// Account is the account of the API key with its balance. Whether accounts made
// in the dashboard have it too is not documented (MyOTP reference §8, §12).
type Account struct {
	ID            string          `json:"account_id"`
	Email         string          `json:"email"`
	EmailVerified httpapi.Bool    `json:"email_verified"`
	Balance       httpapi.Decimal `json:"balance"` // credits
	PlanID        httpapi.Text    `json:"plan_id"`
	Status        string          `json:"status"`
}

// BalanceQuestions ask for the account. Its unit is of MyOTP reference §1.
func (c *Client) BalanceQuestions() []otp.BalanceQuestion {
	return []otp.BalanceQuestion{func(ctx context.Context) (func(*otp.Balance), error) {
		found, err := c.AgentAccount(ctx)
		if err != nil {
			return nil, err
		}
		return func(b *otp.Balance) {
			b.Amount, b.Unit, b.Plan = string(found.Balance), "credits", string(found.PlanID)
		}, nil
	}}
}

// AgentAccount reads the account and its balance.
func (c *Client) AgentAccount(ctx context.Context) (*Account, error) {
	call := httpapi.Call{Endpoint: AccountEndpoint}
	var account Account
	answer, err := c.http.Do(ctx, call, &account)
	if err != nil {
		return nil, err
	}
	if account.Balance == "" {
		return nil, c.http.Unexpected(call, answer, "the answer has no balance")
	}
	return &account, nil
}
