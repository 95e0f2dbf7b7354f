package fifthvendor

import (
	"context"
	"iter"
	"strconv"
	"strings"
	"time"

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

// RateRows are the price of a flight.
func (c *client) RateRows(ctx context.Context) ([]otp.Rate, error) {
	found, err := c.grains.Get(ctx)
	return []otp.Rate{{Kind: "flight", ID: "1", Price: string(found.Grains)}}, err
}

// BalanceQuestions ask for corn.
func (c *client) BalanceQuestions() []otp.BalanceQuestion {
	return []otp.BalanceQuestion{func(ctx context.Context) (func(*otp.Balance), error) {
		var found struct {
			Corn int `json:"corn"`
		}
		_, err := c.http.Do(ctx, httpapi.Call{Endpoint: accountEndpoint}, &found)
		return func(b *otp.Balance) { b.Amount, b.Unit = strconv.Itoa(found.Corn), "grains" }, err
	}}
}

// TransactionUnit is what pigeons eat.
func (c *client) TransactionUnit() string { return "grains" }

// Transactions are the one flight that anybody remembers.
func (c *client) Transactions(context.Context, time.Time, time.Time) iter.Seq2[otp.Transaction, error] {
	return func(yield func(otp.Transaction, error) bool) {
		yield(otp.Transaction{MessageID: "ring-1", Cost: "0.5", CreatedAt: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}, nil)
	}
}

// CheckMessage knows how rings are named.
func (c *client) CheckMessage(_ otp.Channel, id string) otp.Problems {
	var ps otp.Problems
	if id != "" && !strings.HasPrefix(id, "ring-") {
		ps.Errorf(otp.At("message_id"), "Ring is none", "message_id is %q; rings of Pigeon Post are like ring-1.", id)
	}
	return ps
}

// MessageReport says that the pigeon is on its way.
func (c *client) MessageReport(context.Context, otp.Channel, string) (otp.MessageReport, error) {
	return otp.MessageReport{Outcome: otp.OutcomePending}, nil
}
