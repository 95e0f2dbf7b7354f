package myotp

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Control is what a person or a test may do to MyOTP beside its API.
type Control struct {
	host   emulate.Host
	vendor *Emulator
}

// At is the control of the MyOTP of a sandbox.
func At(host emulate.Host) Control { return Control{host, emulate.Of[*Emulator](host)} }

// Account is a copy of what MyOTP knows about its customer.
func (c Control) Account() (Account, error) {
	var account Account
	var err error
	c.host.View(func(*emulate.Exchange) { account, err = emulate.Clone(c.vendor.data.Account) })
	return account, err
}

// Update changes what MyOTP knows about its customer: balance, plan,
// allowlist and so on.
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

// Orders are what a person or a test may tell MyOTP from outside the process.
func (m *Emulator) Orders() []emulate.Order {
	return []emulate.Order{
		emulate.Read("account", "What MyOTP knows about its customer.", func(h emulate.Host) (any, error) { return At(h).Account() }),
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
