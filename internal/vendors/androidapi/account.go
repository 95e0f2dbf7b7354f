package androidapi

import (
	"context"
	"encoding/json"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Credits is what the account can spend on gateways and partner devices
// (AndroidAPI reference §6.1).
type Credits struct {
	Credits  httpapi.Decimal `json:"credits"`
	Currency Text            `json:"currency"` // ISO 4217
}

// Credits reads the balance.
func (c *Client) Credits(ctx context.Context) (*Credits, error) {
	call := httpapi.Call{Endpoint: CreditsEndpoint}
	var credits Credits
	answer, err := c.need(ctx, call, &credits)
	if err != nil {
		return nil, err
	}
	if credits.Credits == "" {
		return nil, c.http.Unexpected(call, answer, "the answer has no credits")
	}
	return &credits, nil
}

// Subscription is the package of the account (AndroidAPI reference §6.2).
type Subscription struct {
	Name string // empty: the account has none
	// Usage is by counter: sms_send, wa_accounts and so on. The vendor may add
	// counters.
	Usage map[string]Usage
}

// Usage is one counter of a package.
type Usage struct {
	Used  httpapi.Int `json:"used"`
	Limit httpapi.Int `json:"limit"` // 0: no limit, as it seems (AndroidAPI reference §6.2)
}

// UnmarshalJSON takes an empty usage as [] too.
func (s *Subscription) UnmarshalJSON(raw []byte) error {
	var wire struct {
		Name  Text         `json:"name"`
		Usage table[Usage] `json:"usage"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*s = Subscription{Name: string(wire.Name), Usage: wire.Usage}
	return nil
}

// Subscription reads the package. What an account without one is answered is
// not documented; an answer without data is taken for it.
func (c *Client) Subscription(ctx context.Context) (*Subscription, error) {
	var subscription Subscription
	if _, _, err := c.fetch(ctx, httpapi.Call{Endpoint: SubscriptionEndpoint}, &subscription); err != nil {
		return nil, err
	}
	return &subscription, nil
}
