package octopush

import (
	"context"
	"maps"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// AccountQuestions ask for the wallet, and for how many messages to each country
// it pays. Octopush tells no plan and no permissions (Octopush reference §4, §7).
// A sub-account is asked with its own key: the call about it tells that key in
// clear, and nothing else that matters here.
func (c *Client) AccountQuestions() []otp.AccountQuestion {
	return []otp.AccountQuestion{
		{AtPlan: true, Ask: func(ctx context.Context) (func(*otp.Account), error) {
			found, err := c.CheckBalance(ctx, BalanceRequest{})
			if err != nil {
				return nil, err
			}
			return func(a *otp.Account) { a.Amount, a.Unit = string(found.Amount), found.Unit }, nil
		}},
		{ByCountry: true, Ask: func(ctx context.Context) (func(*otp.Account), error) {
			found, err := c.CheckCredits(ctx)
			if err != nil {
				return nil, err
			}
			return func(a *otp.Account) {
				a.Credits = []otp.Credit{}
				for _, country := range slices.Sorted(maps.Keys(found)) {
					a.Credits = append(a.Credits, found[country].of(country)...)
				}
			}, nil
		}},
	}
}

// BalanceQuestions ask for the wallet, without a country: with one the amount
// would be a number of messages (Octopush reference §4.1).
func (c *Client) BalanceQuestions() []otp.BalanceQuestion {
	return []otp.BalanceQuestion{func(ctx context.Context) (func(*otp.Balance), error) {
		found, err := c.CheckBalance(ctx, BalanceRequest{WithDetails: true})
		if err != nil {
			return nil, err
		}
		return func(b *otp.Balance) {
			b.Amount, b.Unit = string(found.Amount), found.Unit
			for _, pack := range found.Packs {
				b.Packs = append(b.Packs, otp.WalletPack{ID: pack.ID, Amount: string(pack.Credit), ExpiresAt: pack.ExpiresAt.String()})
			}
		}, nil
	}}
}

// of are the credits by the vendor's names of the products.
func (c Credits) of(country string) []otp.Credit {
	return []otp.Credit{
		{Country: country, Product: "premium_sms", Messages: int64(c.PremiumSMS)},
		{Country: country, Product: "low_cost_sms", Messages: int64(c.LowCostSMS)},
		{Country: country, Product: "vocal_sms", Messages: int64(c.VocalSMS)},
		{Country: country, Product: "hlr", Messages: int64(c.HLR)},
	}
}
