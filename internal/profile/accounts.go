package profile

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

// lookAtAccounts warns of what the accounts at the vendors cannot do. A profile
// needs no vendor, so it looks only where one is configured, and what cannot be
// read is not known: what reads it for its own sake reports that. A document
// that is not known yet is looked at when it is.
func lookAtAccounts(ctx context.Context, session *tf.Session, p otp.Profile, document string) otp.Problems {
	if !session.CheckAccounts {
		return nil
	}
	ps := lookAtWhatsApp(ctx, session, p)
	var d otp.Document
	if document == "" || json.Unmarshal([]byte(document), &d) != nil || len(d.Routes) != len(p.Routes) {
		return ps
	}
	for i, route := range d.Routes {
		// The credentials of other accounts are the application's alone.
		if p.Routes[i].Account == "" && session.Vendors.Configured(route.Vendor) && session.Ready(route.Vendor) == nil {
			ps = append(ps, session.Vendors.Inspect(ctx, route, otp.At("routes").Index(i))...)
		}
	}
	return ps
}

// lookAtWhatsApp warns of WhatsApp accounts that are known to be disconnected.
func lookAtWhatsApp(ctx context.Context, session *tf.Session, p otp.Profile) otp.Problems {
	sends := func(r otp.Route) bool { return r.Vendor == otp.AndroidAPI && r.WhatsAppAccount != "" }
	callable := session.Vendors.Configured(otp.AndroidAPI) && session.Ready(otp.AndroidAPI) == nil
	if !callable || !slices.ContainsFunc(p.Routes, sends) {
		return nil
	}
	accounts, known := session.Vendors.KnownWhatsAppAccounts(ctx)
	if !known {
		return nil
	}
	var ps otp.Problems
	for i, r := range p.Routes {
		at := slices.IndexFunc(accounts, func(a androidapi.Account) bool { return sends(r) && string(a.Unique) == r.WhatsAppAccount })
		if at >= 0 && pairing.Status(accounts[at]) == pairing.Disconnected {
			ps.Warnf(otp.At("routes").Index(i).Attribute("whatsapp_account"), "WhatsApp account is disconnected",
				"AndroidAPI says that the WhatsApp account %s is disconnected, so what routes[%d] sends would fail. Apply its otp_whatsapp_account, or scan its QR code again.", r.WhatsAppAccount, i)
		}
	}
	return ps
}
