package vendors

import (
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// lists are what several callers of one walk ask for: each is read when it is
// first needed, once, and then shared.
type lists struct {
	devices          *sharedList[[]androidapi.Device]
	rates            *sharedList[*androidapi.Rates]
	whatsAppAccounts *sharedList[[]androidapi.Account]
	whatsAppServers  *sharedList[[]androidapi.Server]
	smsSent          *sharedList[[]androidapi.SMSMessage]
	whatsAppSent     *sharedList[[]androidapi.WhatsAppMessage]
	prices           *sharedList[[]way2api.Price]
	accounts         map[otp.Vendor]func() ([]otp.AccountQuestion, error)
}

func newLists(c *Clients) lists {
	return lists{
		accounts: newAccounts(c),
		devices: share(from(c.AndroidAPI, func(ctx context.Context, client *androidapi.Client) ([]androidapi.Device, error) {
			return collect(client.AllDevices(ctx))
		})),
		rates: share(from(c.AndroidAPI, func(ctx context.Context, client *androidapi.Client) (*androidapi.Rates, error) {
			return client.Rates(ctx)
		})),
		whatsAppAccounts: share(from(c.AndroidAPI, func(ctx context.Context, client *androidapi.Client) ([]androidapi.Account, error) {
			return collect(client.AllAccounts(ctx))
		})),
		whatsAppServers: share(from(c.AndroidAPI, func(ctx context.Context, client *androidapi.Client) ([]androidapi.Server, error) {
			return client.Servers(ctx)
		})),
		smsSent: share(from(c.AndroidAPI, func(ctx context.Context, client *androidapi.Client) ([]androidapi.SMSMessage, error) {
			messages, err := collect(client.AllSMSSent(ctx))
			for i := range messages {
				messages[i].Message = androidapi.Secret{} // holds a code, and nobody needs it
			}
			return messages, err
		})),
		whatsAppSent: share(from(c.AndroidAPI, func(ctx context.Context, client *androidapi.Client) ([]androidapi.WhatsAppMessage, error) {
			messages, err := collect(client.AllWhatsAppSent(ctx))
			for i := range messages {
				messages[i].Message = androidapi.Secret{}
			}
			return messages, err
		})),
		prices: share(from(c.Way2API, func(ctx context.Context, client *way2api.Client) ([]way2api.Price, error) {
			return client.Pricing(ctx)
		})),
	}
}

// from reads with a client that is made when it is first needed.
func from[C, T any](client func() (C, error), read func(context.Context, C) (T, error)) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		made, err := client()
		if err != nil {
			var none T
			return none, err
		}
		return read(ctx, made)
	}
}

// Devices lists the linked devices of AndroidAPI in the vendor's order. The
// list is read once and shared with all callers, who must not change it.
func (c *Clients) Devices(ctx context.Context) ([]androidapi.Device, error) {
	return c.lists.devices.get(ctx)
}

// Rates are AndroidAPI's prices. They are read once and shared with all
// callers, who must not change them.
func (c *Clients) Rates(ctx context.Context) (*androidapi.Rates, error) {
	return c.lists.rates.get(ctx)
}

// WhatsAppAccounts lists the WhatsApp accounts of AndroidAPI in the vendor's
// order. The list is read once and shared with all callers, who must not change
// it; see ForgetWhatsAppAccounts.
func (c *Clients) WhatsAppAccounts(ctx context.Context) ([]androidapi.Account, error) {
	return c.lists.whatsAppAccounts.get(ctx)
}

// ForgetWhatsAppAccounts lets the next WhatsAppAccounts read anew. Whoever
// links, relinks or deletes an account calls it afterwards.
func (c *Clients) ForgetWhatsAppAccounts() { c.lists.whatsAppAccounts.forget() }

// WhatsAppServers lists the WhatsApp servers of the AndroidAPI package. The
// list is read once and shared with all callers, who must not change it.
func (c *Clients) WhatsAppServers(ctx context.Context) ([]androidapi.Server, error) {
	return c.lists.whatsAppServers.get(ctx)
}

// SMSSent lists the text messages that AndroidAPI has sent, without their
// texts, in the vendor's order. The vendor takes no dates, so one reading
// serves every period. Callers must not change the list.
func (c *Clients) SMSSent(ctx context.Context) ([]androidapi.SMSMessage, error) {
	return c.lists.smsSent.get(ctx)
}

// WhatsAppSent is SMSSent for WhatsApp messages.
func (c *Clients) WhatsAppSent(ctx context.Context) ([]androidapi.WhatsAppMessage, error) {
	return c.lists.whatsAppSent.get(ctx)
}

// Prices are what Way2API's services cost. They are read once and shared with
// all callers, who must not change them.
func (c *Clients) Prices(ctx context.Context) ([]way2api.Price, error) {
	return c.lists.prices.get(ctx)
}
