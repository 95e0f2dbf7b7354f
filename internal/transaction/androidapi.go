package transaction

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

// androidapiRows are the messages of both channels that were sent in the
// period, the newest first. The vendor's lists take no dates and have no
// documented order (AndroidAPI reference §1.5), so each is read to its end. A
// message without a date is kept, as the last: leaving it out could hide it
// from every period.
func androidapiRows(ctx context.Context, accounts tf.Accounts, days period) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		client, err := accounts.AndroidAPI()
		if err != nil {
			yield(row{}, err)
			return
		}
		sms, err := client.SMSSentList(ctx)
		if err != nil {
			yield(row{}, err)
			return
		}
		chats, err := client.WhatsAppSentList(ctx)
		if err != nil {
			yield(row{}, err)
			return
		}
		var sent []row
		for _, m := range sms {
			sent = append(sent, message(otp.SMS, m.ID, m.Recipient, m.Status, m.Created))
		}
		for _, m := range chats {
			sent = append(sent, message(otp.WhatsApp, m.ID, m.Recipient, m.Status, m.Created))
		}
		sent = slices.DeleteFunc(sent, func(r row) bool { return !r.createdAt.IsZero() && !days.holds(r.createdAt) })
		slices.SortStableFunc(sent, row.newestFirst)
		for _, r := range sent {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// message is what both channels tell of a message. Its text holds a code and is
// not looked at.
func message(channel otp.Channel, id, recipient, status androidapi.Text, created androidapi.Moment) row {
	return row{
		messageID: string(id), phone: phone(recipient), channel: string(channel), status: string(status), createdAt: created.Time,
	}
}

// phone is the phone number of a recipient. WhatsApp has addresses, too, whose
// first part is a number only where they are those of a person.
func phone(recipient androidapi.Text) string {
	name, host, found := strings.Cut(string(recipient), "@")
	if found && host != "s.whatsapp.net" {
		return ""
	}
	return name
}
