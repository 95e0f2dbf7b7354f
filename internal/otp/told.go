package otp

import (
	"context"
	"time"
)

// Rate is one price of a vendor. What the vendor does not tell is empty.
type Rate struct {
	// Kind is what has the price, in the vendor's words: RateGateway, partner,
	// service.
	Kind, ID, Name  string
	Country         string // ISO 3166-1 alpha-2, upper case; empty: every other one
	Price, Currency string // of one message, a decimal number, and ISO 4217
	Status          string // in the vendor's words
}

// RateGateway is the kind of a rate without a country that holds where the same
// gateway has no price of its own.
const RateGateway = "gateway"

// Balance is what is left of an account. What a vendor does not tell is empty.
type Balance struct {
	Amount, Unit string // a decimal number, and what it counts
	Plan         string // name or number of the plan
	Usage        []Quota
	Packs        []WalletPack
}

// WalletPack is a part of a balance that expires on its own.
type WalletPack struct {
	ID, Amount string // Amount is a decimal number, in the unit of the balance
	ExpiresAt  string // RFC 3339, UTC
}

// BalanceQuestion asks for a part of a balance; the answer is noted.
type BalanceQuestion func(ctx context.Context) (note func(*Balance), err error)

// Transaction is one message that was sent, or one code that was verified. What a
// vendor does not tell is empty.
type Transaction struct {
	MessageID, Phone, Channel, Status string    // Phone is personal data
	Cost                              string    // a decimal number
	CreatedAt                         time.Time // zero: as CreatedText
	CreatedText                       string    // as the vendor writes it, where that is not understood
	Application, Description          string
	MessageType                       string // in the vendor's words
	ForceSend                         *bool
	ClientIP                          string // personal data, also in the description
}

// NewestFirst is an order; one without a time is last.
func (t Transaction) NewestFirst(other Transaction) int {
	return other.CreatedAt.Compare(t.CreatedAt)
}

// MessageReport is what a vendor tells about a message.
type MessageReport struct {
	Outcome   string // one of the outcomes of a status call
	Active    *bool  // whether its code can be verified; nil: the vendor does not tell
	ExpiresAt string // RFC 3339, UTC; empty: the vendor does not tell
	// Remarks are warnings on why the vendor has no better report.
	Remarks Problems
}
