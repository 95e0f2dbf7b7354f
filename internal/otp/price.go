package otp

import (
	"math/big"
	"strings"
	"time"
)

// CodeCost is what one code costs over a route to a country. What no vendor
// publishes is not known, and never guessed.
type CodeCost struct {
	// Country is ISO 3166-1 alpha-2; empty: every other country, or all.
	Country string
	// Segments is how many SMS segments the longest message takes; 0: the vendor
	// does not charge by them, or makes the text itself.
	Segments int64
	// Price is what the vendor publishes for one message or segment, a decimal
	// number; empty: it is not known, and Why says why not.
	Price string
	// Amount is Price for all segments, a decimal number; empty as Price.
	Amount string
	// Currency is ISO 4217; empty: the vendor does not tell.
	Currency string
	Source   string    // where the vendor says so: a call, in words
	AsOf     time.Time // when it said so
	Why      string    // a sentence; empty where the price is known
}

// Unpriced is the cost that nobody knows, of each of the countries; nil: all.
func Unpriced(countries []string, segments int64, why string) []CodeCost {
	if countries == nil {
		countries = []string{""}
	}
	var costs []CodeCost
	for _, country := range countries {
		costs = append(costs, CodeCost{Country: country, Segments: segments, Why: why})
	}
	return costs
}

// Priced is a cost at a price. Without segments a message counts as one.
func (c CodeCost) Priced(price, currency string) CodeCost {
	amount, ok := new(big.Rat).SetString(price)
	if !ok {
		return c
	}
	amount.Mul(amount, new(big.Rat).SetInt64(max(c.Segments, 1)))
	_, fraction, _ := strings.Cut(price, ".")
	text := amount.FloatString(len(fraction)) // exact: a whole number of times as many places
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	c.Price, c.Amount, c.Currency, c.Why = price, text, currency, ""
	return c
}
