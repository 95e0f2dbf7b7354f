package vendors

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// patience is how long a plan waits for one fact that it can do without.
const patience = 5 * time.Second

// fact is something that is asked once, and not again after a failure: a plan
// without network waits for each of them once.
type fact[T any] struct {
	ask      func(context.Context) (T, error)
	patience time.Duration
	now      func() time.Time

	mu    sync.Mutex
	asked bool
	value T
	err   error
	at    time.Time // when it was answered
}

// get is the fact, or why it is not known.
func (f *fact[T]) get(ctx context.Context) (T, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.asked {
		bounded, cancel := context.WithTimeout(ctx, f.patience)
		defer cancel()
		f.value, f.err = f.ask(bounded)
		if f.err != nil && bounded.Err() != nil && ctx.Err() == nil {
			f.err = &PatienceError{f.patience}
		}
		f.asked, f.at = true, f.now()
	}
	return f.value, f.err
}

// PatienceError says that nothing was answered for as long as anybody waited.
type PatienceError struct{ Waited time.Duration }

// Error is a sentence.
func (e *PatienceError) Error() string {
	return fmt.Sprintf("There was no answer within %s.", e.Waited)
}

// facts are what is asked once for all routes of all documents.
type facts struct {
	accounts map[otp.Vendor]*fact[Told]
	devices  *fact[[]androidapi.Device]
	rates    *fact[*androidapi.Rates]
	whatsApp *fact[[]androidapi.Account]
	prices   *fact[[]way2api.Price]
}

func newFacts(c *Clients, wait time.Duration) *facts {
	f := &facts{
		accounts: map[otp.Vendor]*fact[Told]{},
		devices:  &fact[[]androidapi.Device]{ask: c.Devices, patience: wait, now: c.now},
		rates:    &fact[*androidapi.Rates]{ask: c.Rates, patience: wait, now: c.now},
		whatsApp: &fact[[]androidapi.Account]{ask: c.WhatsAppAccounts, patience: wait, now: c.now},
		prices:   &fact[[]way2api.Price]{ask: c.Prices, patience: wait, now: c.now},
	}
	for _, vendor := range TellAccounts() {
		f.accounts[vendor] = &fact[Told]{patience: wait, now: c.now, ask: func(ctx context.Context) (Told, error) {
			return c.account(ctx, vendor, true)
		}}
	}
	return f
}

// KnownPrices are Way2API's prices, asked once.
func (c *Clients) KnownPrices(ctx context.Context) ([]way2api.Price, error) {
	return c.facts.prices.get(ctx)
}

// Known is what a vendor tells of the account as far as plans need it, asked
// once.
func (c *Clients) Known(ctx context.Context, vendor otp.Vendor) (Told, error) {
	known, tells := c.facts.accounts[vendor]
	if !tells {
		return Told{}, errNothingTold(vendor)
	}
	return known.get(ctx)
}

// Inspect says of a route of a document whether the vendor's account has what
// the route needs. It asks each thing once for all routes of all documents, and
// what cannot be read is not known. The account has to be configured.
func (c *Clients) Inspect(ctx context.Context, route otp.DocumentRoute, at otp.Path) otp.Findings {
	if route.Send == nil {
		return nil
	}
	account := func() (otp.Account, error) {
		told, err := c.Known(ctx, route.Vendor)
		for _, unread := range told.Unread {
			if err == nil {
				err = unread
			}
		}
		return told.Account, err
	}
	switch route.Vendor {
	case otp.AndroidAPI:
		return androidapi.Inspect(c.androidAPIFacts(ctx, account), *route.Send, at)
	case otp.MyOTP:
		told, err := account()
		return myotp.Inspect(told, err, *route.Send, at)
	case otp.Octopush:
		told, err := account()
		return octopush.Inspect(told, err, *route.Send, at)
	case otp.Way2API:
		return way2api.Inspect(at)
	}
	return nil
}

// InspectWhatsApp says whether a WhatsApp account of AndroidAPI can send.
func (c *Clients) InspectWhatsApp(ctx context.Context, handle string, at otp.Path) otp.Findings {
	return androidapi.InspectWhatsApp(c.androidAPIFacts(ctx, nil), handle, at)
}

func (c *Clients) androidAPIFacts(ctx context.Context, account func() (otp.Account, error)) androidapi.Facts {
	return androidapi.Facts{
		Account: account,
		Devices: func() ([]androidapi.Device, error) { return c.facts.devices.get(ctx) },
		Rates:   func() (*androidapi.Rates, error) { return c.facts.rates.get(ctx) },
		WhatsApp: func() ([]androidapi.Account, error) {
			if known, err := c.facts.whatsApp.get(ctx); err != nil {
				return known, err
			}
			return c.WhatsAppAccounts(ctx) // which may have changed since
		},
	}
}
