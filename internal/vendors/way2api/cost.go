package way2api

import (
	"context"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Costs are what a code costs, by country, as far as the price list tells.
func (c *Client) Costs(ctx context.Context, _ otp.Call, countries []string, _ int64) ([]otp.CodeCost, error) {
	prices, at, err := c.fact.Dated(ctx)
	if err != nil {
		return nil, err
	}
	return costs(prices, countries, at), nil
}

// costs are what a code costs, by country; nil countries: the one that the
// service is sold for, and the others. Way2API makes the text, so that nobody
// knows its segments, and tells no currency (Way2API reference §5).
func costs(prices []Price, countries []string, asOf time.Time) []otp.CodeCost {
	if countries == nil {
		countries = []string{Country, ""}
	}
	price := ""
	for _, p := range prices {
		if p.Code == ServiceCode || p.Slug == ServiceSlug {
			price = string(p.Amount)
		}
	}
	var found []otp.CodeCost
	for _, country := range countries {
		switch {
		case country != Country:
			found = append(found, otp.Unpriced([]string{country}, 0, "Way2API's price list does not say that it holds outside India.")...)
		case price == "":
			found = append(found, otp.Unpriced([]string{country}, 0, "Way2API does not show its price to this account.")...)
		default:
			found = append(found, otp.CodeCost{Country: country, Source: "Way2API, pricing", AsOf: asOf}.Priced(price, ""))
		}
	}
	return found
}
