package androidapi

import (
	"context"
	"encoding/json"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Rates are the prices of what the mode "credits" can send through (AndroidAPI
// reference §5).
type Rates struct {
	Gateways []Gateway
	Partners []Partner
}

// UnmarshalJSON takes lists that are false.
func (r *Rates) UnmarshalJSON(raw []byte) error {
	var wire struct {
		Gateways rows[Gateway] `json:"gateways"`
		Partners rows[Partner] `json:"partners"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*r = Rates{Gateways: wire.Gateways, Partners: wire.Partners}
	return nil
}

// Gateway is a carrier's or reseller's connection.
type Gateway struct {
	ID       string // the gateway of a send
	Name     string
	Currency string
	Default  httpapi.Decimal // per message, where the country has no price of its own
	// Countries are prices per message by ISO 3166-1 alpha-2 code in lower
	// case. Operators type them by hand; one that is no number is empty.
	Countries map[string]httpapi.Decimal
}

// UnmarshalJSON flattens the pricing.
func (g *Gateway) UnmarshalJSON(raw []byte) error {
	var wire struct {
		ID       Text `json:"id"`
		Name     Text `json:"name"`
		Currency Text `json:"currency"`
		Pricing  struct {
			Default   price        `json:"default"`
			Countries table[price] `json:"countries"`
		} `json:"pricing"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*g = Gateway{
		ID: string(wire.ID), Name: string(wire.Name), Currency: string(wire.Currency),
		Default: httpapi.Decimal(wire.Pricing.Default), Countries: map[string]httpapi.Decimal{},
	}
	for country, amount := range wire.Pricing.Countries {
		g.Countries[country] = httpapi.Decimal(amount)
	}
	return nil
}

// price is a decimal that is empty where somebody typed something else: one
// operator's slip must not hide all other prices.
type price httpapi.Decimal

// UnmarshalJSON implements the leniency.
func (p *price) UnmarshalJSON(raw []byte) error {
	var amount httpapi.Decimal
	if amount.UnmarshalJSON(raw) != nil {
		amount = ""
	}
	*p = price(amount)
	return nil
}

// Partner is a device that somebody else lends. Its owner sees every code.
type Partner struct {
	Unique   Text            `json:"unique"` // the gateway of a send
	Name     Text            `json:"name"`
	Version  Text            `json:"version"`
	Priority httpapi.Bool    `json:"priority"`
	SIM      Texts           `json:"sim"`     // the slots that can be used
	Country  Text            `json:"country"` // ISO 3166-1 alpha-2, upper case
	Currency Text            `json:"currency"`
	Rate     httpapi.Decimal `json:"rate"` // per message
	// Owner is the owner's e-mail address: personal data, so it prints as a
	// mask.
	Owner  Secret `json:"owner"`
	Status Text   `json:"status"` // online; others are not documented
}

// Rates reads the prices of gateways and partner devices.
func (c *Client) Rates(ctx context.Context) (*Rates, error) {
	var rates Rates
	if _, _, err := c.fetch(ctx, httpapi.Call{Endpoint: RatesEndpoint}, &rates); err != nil {
		return nil, err
	}
	return &rates, nil
}
