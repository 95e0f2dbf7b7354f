package emulate

import (
	"time"
)

// Message is one message the sandbox would have sent.
type Message struct {
	Vendor    string    `json:"vendor"`
	Channel   string    `json:"channel"`
	To        string    `json:"to"`     // E.164
	Sender    string    `json:"sender"` // sender ID, brand, device, gateway or account; empty: the vendor tells none
	Text      string    `json:"text"`
	Code      string    `json:"code"`
	MessageID string    `json:"message_id"` // message ID, ticket or order ID, as the vendor calls it
	At        time.Time `json:"at"`

	// Locale is the language of a voice or of a template, "fr-FR"; empty: the
	// vendor is told a text and not its language.
	Locale string `json:"locale,omitempty"`

	Number    int       `json:"number"`              // counts from 1; the sandbox's own
	Cost      float64   `json:"cost"`                // in Unit
	Unit      string    `json:"unit,omitempty"`      // "credits", "euros", a currency; empty: the vendor tells none
	ExpiresAt time.Time `json:"expires_at,omitzero"` // of the code, as it was sent; absent: the application decides
}

// Standing is how a message and its code stand.
type Standing struct {
	Delivery  string    `json:"delivery"`            // in the vendor's words; "sent" where it reports none
	Used      bool      `json:"used"`                // the code has been verified
	ExpiresAt time.Time `json:"expires_at,omitzero"` // of the code, extended or not; absent: the application decides
}

// Stander is a vendor that knows how its messages stand.
type Stander interface {
	// Standing is false for a message that the vendor does not know, or no longer.
	Standing(messageID string, now time.Time) (Standing, bool)
}
