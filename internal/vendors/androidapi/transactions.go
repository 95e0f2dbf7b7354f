package androidapi

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// TransactionUnit is empty: the vendor tells no costs.
func (c *Client) TransactionUnit() string { return "" }

// Transactions are the messages of both channels that were sent from the
// beginning of the first day to the end of the last one, the newest first. The
// vendor's lists take no dates and have no documented order (AndroidAPI reference
// §1.5), so each is read to its end. A message without a date is kept, as the
// last: leaving it out could hide it from every period.
func (c *Client) Transactions(ctx context.Context, first, last time.Time) iter.Seq2[otp.Transaction, error] {
	return func(yield func(otp.Transaction, error) bool) {
		sms, err := c.SMSSentList(ctx)
		if err != nil {
			yield(otp.Transaction{}, err)
			return
		}
		chats, err := c.WhatsAppSentList(ctx)
		if err != nil {
			yield(otp.Transaction{}, err)
			return
		}
		var sent []otp.Transaction
		for _, m := range sms {
			sent = append(sent, transaction(otp.SMS, m.ID, m.Recipient, m.Status, m.Created))
		}
		for _, m := range chats {
			sent = append(sent, transaction(otp.WhatsApp, m.ID, m.Recipient, m.Status, m.Created))
		}
		over := last.AddDate(0, 0, 1)
		sent = slices.DeleteFunc(sent, func(t otp.Transaction) bool {
			return !t.CreatedAt.IsZero() && (t.CreatedAt.Before(first) || !t.CreatedAt.Before(over))
		})
		slices.SortStableFunc(sent, otp.Transaction.NewestFirst)
		for _, t := range sent {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// transaction is what both channels tell of a message. Its text holds a code and
// is not looked at.
func transaction(channel otp.Channel, id, recipient, status Text, created Moment) otp.Transaction {
	return otp.Transaction{
		MessageID: string(id), Phone: phoneOf(recipient), Channel: string(channel), Status: string(status), CreatedAt: created.Time,
	}
}

// phoneOf is the phone number of a recipient. WhatsApp has addresses, too, whose
// first part is a number only where they are those of a person.
func phoneOf(recipient Text) string {
	name, host, found := strings.Cut(string(recipient), "@")
	if found && host != "s.whatsapp.net" {
		return ""
	}
	return name
}
