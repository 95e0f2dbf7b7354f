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
}
