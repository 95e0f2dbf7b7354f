package way2api

import (
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Costs are what a code costs, by country; nil countries: the one that the
// service is sold for, and the others. Way2API makes the text, so that nobody
// knows its segments, and tells no currency (Way2API reference §5).
func Costs(prices []Price, countries []string, asOf time.Time) []otp.CodeCost {
	if countries == nil {
		countries = []string{Country, ""}
	}
	price := ""
	for _, p := range prices {
		if p.Code == ServiceCode || p.Slug == ServiceSlug {
			price = string(p.Amount)
		}
	}
	var costs []otp.CodeCost
	for _, country := range countries {
		switch {
		case country != Country:
			costs = append(costs, otp.Unpriced([]string{country}, 0, "Way2API's price list does not say that it holds outside India.")...)
		case price == "":
			costs = append(costs, otp.Unpriced([]string{country}, 0, "Way2API does not show its price to this account.")...)
		default:
			costs = append(costs, otp.CodeCost{Country: country, Source: "Way2API, pricing", AsOf: asOf}.Priced(price, ""))
		}
	}
	return costs
}
