package vendors

import (
	"cmp"
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// unpublished is why a vendor has no call that tells what a route costs; empty:
// it has one.
func unpublished(route otp.DocumentRoute) string {
	if route.Send == nil {
		return "The route sends nothing."
	}
	vendor, _ := Find(route.Vendor)
	if vendor.NoPrice != nil {
		if why := vendor.NoPrice(*route.Send); why != "" {
			return why
		}
	}
	if !httpapi.Can[pricing](vendor) {
		return "The provider knows no call of " + route.Vendor.Title() + " that tells prices."
	}
	return ""
}

// UnknownCosts are the costs of a route of a document that nobody is asked for;
// why is the reason where the vendor has a call for them.
func UnknownCosts(d otp.Document, route otp.DocumentRoute, why string) []otp.CodeCost {
	return otp.Unpriced(served(d, route), int64(Compilers().RouteSegments(d, route)), cmp.Or(unpublished(route), why))
}

// Costs are what one code costs over a route of a document, by country, as far as
// the vendor publishes it. It asks each vendor once for all routes of all
// documents, and only where there are credentials.
func (c *Clients) Costs(ctx context.Context, d otp.Document, route otp.DocumentRoute) []otp.CodeCost {
	switch {
	case unpublished(route) != "":
		return UnknownCosts(d, route, "")
	case !c.Configured(route.Vendor):
		return UnknownCosts(d, route, route.Vendor.Title()+" tells its prices to those with credentials, and there are none.")
	}
	client, _, err := reader[pricing](c, route.Vendor)
	if err != nil {
		return UnknownCosts(d, route, err.Error())
	}
	costs, err := client.Costs(ctx, *route.Send, served(d, route), int64(Compilers().RouteSegments(d, route)))
	if err != nil {
		return UnknownCosts(d, route, err.Error())
	}
	return costs
}

// served are the countries of a route: its own, or those of the profile; nil: all.
func served(d otp.Document, route otp.DocumentRoute) []string {
	if route.Countries != nil {
		return route.Countries
	}
	return d.AllowedCountries
}
