package androidapi

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// ratesSource is where AndroidAPI publishes prices (AndroidAPI reference §5).
const ratesSource = "AndroidAPI, get/rates"

// noPrice is why AndroidAPI has no price for what a send goes through; empty: it
// has, in the rates.
func noPrice(send otp.Call) string {
	switch {
	case send.Fields["account"] != nil:
		return "AndroidAPI publishes no price for a message of your own WhatsApp account."
	case send.Fields["device"] != nil:
		return "What a message from your own device costs, the carrier of its SIM says."
	}
	return ""
}

// Costs are what a code costs through the gateway or partner device of a send, by
// country, as far as the rates tell.
func (c *Client) Costs(ctx context.Context, send otp.Call, countries []string, segments int64) ([]otp.CodeCost, error) {
	rates, at, err := c.facts.rates.Dated(ctx)
	if err != nil {
		return nil, err
	}
	return rates.costs(send, countries, segments, at), nil
}

// costs are what a code costs through the gateway or partner device of a send, by
// country; nil countries: all. A gateway without a price for a country has the
// default one; a partner device has a price for its own country. The vendor says
// "price per SMS", so each segment counts as one.
func (r *Rates) costs(send otp.Call, countries []string, segments int64, asOf time.Time) []otp.CodeCost {
	handle, _ := send.Fields["gateway"].(string)
	known := otp.CodeCost{Segments: segments, Source: ratesSource, AsOf: asOf}
	if i := slices.IndexFunc(r.Gateways, func(g Gateway) bool { return g.ID == handle }); i >= 0 {
		return r.Gateways[i].costs(known, countries)
	}
	if i := slices.IndexFunc(r.Partners, func(p Partner) bool { return string(p.Unique) == handle }); i >= 0 {
		return r.Partners[i].costs(known, countries)
	}
	return otp.Unpriced(countries, segments, "The gateway is not in the rates of AndroidAPI.")
}

func (g Gateway) costs(known otp.CodeCost, countries []string) []otp.CodeCost {
	prices := map[string]string{}
	for country, price := range g.Countries { // which operators type by hand
		prices[strings.ToUpper(strings.TrimSpace(country))] = string(price)
	}
	if countries == nil {
		countries = append(slices.Sorted(maps.Keys(prices)), "")
	}
	var costs []otp.CodeCost
	for _, country := range countries {
		price, own := prices[country]
		if !own {
			price = string(g.Default)
		}
		costs = append(costs, priced(known, country, price, g.Currency))
	}
	return costs
}

func (p Partner) costs(known otp.CodeCost, countries []string) []otp.CodeCost {
	own := strings.ToUpper(string(p.Country))
	if countries == nil {
		countries = []string{own, ""}
	}
	var costs []otp.CodeCost
	for _, country := range countries {
		if country != own || own == "" {
			costs = append(costs, otp.Unpriced([]string{country}, known.Segments, "AndroidAPI publishes the price of this partner device for "+own+" only.")...)
			continue
		}
		costs = append(costs, priced(known, country, string(p.Rate), string(p.Currency)))
	}
	return costs
}

// priced is a cost; a price that is no number is not known.
func priced(known otp.CodeCost, country, price, currency string) otp.CodeCost {
	known.Country = country
	if price == "" {
		return otp.Unpriced([]string{country}, known.Segments, "AndroidAPI has no number for the price.")[0]
	}
	return known.Priced(price, currency)
}
