package profile

import (
	"context"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

// lookAtAccounts warns of WhatsApp accounts that are known to be disconnected.
// A profile needs no vendor, so it looks only where AndroidAPI is configured,
// and a list that cannot be read means that nothing is known: what reads
// accounts for their own sake reports that.
func lookAtAccounts(ctx context.Context, session *tf.Session, p otp.Profile) otp.Problems {
	sends := func(r otp.Route) bool { return r.Vendor == otp.AndroidAPI && r.WhatsAppAccount != "" }
	callable := session.Vendors.Configured(otp.AndroidAPI) && session.Ready(otp.AndroidAPI) == nil
	if !callable || !slices.ContainsFunc(p.Routes, sends) {
		return nil
	}
	accounts, err := session.Vendors.WhatsAppAccounts(ctx)
	if err != nil {
		return nil //nolint:nilerr // see above
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
