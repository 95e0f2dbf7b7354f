package profile

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// The attributes that only the data source has.
const (
	upToDateAttribute  = "up_to_date"
	withCostsAttribute = "with_costs"
	costsAttribute     = "costs"
)

// more is what the data source has beyond the resource. Prices change on their
// own, so they are no part of a resource.
var more = tf.Extra{
	Attributes: map[string]schema.Attribute{
		upToDateAttribute: schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: "Whether the document is made from the brand, the message template and the sender IDs as the catalog has them now. " +
				"If not, applications go on with the one that is there, and the next apply of the profile makes it anew.",
		},
		withCostsAttribute: schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether `costs` are looked up, which asks the vendors for their prices: those whose credentials are there, each once a run. " +
				"Default `false`: no vendor is asked.",
		},
		costsAttribute: schema.ListNestedAttribute{
			Computed:            true,
			MarkdownDescription: "What one code costs over each route, by country, as far as a vendor publishes it; null without `with_costs`. What is not published stays null and is never guessed.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"route":    schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of the route, from 0."},
				"vendor":   tf.Computed("Vendor of the route."),
				"country":  tf.Computed("Country of the phone, ISO 3166 alpha-2 in upper case; null: every other country, or every one."),
				"segments": schema.Int64Attribute{Computed: true, MarkdownDescription: "SMS segments of the longest message of the route, each paid for; null where the route sends no free text by SMS."},
				"price":    tf.Computed("Published price of one message, or of one segment of it, as a decimal number; null where it is not known."),
				"amount":   tf.Computed("What one code costs: the price of all segments, as a decimal number; null where it is not known."),
				"currency": tf.Computed("Currency of price and amount, ISO 4217; null where the vendor does not tell, as Way2API."),
				"source":   tf.Computed("Where the vendor publishes the price, such as `AndroidAPI, get/rates`; null where it is not known."),
				"as_of":    tf.Computed("Day on which the vendor said so, in UTC, such as `2026-10-01`; null where it is not known."),
				"reason":   tf.Computed("Why the price is not known; null where it is."),
			}},
		},
	},
	Read: readMore,
}

func readMore(ctx context.Context, session *tf.Session, asked tf.Values, object catalog.Object) (tf.Values, error) {
	current, err := session.Catalog.UpToDate(ctx, object)
	if err != nil {
		return nil, err
	}
	values := tf.Values{upToDateAttribute: current, withCostsAttribute: asked[withCostsAttribute], costsAttribute: nil}
	if asked[withCostsAttribute] != true {
		return values, nil
	}
	var p otp.Profile
	if err := json.Unmarshal(object.Spec, &p); err != nil {
		return nil, err
	}
	var d otp.Document
	if err := json.Unmarshal([]byte(object.Document), &d); err != nil {
		return nil, err
	}
	slug := func(i int) string {
		if i < len(p.Routes) {
			return p.Routes[i].Account
		}
		return ""
	}
	costs := make([][]otp.CodeCost, len(d.Routes))
	vendors.SideBySide(d.Routes, func(i int, route otp.DocumentRoute) account { return account{route.Vendor, slug(i)} }, func(i int, route otp.DocumentRoute) {
		costs[i] = costsOf(ctx, session, slug(i), d, route)
	})
	rows := []any{}
	for i, of := range costs {
		for _, cost := range of {
			rows = append(rows, row(i, d.Routes[i].Vendor, cost))
		}
	}
	values[costsAttribute] = rows
	return values, nil
}

// costsOf asks nobody whose account is not known yet.
func costsOf(ctx context.Context, session *tf.Session, account string, d otp.Document, route otp.DocumentRoute) []otp.CodeCost {
	if err := session.Ready(route.Vendor); err != nil && account == "" {
		return vendors.UnknownCosts(d, route, err.Error()+".")
	}
	return session.Vendors.For(account).Costs(ctx, d, route)
}

func row(route int, vendor otp.Vendor, cost otp.CodeCost) map[string]any {
	var segments any
	if cost.Segments > 0 {
		segments = cost.Segments
	}
	day := ""
	if !cost.AsOf.IsZero() {
		day = cost.AsOf.UTC().Format(time.DateOnly)
	}
	return map[string]any{
		"route": int64(route), "vendor": string(vendor), "country": told(cost.Country), "segments": segments,
		"price": told(cost.Price), "amount": told(cost.Amount), "currency": told(cost.Currency),
		"source": told(cost.Source), "as_of": told(day), "reason": told(cost.Why),
	}
}

// told is a text, or null.
func told(text string) any {
	if text == "" {
		return nil
	}
	return text
}
