package rate

import (
	"context"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// telling is a vendor's client that tells prices.
type telling interface {
	RateRows(ctx context.Context) ([]otp.Rate, error)
}

// able are the vendors that tell prices.
func able() []otp.Vendor { return vendors.Able[telling]() }

// rates are those of one vendor.
type rates struct {
	vendor otp.Vendor
	rows   []otp.Rate
}

// in picks what holds in a country: a price of its own or, at a gateway without
// one, the default price.
func in(rows []otp.Rate, country string) []otp.Rate {
	own := map[string]bool{}
	for _, r := range rows {
		if r.Kind == otp.RateGateway && r.Country == country {
			own[r.ID] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r otp.Rate) bool {
		isDefault := r.Kind == otp.RateGateway && r.Country == "" && !own[r.ID]
		return r.Country != country && !isDefault
	})
}
