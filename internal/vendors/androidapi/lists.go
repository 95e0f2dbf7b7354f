package androidapi

import (
	"context"
	"iter"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/shared"
)

// lists are what several callers of one walk ask for: each is read when it is
// first needed, once, and then shared.
type lists struct {
	devices  *shared.List[[]Device]
	rates    *shared.List[*Rates]
	accounts *shared.List[[]Account]
	servers  *shared.List[[]Server]
	smsSent  *shared.List[[]SMSMessage]
	chatSent *shared.List[[]WhatsAppMessage]
}

// facts are the lists as plans ask for them: with little patience, and once.
type facts struct {
	devices  *shared.Fact[[]Device]
	rates    *shared.Fact[*Rates]
	accounts *shared.Fact[[]Account]
}

// share makes the lists of a client.
func (c *Client) share() {
	c.lists = lists{
		devices:  listed(c.AllDevices),
		rates:    shared.NewList(c.Rates),
		accounts: listed(c.AllAccounts),
		servers:  shared.NewList(c.Servers),
		smsSent: shared.NewList(func(ctx context.Context) ([]SMSMessage, error) {
			messages, err := shared.Collect(c.AllSMSSent(ctx))
			for i := range messages {
				messages[i].Message = Secret{} // holds a code, and nobody needs it
			}
			return messages, err
		}),
		chatSent: shared.NewList(func(ctx context.Context) ([]WhatsAppMessage, error) {
			messages, err := shared.Collect(c.AllWhatsAppSent(ctx))
			for i := range messages {
				messages[i].Message = Secret{}
			}
			return messages, err
		}),
	}
	c.facts = facts{
		devices: httpapi.Fact(c.http, c.DeviceList), rates: httpapi.Fact(c.http, c.RateList), accounts: httpapi.Fact(c.http, c.AccountList),
	}
}

func listed[T any](all func(context.Context) iter.Seq2[T, error]) *shared.List[[]T] {
	return shared.NewList(func(ctx context.Context) ([]T, error) { return shared.Collect(all(ctx)) })
}

// DeviceList are the linked devices in the vendor's order. The list is read once
// and shared with all callers, who must not change it.
func (c *Client) DeviceList(ctx context.Context) ([]Device, error) { return c.lists.devices.Get(ctx) }

// RateList are the prices. They are read once and shared with all callers, who
// must not change them.
func (c *Client) RateList(ctx context.Context) (*Rates, error) { return c.lists.rates.Get(ctx) }

// AccountList are the WhatsApp accounts in the vendor's order. The list is read
// once and shared with all callers, who must not change it; see ForgetAccounts.
func (c *Client) AccountList(ctx context.Context) ([]Account, error) {
	return c.lists.accounts.Get(ctx)
}

// ForgetAccounts lets the next AccountList read anew. Whoever links, relinks or
// deletes a WhatsApp account calls it afterwards.
func (c *Client) ForgetAccounts() { c.lists.accounts.Forget() }

// ServerList are the WhatsApp servers of the package. The list is read once and
// shared with all callers, who must not change it.
func (c *Client) ServerList(ctx context.Context) ([]Server, error) { return c.lists.servers.Get(ctx) }

// SMSSentList are the text messages that were sent, without their texts, in the
// vendor's order. The vendor takes no dates, so one reading serves every period.
// Callers must not change the list.
func (c *Client) SMSSentList(ctx context.Context) ([]SMSMessage, error) {
	return c.lists.smsSent.Get(ctx)
}

// WhatsAppSentList is SMSSentList for WhatsApp messages.
func (c *Client) WhatsAppSentList(ctx context.Context) ([]WhatsAppMessage, error) {
	return c.lists.chatSent.Get(ctx)
}
