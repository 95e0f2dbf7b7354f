package vendors

import (
	"context"
	"sync"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
)

// patience is how long a plan waits for one fact that it can do without.
const patience = 5 * time.Second

// fact is something that is asked once, and not again after a failure: a plan
// without network waits for each of them once.
type fact[T any] struct {
	ask func(context.Context) (T, error)

	mu    sync.Mutex
	asked bool
	known bool
	value T
}

// get is the fact, where it is known.
func (f *fact[T]) get(ctx context.Context) (T, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.asked {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		value, err := f.ask(ctx)
		f.asked, f.known, f.value = true, err == nil, value
	}
	return f.value, f.known
}

// facts are what plans ask for.
type facts struct {
	accounts map[otp.Vendor]*fact[otp.Account]
	devices  *fact[[]androidapi.Device]
	rates    *fact[*androidapi.Rates]
	whatsApp *fact[[]androidapi.Account]
}

func newFacts(c *Clients) *facts {
	f := &facts{
		accounts: map[otp.Vendor]*fact[otp.Account]{},
		devices:  &fact[[]androidapi.Device]{ask: c.Devices},
		rates:    &fact[*androidapi.Rates]{ask: c.Rates},
		whatsApp: &fact[[]androidapi.Account]{ask: c.WhatsAppAccounts},
	}
	for _, vendor := range TellAccounts() {
		f.accounts[vendor] = &fact[otp.Account]{ask: func(ctx context.Context) (otp.Account, error) {
			told, err := c.account(ctx, vendor, true)
			return told.Account, err
		}}
	}
	return f
}

// KnownWhatsAppAccounts are AndroidAPI's WhatsApp accounts for those who can do
// without them: where they could not be read once, they are not asked for again.
func (c *Clients) KnownWhatsAppAccounts(ctx context.Context) ([]androidapi.Account, bool) {
	if _, known := c.facts.whatsApp.get(ctx); !known {
		return nil, false
	}
	accounts, err := c.WhatsAppAccounts(ctx) // which may have changed since
	return accounts, err == nil
}

// Inspect warns of what a route of a document needs and the vendor's default
// account has not. It asks each thing once for all routes of all documents, and
// what cannot be read is not known: whoever reads it for its own sake reports
// that. The account has to be configured.
func (c *Clients) Inspect(ctx context.Context, route otp.DocumentRoute, at otp.Path) otp.Problems {
	account := func() (otp.Account, bool) {
		known, tells := c.facts.accounts[route.Vendor]
		if !tells {
			return otp.Account{}, false
		}
		return known.get(ctx)
	}
	if route.Send == nil {
		return nil
	}
	switch route.Vendor {
	case otp.AndroidAPI:
		return androidapi.Inspect(androidapi.Facts{
			Account: account,
			Devices: func() ([]androidapi.Device, bool) { return c.facts.devices.get(ctx) },
			Rates:   func() (*androidapi.Rates, bool) { return c.facts.rates.get(ctx) },
		}, *route.Send, at)
	case otp.MyOTP:
		told, _ := account()
		return myotp.Inspect(told, *route.Send, at)
	case otp.Octopush:
		told, _ := account()
		return octopush.Inspect(told, *route.Send, at)
	}
	return nil
}
