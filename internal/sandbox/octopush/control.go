package octopush

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Control is what a person or a test may do to Octopush beside its API.
type Control struct {
	emulate.Customer[Account]
}

// At is the control of the Octopush of a sandbox.
func At(host emulate.Host) Control {
	vendor := emulate.Of[*Emulator](host)
	return Control{emulate.NewCustomer(host, &vendor.data.Account)}
}

// Orders are what a person or a test may tell Octopush from outside the process.
func (o *Emulator) Orders() []emulate.Order {
	return []emulate.Order{
		emulate.AccountOrder("Octopush", func(h emulate.Host) emulate.Customer[Account] { return At(h).Customer }),
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
