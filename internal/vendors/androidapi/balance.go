package androidapi

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// BalanceQuestions ask for the credits and for the package, which are two calls
// and need two permissions.
func (c *Client) BalanceQuestions() []otp.BalanceQuestion {
	return []otp.BalanceQuestion{
		func(ctx context.Context) (func(*otp.Balance), error) {
			found, err := c.Credits(ctx)
			if err != nil {
				return nil, err
			}
			return func(b *otp.Balance) {
				b.Amount, b.Unit = string(found.Credits), cmp.Or(string(found.Currency), "credits")
			}, nil
		},
		func(ctx context.Context) (func(*otp.Balance), error) {
			found, err := c.Subscription(ctx)
			if err != nil {
				return nil, err
			}
			return func(b *otp.Balance) { b.Plan, b.Usage = found.Name, found.quotas() }, nil
		},
	}
}

// quotas are the counters of the package, by name.
func (s *Subscription) quotas() []otp.Quota {
	var quotas []otp.Quota
	for _, name := range slices.Sorted(maps.Keys(s.Usage)) {
		quotas = append(quotas, otp.Quota{Name: name, Used: int64(s.Usage[name].Used), Limit: int64(s.Usage[name].Limit)})
	}
	return quotas
}
