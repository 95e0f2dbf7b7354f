package androidapi

import (
	"context"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// The counters of a package that sends use up (AndroidAPI reference §6.2).
const (
	counterSMS      = "sms_send"
	counterWhatsApp = "wa_send"
)

// Inspect says whether an account has what a send needs. Whether a device of
// one's own is online or paused and which SIMs it has, AndroidAPI does not tell
// (AndroidAPI reference §4).
func (c *Client) Inspect(ctx context.Context, account func() (otp.Account, error), send otp.Call, at otp.Path) otp.Findings {
	i := inspection{client: c, at: at}
	i.account, i.failed = account()
	text := func(field string) string { value, _ := send.Fields[field].(string); return value }
	i.permission()
	switch {
	case text("account") != "":
		i.plan(counterWhatsApp)
		i.found = append(i.found, c.InspectWhatsApp(ctx, text("account"), at)...)
	case text("device") != "":
		i.plan(counterSMS)
		i.device(ctx, text("device"))
	case text("gateway") != "":
		i.plan(counterSMS)
		i.gateway(ctx, text("gateway"))
		i.balance()
	}
	return i.found
}

// inspection is one look at an account.
type inspection struct {
	client  *Client
	account otp.Account
	failed  error // why the account is not known
	at      otp.Path
	found   otp.Findings
}

func (i *inspection) permission() {
	known := slices.ContainsFunc(i.account.Permissions, func(p otp.Permission) bool { return p.Name == PermissionOTP })
	switch {
	case !known:
		i.found.Unknownf(otp.AspectPermission, i.at, i.failed, "Whether the API key has the permission %q is not known.", PermissionOTP)
	case i.account.Lacks(PermissionOTP):
		i.found.Lacksf(otp.AspectPermission, i.at, "API key lacks a permission", "Give it to the key in the AndroidAPI dashboard (Tools, API Keys).",
			"AndroidAPI was asked to verify a code that cannot be one, and refused the key: it lacks the permission %q, so that what %s sends would be refused.", PermissionOTP, i.at)
	default:
		i.found.Hasf(otp.AspectPermission, i.at, "The API key has the permission %q.", PermissionOTP)
	}
}

// plan looks at a counter of the package. What AndroidAPI answers to a send above
// the limit is not documented.
func (i *inspection) plan(counter string) {
	at := slices.IndexFunc(i.account.Quotas, func(q otp.Quota) bool { return q.Name == counter })
	if at < 0 {
		return
	}
	switch q := i.account.Quotas[at]; {
	case q.Limit == 0:
		i.found.Hasf(otp.AspectPlan, i.at, "The package counts %d for %s, and seems to have no limit.", q.Used, counter)
	case q.Used >= q.Limit:
		i.found.Lacksf(otp.AspectPlan, i.at, "Package is used up", "Wait until the package is renewed, or take a larger one in the AndroidAPI dashboard.",
			"AndroidAPI was asked for the subscription and has used %d of %d for %s, so what %s sends would be refused.", q.Used, q.Limit, counter, i.at)
	default:
		i.found.Hasf(otp.AspectPlan, i.at, "The package has used %d of %d for %s.", q.Used, q.Limit, counter)
	}
}

func (i *inspection) device(ctx context.Context, handle string) {
	devices, err := i.client.facts.devices.Get(ctx)
	switch {
	case err != nil:
		i.found.Unknownf(otp.AspectDevice, i.at.Attribute("sender_id"), err, "Whether the device is linked is not known.")
	case !slices.ContainsFunc(devices, func(d Device) bool { return string(d.Unique) == handle }):
		i.found.Lacksf(otp.AspectDevice, i.at.Attribute("sender_id"), "Device is not linked", "Link the device again in its app, or name another: the data source otp_devices lists them.",
			"AndroidAPI was asked for its devices and has none with the handle %q, so what %s sends would be refused.", handle, i.at)
	default:
		i.found.Hasf(otp.AspectDevice, i.at.Attribute("sender_id"), "The device is linked. Whether it is online, and which SIMs it has, AndroidAPI does not tell.")
	}
}

func (i *inspection) gateway(ctx context.Context, handle string) {
	at := i.at.Attribute("sender_id")
	rates, err := i.client.facts.rates.Get(ctx)
	if err != nil {
		i.found.Unknownf(otp.AspectSender, at, err, "Whether the gateway is in the rates is not known.")
		return
	}
	if slices.ContainsFunc(rates.Gateways, func(g Gateway) bool { return g.ID == handle }) {
		i.found.Hasf(otp.AspectSender, at, "The gateway is in the rates.")
		return
	}
	partner := slices.IndexFunc(rates.Partners, func(p Partner) bool { return string(p.Unique) == handle })
	if partner < 0 {
		i.found.Lacksf(otp.AspectSender, at, "Gateway is not in the rates", "Name another: the data source otp_rates lists them.",
			"AndroidAPI was asked for its rates and has neither a gateway nor a partner device %q, so what %s sends would be refused.", handle, i.at)
		return
	}
	switch status := string(rates.Partners[partner].Status); {
	case strings.EqualFold(status, partnerOnline):
		i.found.Hasf(otp.AspectSender, at, "The partner device is in the rates and online.")
	case status == "":
		i.found.Unknownf(otp.AspectSender, at, nil, "The partner device is in the rates. Whether it is online AndroidAPI did not tell.")
	default:
		i.found.Lacksf(otp.AspectSender, at, "Partner device is not online", "Name another: the data source otp_rates lists them with their status.",
			"AndroidAPI was asked for its rates and says that the partner device %q is %q, so what %s sends would wait until it is back.", handle, status, i.at)
	}
}

// partnerOnline is the status of a partner device that sends. Others are not
// documented (AndroidAPI reference §5).
const partnerOnline = "online"

func (i *inspection) balance() {
	switch {
	case i.account.Amount == "":
		i.found.Unknownf(otp.AspectBalance, i.at, i.failed, "How many credits are left is not known.")
	case i.account.IsSpent():
		i.found.Lacksf(otp.AspectBalance, i.at, "Account has nothing left to spend", "Buy credits in the AndroidAPI dashboard, or send from a linked device.",
			"AndroidAPI was asked for the credits and has %s %s left, so what %s sends through the gateway would be refused.", i.account.Amount, i.account.Unit, i.at)
	default:
		i.found.Hasf(otp.AspectBalance, i.at, "%s %s are left.", i.account.Amount, i.account.Unit)
	}
}

// InspectWhatsApp says whether a WhatsApp account can send.
func (c *Client) InspectWhatsApp(ctx context.Context, handle string, at otp.Path) otp.Findings {
	var found otp.Findings
	where := at.Attribute("whatsapp_account")
	accounts, err := c.facts.accounts.Get(ctx)
	if err == nil {
		accounts, err = c.AccountList(ctx) // which may have changed since
	}
	index := slices.IndexFunc(accounts, func(a Account) bool { return string(a.Unique) == handle })
	switch {
	case err != nil:
		found.Unknownf(otp.AspectDevice, where, err, "Whether the WhatsApp account is connected is not known.")
	case index < 0:
		found.Lacksf(otp.AspectDevice, where, "WhatsApp account is gone", "Link it again, and name the new account: the data source otp_whatsapp_accounts lists them.",
			"AndroidAPI was asked for its WhatsApp accounts and has none with the ID %s, so what %s sends would be refused.", handle, at)
	case accounts[index].State() == StatusDisconnected:
		found.Lacksf(otp.AspectDevice, where, "WhatsApp account is disconnected", "Apply its otp_whatsapp_account, or scan its QR code again.",
			"AndroidAPI says that the WhatsApp account %s is disconnected, so what %s sends would fail.", handle, at)
	default:
		found.Hasf(otp.AspectDevice, where, "The WhatsApp account is %s.", accounts[index].State())
	}
	return found
}
