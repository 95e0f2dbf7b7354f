package rate

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// The kinds of what has a price.
const (
	gateway = "gateway" // of AndroidAPI
	partner = "partner" // somebody else's device, at AndroidAPI
	service = "service" // of Way2API
)

// rate is one price of any vendor; empty is what the vendor does not tell.
type rate struct {
	vendor                  otp.Vendor
	kind, id, name          string
	country                 string // ISO 3166-1 alpha-2, upper case; empty: the default price
	price, currency, status string
}

// sources are the vendors that tell prices.
var sources = map[otp.Vendor]func(context.Context, tf.Accounts) ([]rate, error){
	otp.AndroidAPI: androidapiRates,
	otp.Way2API:    way2apiRates,
}

// able are these vendors.
func able() []otp.Vendor { return slices.Sorted(maps.Keys(sources)) }

// in picks what holds in a country: a price of its own or, at a gateway without
// one, the default price.
func in(rates []rate, country string) []rate {
	own := map[string]bool{}
	for _, r := range rates {
		if r.kind == gateway && r.country == country {
			own[r.id] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(rates), func(r rate) bool {
		isDefault := r.kind == gateway && r.country == "" && !own[r.id]
		return r.country != country && !isDefault
	})
}

// androidapiRates leaves out who owns a partner device: the vendor tells the
// e-mail address of a stranger.
func androidapiRates(ctx context.Context, accounts tf.Accounts) ([]rate, error) {
	found, err := vendors.From(accounts.AndroidAPI, (*androidapi.Client).RateList)(ctx)
	if err != nil {
		return nil, err
	}
	var rates []rate
	for _, g := range found.Gateways {
		rates = append(rates, gatewayRates(g)...)
	}
	for _, p := range found.Partners {
		rates = append(rates, rate{
			vendor: otp.AndroidAPI, kind: partner, id: string(p.Unique), name: string(p.Name),
			country: strings.ToUpper(string(p.Country)), price: string(p.Rate), currency: string(p.Currency), status: string(p.Status),
		})
	}
	return rates, nil
}

// gatewayRates are the default price and those of countries, which operators
// type in lower case (AndroidAPI reference §5).
func gatewayRates(g androidapi.Gateway) []rate {
	base := rate{vendor: otp.AndroidAPI, kind: gateway, id: g.ID, name: g.Name, price: string(g.Default), currency: g.Currency}
	rates := []rate{base}
	for _, country := range slices.Sorted(maps.Keys(g.Countries)) {
		own := base
		own.country, own.price = strings.ToUpper(strings.TrimSpace(country)), string(g.Countries[country])
		rates = append(rates, own)
	}
	return rates
}

// way2apiRates is the price of the one service that sends codes. Its currency
// is not documented, and its figure is not shown to everybody (Way2API
// reference §5).
func way2apiRates(ctx context.Context, accounts tf.Accounts) ([]rate, error) {
	prices, err := vendors.From(accounts.Way2API, (*way2api.Client).PriceList)(ctx)
	if err != nil {
		return nil, err
	}
	var rates []rate
	for _, p := range prices {
		if p.Code == way2api.ServiceCode || p.Slug == way2api.ServiceSlug {
			rates = append(rates, rate{
				vendor: otp.Way2API, kind: service, id: p.Code, name: p.Slug, country: way2api.Country, price: string(p.Amount),
			})
		}
	}
	return rates, nil
}
