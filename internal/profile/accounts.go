package profile

import (
	"context"
	"encoding/json"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
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
	var found otp.Findings
	for i, route := range p.Routes {
		clients, at := session.Vendors.For(route.Account), otp.At("routes").Index(i)
		switch {
		case route.Unknown.Any("vendor", "account") || !clients.Configured(route.Vendor) || route.Account == "" && session.Ready(route.Vendor) != nil:
		case known:
			found = append(found, clients.Inspect(ctx, d.Routes[i], at)...)
		case route.Vendor == otp.AndroidAPI && route.WhatsAppAccount != "":
			found = append(found, clients.InspectWhatsApp(ctx, route.WhatsAppAccount, at)...)
		}
	}
	return found.Problems()
}
