package androidapi

import (
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Facts are what can be known of an account before anything is sent. Each is
// found out when it is asked for; false: it is not known.
type Facts struct {
	Account func() (otp.Account, bool)
	Devices func() ([]Device, bool)
	Rates   func() (*Rates, bool)
}

// Inspect warns of what a send needs and the account has not. Whether a device is
// online and which SIMs it has, AndroidAPI does not tell (AndroidAPI reference §4).
func Inspect(facts Facts, send otp.Call, at otp.Path) otp.Problems {
	var ps otp.Problems
	account, _ := facts.Account()
	if account.Lacks(PermissionOTP) {
		ps.Warnf(at, "API key lacks a permission", "AndroidAPI was asked to verify a code that cannot be one, and refused the key: it lacks the permission %q, so that what %s sends would be refused. "+
			"Give it to the key in the AndroidAPI dashboard (Tools, API Keys).", PermissionOTP, at)
	}
	device, _ := send.Fields["device"].(string)
	gateway, _ := send.Fields["gateway"].(string)
	switch {
	case device != "":
		devices, known := facts.Devices()
		if known && !slices.ContainsFunc(devices, func(d Device) bool { return string(d.Unique) == device }) {
			ps.Warnf(at.Attribute("sender_id"), "Device is not linked", "AndroidAPI was asked for its devices and has none with the handle %q, so what %s sends would be refused. "+
				"Link the device again in its app, or name another: the data source otp_devices lists them.", device, at)
		}
	case gateway != "":
		rates, known := facts.Rates()
		if known && !rates.offers(gateway) {
			ps.Warnf(at.Attribute("sender_id"), "Gateway is not in the rates", "AndroidAPI was asked for its rates and has neither a gateway nor a partner device %q, so what %s sends would be refused. "+
				"Name another: the data source otp_rates lists them.", gateway, at)
		}
		if account.IsSpent() {
			ps.Warnf(at, "Account has nothing left to spend", "AndroidAPI was asked for the credits and has %s %s left, so what %s sends through the gateway would be refused. "+
				"Buy credits in the AndroidAPI dashboard, or send from a linked device.", account.Amount, account.Unit, at)
		}
	}
	return ps
}

// offers reports whether there is a gateway, or a partner device, of this name.
func (r *Rates) offers(gateway string) bool {
	return slices.ContainsFunc(r.Gateways, func(g Gateway) bool { return g.ID == gateway }) ||
		slices.ContainsFunc(r.Partners, func(p Partner) bool { return string(p.Unique) == gateway })
}
