package way2api

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Control is what a person or a test may do to Way2API beside its API.
type Control struct {
	host   emulate.Host
	vendor *Emulator
}

// At is the control of the Way2API of a sandbox.
func At(host emulate.Host) Control { return Control{host, emulate.Of[*Emulator](host)} }

// Account is a copy of what Way2API knows about its customer.
func (c Control) Account() (Account, error) {
	var account Account
	var err error
	c.host.View(func(*emulate.Exchange) { account, err = emulate.Clone(c.vendor.data.Account) })
	return account, err
}

// Update changes what Way2API knows about its customer: balance,
// price, state of the key.
func (c Control) Update(change func(*Account)) error {
	return c.host.Change(func(*emulate.Exchange) error {
		account, err := emulate.Clone(c.vendor.data.Account)
		if err != nil {
			return err
		}
		change(&account)
		if err := account.check(); err != nil {
			return err
		}
		c.vendor.data.Account = account
		return nil
	})
}

// Orders are what a person or a test may tell Way2API from outside the process.
func (w *Emulator) Orders() []emulate.Order {
	return []emulate.Order{
		emulate.Read("account", "What Way2API knows about its customer.", func(h emulate.Host) (any, error) { return At(h).Account() }),
	}
}

// Balance is what is left of the customer's money.
func (w *Emulator) Balance() (amount float64, unit string) { return w.data.Account.Balance, "credits" }

// SetBalance makes it another amount.
func (w *Emulator) SetBalance(amount float64) {
	w.data.Account.Balance = amount
}
