package otp

import (
	"context"
	"math/big"
)

// Account is what a vendor tells of a customer's account. What a vendor does not
// tell is empty. Nothing of it is secret or personal.
type Account struct {
	ID     string // the vendor's handle of the account
	Plan   string // name or number of the plan
	Status string // in the vendor's words
	// Amount is what is left to spend, a decimal number, in Unit.
	Amount, Unit string
	Permissions  []Permission
	Quotas       []Quota
	// Credits are what the amount is good for, by country; nil: not told, or not
	// asked for.
	Credits []Credit
}

// Permission is one thing that an account or its key may do or not, in the
// vendor's words. One that is not known is left out.
type Permission struct {
	Name    string
	Granted bool
}

// Quota is a counter of a plan.
type Quota struct {
	Name        string // in the vendor's words
	Used, Limit int64  // Limit 0: none, or none that is documented
}

// Credit is how many messages of one product to one country the amount pays.
type Credit struct {
	Country  string // ISO 3166-1 alpha-2
	Product  string // in the vendor's words
	Messages int64
}

// Lacks reports whether the vendor has told that a permission is not granted.
// One that is not known is none that lacks.
func (a Account) Lacks(permission string) bool {
	for _, p := range a.Permissions {
		if p.Name == permission {
			return !p.Granted
		}
	}
	return false
}

// IsSpent reports whether the vendor has told that nothing is left to spend.
func (a Account) IsSpent() bool {
	amount, told := new(big.Rat).SetString(a.Amount)
	return told && amount.Sign() <= 0
}

// AccountQuestion is one thing to ask a vendor about an account. Asking sends
// nothing to anybody, costs nothing and changes nothing.
type AccountQuestion struct {
	// Ask asks; the answer is noted.
	Ask func(ctx context.Context) (note func(*Account), err error)
	// AtPlan says that the answer may keep a profile from working, so that plans
	// ask, too.
	AtPlan bool
	// ByCountry says that the answer is about every country of the world, so that
	// it is asked only where somebody wants some of them.
	ByCountry bool
}
