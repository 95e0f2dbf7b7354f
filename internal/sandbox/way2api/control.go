package way2api

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Control is what a person or a test may do to Way2API beside its API.
type Control struct {
	emulate.Customer[Account]
}

// At is the control of the Way2API of a sandbox.
func At(host emulate.Host) Control {
	vendor := emulate.Of[*Emulator](host)
	return Control{emulate.NewCustomer(host, &vendor.data.Account)}
}

// Orders are what a person or a test may tell Way2API from outside the process.
func (w *Emulator) Orders() []emulate.Order {
	return []emulate.Order{
		emulate.AccountOrder("Way2API", func(h emulate.Host) emulate.Customer[Account] { return At(h).Customer }),
	}
}

// Balance is what is left of the customer's money.
func (w *Emulator) Balance() (amount float64, unit string) { return w.data.Account.Balance, "credits" }

// SetBalance makes it another amount.
func (w *Emulator) SetBalance(amount float64) {
	w.data.Account.Balance = amount
}
