package myotp

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Control is what a person or a test may do to MyOTP beside its API.
type Control struct {
	emulate.Customer[Account]
	host   emulate.Host
	vendor *Emulator
}

// At is the control of the MyOTP of a sandbox.
func At(host emulate.Host) Control {
	vendor := emulate.Of[*Emulator](host)
	return Control{emulate.NewCustomer(host, &vendor.data.Account), host, vendor}
}

// Orders are what a person or a test may tell MyOTP from outside the process.
func (m *Emulator) Orders() []emulate.Order {
	return []emulate.Order{
		emulate.AccountOrder("MyOTP", func(h emulate.Host) emulate.Customer[Account] { return At(h).Customer }),
	}
}

// AddTransactions adds n sent messages to MyOTP's report, a minute apart, the
// newest now. They are rows only: nothing was sent and nothing can be verified.
func (c Control) AddTransactions(n int) error {
	return c.host.Change(func(x *emulate.Exchange) error { c.vendor.addTransactions(n, x.Now); return nil })
}

// Balance is what is left of the customer's money.
func (m *Emulator) Balance() (amount float64, unit string) { return m.data.Account.Balance, "credits" }

// SetBalance makes it another amount.
func (m *Emulator) SetBalance(amount float64) {
	m.data.Account.Balance = amount
}
