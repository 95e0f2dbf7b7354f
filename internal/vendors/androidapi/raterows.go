package androidapi

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// RateRows are the prices of gateways and partner devices. They leave out who owns
// a partner device: the vendor tells the e-mail address of a stranger.
func (c *Client) RateRows(ctx context.Context) ([]otp.Rate, error) {
	found, err := c.RateList(ctx)
	if err != nil {
		return nil, err
	}
	var rows []otp.Rate
	for _, g := range found.Gateways {
		rows = append(rows, g.rows()...)
	}
	for _, p := range found.Partners {
		rows = append(rows, otp.Rate{
			Kind: "partner", ID: string(p.Unique), Name: string(p.Name),
			Country: strings.ToUpper(string(p.Country)), Price: string(p.Rate), Currency: string(p.Currency), Status: string(p.Status),
		})
	}
	return rows, nil
}

// rows are the default price and those of countries, which operators type in lower
// case (AndroidAPI reference §5).
func (g Gateway) rows() []otp.Rate {
	base := otp.Rate{Kind: otp.RateGateway, ID: g.ID, Name: g.Name, Price: string(g.Default), Currency: g.Currency}
	rows := []otp.Rate{base}
	for _, country := range slices.Sorted(maps.Keys(g.Countries)) {
		own := base
		own.Country, own.Price = strings.ToUpper(strings.TrimSpace(country)), string(g.Countries[country])
		rows = append(rows, own)
	}
	return rows
}
