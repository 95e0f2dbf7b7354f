package octopush

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Control is what a person or a test may do to Octopush beside its API.
type Control struct {
	host   emulate.Host
	vendor *Emulator
}

// At is the control of the Octopush of a sandbox.
func At(host emulate.Host) Control { return Control{host, emulate.Of[*Emulator](host)} }

// Account is a copy of what Octopush knows about its customer.
func (c Control) Account() (Account, error) {
	var account Account
	var err error
	c.host.View(func(*emulate.Exchange) { account, err = emulate.Clone(c.vendor.data.Account) })
	return account, err
}

// Update changes what Octopush knows about its customer: wallet,
// prices, sub-accounts, defaults of a send.
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

// Orders are what a person or a test may tell Octopush from outside the process.
func (o *Emulator) Orders() []emulate.Order {
	return []emulate.Order{
		emulate.Read("account", "What Octopush knows about its customer.", func(h emulate.Host) (any, error) { return At(h).Account() }),
	}
}

// Balance is what is left of the customer's money.
func (o *Emulator) Balance() (amount float64, unit string) { return o.data.Account.balance(), "euros" }

// SetBalance makes it another amount.
func (o *Emulator) SetBalance(amount float64) {
	packs := append([]WalletPack{}, o.data.Account.WalletPacks...)
	if len(packs) == 0 {
		packs = []WalletPack{{ID: "0d0c6a1e-0000-4000-8000-000000000001", ExpirationDate: "2031-01-31T10:00:00+01:00"}}
	}
	for i := range packs {
		packs[i].Credit = 0
	}
	packs[0].Credit = amount
	o.data.Account.WalletPacks = packs
}
