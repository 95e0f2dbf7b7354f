package emulate

import "fmt"

// Account is what a vendor knows about the sandbox's customer.
type Account interface {
	// Check refuses what no account at the vendor can be.
	Check() error
}

// Customer is what a person or a test may do to the account of a vendor beside
// its API. The controls of all vendors have it.
type Customer[A Account] struct {
	host    Host
	account *A
}

// NewCustomer is the customer whose account a vendor keeps there.
func NewCustomer[A Account](host Host, account *A) Customer[A] { return Customer[A]{host, account} }

// Account is a copy of what the vendor knows about its customer.
func (c Customer[A]) Account() (A, error) {
	var account A
	var err error
	c.host.View(func(*Exchange) { account, err = Clone(*c.account) })
	return account, err
}

// Update changes what the vendor knows about its customer. A change to what no
// account can be is an error, and changes nothing.
func (c Customer[A]) Update(change func(*A)) error {
	return c.host.Change(func(*Exchange) error {
		account, err := Clone(*c.account)
		if err != nil {
			return err
		}
		change(&account)
		if err := account.Check(); err != nil {
			return err
		}
		*c.account = account
		return nil
	})
}

// AccountOrder reads the account of the vendor with this title, for a person or a
// test outside the process. customer is the one of a sandbox.
func AccountOrder[A Account](title string, customer func(Host) Customer[A]) Order {
	return Read("account", fmt.Sprintf("What %s knows about its customer.", title), func(h Host) (any, error) { return customer(h).Account() })
}
