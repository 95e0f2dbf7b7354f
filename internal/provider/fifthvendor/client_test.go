package fifthvendor

import (
	"context"
	"strconv"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/shared"
)

// client reads what the vendor tells. Each of its methods is one of the things
// that a vendor may tell or not.
type client struct {
	http   *httpapi.Client
	grains *shared.Fact[price]
}

type price struct {
	Grains httpapi.Decimal `json:"grains"`
}

func open(caller *httpapi.Client, _ httpapi.Account) *client {
	c := &client{http: caller}
	c.grains = httpapi.Fact(caller, func(ctx context.Context) (price, error) {
		var found price
		_, err := caller.Do(ctx, httpapi.Call{Endpoint: pricesEndpoint}, &found)
		return found, err
	})
	return c
}

// AccountQuestions ask for the loft.
func (c *client) AccountQuestions() []otp.AccountQuestion {
	return []otp.AccountQuestion{{AtPlan: true, Ask: func(ctx context.Context) (func(*otp.Account), error) {
		var found struct {
			Corn int    `json:"corn"`
			Nest string `json:"nest"`
		}
		_, err := c.http.Do(ctx, httpapi.Call{Endpoint: accountEndpoint}, &found)
		return func(a *otp.Account) { a.Plan, a.Amount, a.Unit = found.Nest, strconv.Itoa(found.Corn), "grains" }, err
	}}}
}

// Inspect looks for corn.
func (c *client) Inspect(_ context.Context, known func() (otp.Account, error), _ otp.Call, at otp.Path) otp.Findings {
	var found otp.Findings
	switch account, err := known(); {
	case err != nil:
		found.Unknownf(otp.AspectBalance, at, err, "Whether the pigeons are fed is not known.")
	case account.IsSpent():
		found.Lacksf(otp.AspectBalance, at, "Pigeons are hungry", "Buy corn in the dashboard of Pigeon Post.", "Pigeon Post has no corn left, so what %s sends would stay in the loft.", at)
	default:
		found.Hasf(otp.AspectBalance, at, "%s grains are left.", account.Amount)
	}
	return found
}

// Costs are the same to everywhere.
func (c *client) Costs(ctx context.Context, _ otp.Call, countries []string, segments int64) ([]otp.CodeCost, error) {
	found, at, err := c.grains.Dated(ctx)
	var costs []otp.CodeCost
	for _, country := range countries {
		costs = append(costs, otp.CodeCost{Country: country, Segments: segments, Source: "Pigeon Post, prices", AsOf: at}.Priced(string(found.Grains), ""))
	}
	return costs, err
}
