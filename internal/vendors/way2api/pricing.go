package way2api

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// The names of the service that sends codes, as the price list has them
// (Way2API reference §2).
const (
	ServiceCode = "send_otppin_sms"
	ServiceSlug = "send-otp-pin-sms"
)

// Price is what one service costs. Neither the layout of the list nor the
// currency is documented (Way2API reference §5).
type Price struct {
	Code string
	Slug string
	// Amount is empty where the vendor hides the figure or sends none.
	Amount httpapi.Decimal
	// Text is the figure as the vendor wrote it, "require_login" where it hides
	// it.
	Text string
}

// UnmarshalJSON takes a figure as a number or as text.
func (p *Price) UnmarshalJSON(raw []byte) error {
	var wire struct {
		Code  httpapi.Text `json:"code"`
		Slug  httpapi.Text `json:"slug"`
		Price httpapi.Text `json:"price"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*p = Price{Code: string(wire.Code), Slug: string(wire.Slug), Text: string(wire.Price)}
	quoted, err := json.Marshal(p.Text)
	if err != nil {
		return err
	}
	if p.Amount.UnmarshalJSON(quoted) != nil {
		p.Amount = ""
	}
	return nil
}

// Pricing reads the prices of all services.
func (c *Client) Pricing(ctx context.Context) ([]Price, error) {
	call := httpapi.Call{Endpoint: PricingEndpoint}
	var body envelope
	answer, err := c.http.Do(ctx, call, &body)
	if err != nil {
		return nil, err
	}
	prices, ok := priceList(body.Data)
	if !ok {
		return nil, c.http.Unexpected(call, answer, "the answer has no list of prices")
	}
	return prices, nil
}

// PriceList is Pricing, read once and shared with all callers, who must not
// change it.
func (c *Client) PriceList(ctx context.Context) ([]Price, error) { return c.prices.Get(ctx) }

// RateRows is the price of the one service that sends codes. Its currency is not
// documented, and its figure is not shown to everybody (Way2API reference §5).
func (c *Client) RateRows(ctx context.Context) ([]otp.Rate, error) {
	prices, err := c.PriceList(ctx)
	if err != nil {
		return nil, err
	}
	var rows []otp.Rate
	for _, p := range prices {
		if p.Code == ServiceCode || p.Slug == ServiceSlug {
			rows = append(rows, otp.Rate{Kind: "service", ID: p.Code, Name: p.Slug, Country: Country, Price: string(p.Amount)})
		}
	}
	return rows, nil
}

// Reach reads the prices, with the patience of plans, to see that the vendor is
// there. It tells nothing about accounts (Way2API reference §1).
func (c *Client) Reach(ctx context.Context) error {
	_, err := c.fact.Get(ctx)
	return err
}

// priceList finds the list in the data, or in the result within them.
func priceList(data json.RawMessage) ([]Price, bool) {
	var wrapped struct {
		Result json.RawMessage `json:"result"`
	}
	if json.Unmarshal(data, &wrapped) == nil && len(wrapped.Result) > 0 {
		data = wrapped.Result
	}
	var prices []Price
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) || json.Unmarshal(data, &prices) != nil {
		return nil, false
	}
	for _, price := range prices {
		if price.Code == "" && price.Slug == "" {
			return nil, false
		}
	}
	return prices, true
}
