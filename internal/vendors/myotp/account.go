package myotp

import (
	"context"

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

// Quote is the price of credits.
type Quote struct {
	Credits           httpapi.Int     `json:"credits"`
	AmountUSD         httpapi.Decimal `json:"amount_usd"`
	PricePerCreditUSD httpapi.Decimal `json:"price_per_credit_usd"`
	MinCredits        httpapi.Int     `json:"min_credits"`
	MaxCredits        httpapi.Int     `json:"max_credits"`
	Currency          string          `json:"currency"`
	Methods           []string        `json:"methods"`
}

// TopupQuote reads what 25 to 50,000 credits cost (MyOTP reference §9). It buys
// nothing.
func (c *Client) TopupQuote(ctx context.Context, credits int64) (*Quote, error) {
	call := httpapi.Call{Endpoint: QuoteEndpoint, Fields: httpapi.Fields{"credits": credits}}
	var quote Quote
	answer, err := c.http.Do(ctx, call, &quote)
	if err != nil {
		return nil, err
	}
	if quote.AmountUSD == "" {
		return nil, c.http.Unexpected(call, answer, "the answer has no amount_usd")
	}
	return &quote, nil
}
