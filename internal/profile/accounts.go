package profile

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// lookAtAccounts warns of what the accounts at the vendors cannot do. A profile
// needs no vendor, so it looks only where one is configured, and what cannot be
// read is not known: what reads it for its own sake reports that. A document
// that is not known yet is looked at when it is. A route with an account of its
// own is looked at with the credentials of that account.
func lookAtAccounts(ctx context.Context, session *tf.Session, p otp.Profile, document string) otp.Problems {
	if !session.CheckAccounts {
		return nil
	}
	var d otp.Document
	known := document != "" && json.Unmarshal([]byte(document), &d) == nil && len(d.Routes) == len(p.Routes)
	found := make([]otp.Findings, len(p.Routes))
	vendors.SideBySide(p.Routes, accountOf, func(i int, route otp.Route) {
		clients, at := session.Vendors.For(route.Account), otp.At("routes").Index(i)
		switch {
		case route.Unknown.Any("vendor", "account") || !clients.Configured(route.Vendor) || route.Account == "" && session.Ready(route.Vendor) != nil:
		case known:
			found[i] = clients.Inspect(ctx, d.Routes[i], at)
		case route.WhatsAppAccount != "":
			found[i] = clients.InspectWhatsApp(ctx, route.Vendor, route.WhatsAppAccount, at)
		}
	})
	return slices.Concat(found...).Problems()
}

// account is one account of a vendor; an empty slug is the default one.
type account struct {
	vendor otp.Vendor
	slug   string
}

func accountOf(_ int, route otp.Route) account { return account{route.Vendor, route.Account} }
