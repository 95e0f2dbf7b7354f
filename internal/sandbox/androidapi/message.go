package androidapi

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// maxMessages is how many messages AndroidAPI remembers.
const maxMessages = 10000

// The statuses of a message that is no longer pending. "failed" is shown for
// WhatsApp only (AndroidAPI reference §9.6); there is no delivered state.
const (
	statusSent   = "sent"
	statusFailed = "failed"
)

// message is a row of the pending and sent lists. Its end is decided
// when it is sent, and shows once it has left the pending ones.
type message struct {
	ID        int       `json:"id"`
	Channel   string    `json:"channel"`
	Recipient string    `json:"recipient"`
	Text      string    `json:"message"`
	Created   time.Time `json:"created"`
	SentAt    time.Time `json:"sent_at"` // pending before
	Status    string    `json:"status"`

	Mode       string `json:"mode,omitempty"` // of an SMS, and the next four
	Sender     string `json:"sender,omitempty"`
	SenderType string `json:"sender_type,omitempty"`
	SIM        int    `json:"sim,omitempty"`
	StatusCode string `json:"status_code,omitempty"`

	Account string `json:"account,omitempty"` // of WhatsApp: the phone number
}

func (m *message) pending(now time.Time) bool { return now.Before(m.SentAt) }

// queue puts a message among the pending ones and returns its ID. One that will
// fail reaches nobody.
func (a *Emulator) queue(x *emulate.Exchange, send sending, code string) int {
	a.data.LastID++
	message := send.message
	message.ID, message.Created, message.SentAt, message.Status = a.data.LastID, x.Now, x.Now, statusSent
	if !send.urgent && a.settings.PendingSeconds > 0 {
		message.SentAt = x.Now.Add(time.Duration(a.settings.PendingSeconds) * time.Second)
	}
	switch {
	case send.offline:
		message.SentAt = x.Now.AddDate(100, 0, 0)
	case send.fails:
		message.Status, message.StatusCode = statusFailed, ""
	default:
		x.Send(emulate.Message{
			Vendor: a.Name(), Channel: message.Channel, To: message.Recipient, Sender: message.from(), Text: message.Text,
			Code: code, MessageID: strconv.Itoa(message.ID), Cost: send.cost, Unit: a.data.Account.Currency, ExpiresAt: x.Now.Add(send.expire),
		})
	}
	a.keepMessages(&message)
	return message.ID
}

// Standing is how a message and its code stand.
func (a *Emulator) Standing(messageID string, now time.Time) (emulate.Standing, bool) {
	for _, message := range slices.Backward(a.data.Messages) {
		if strconv.Itoa(message.ID) != messageID {
			continue
		}
		standing := emulate.Standing{Delivery: message.Status}
		if message.pending(now) {
			standing.Delivery = "pending"
		}
		for _, code := range a.data.Codes {
			if code.MessageID == messageID {
				standing.Used, standing.ExpiresAt = code.Used, code.ExpiresAt
			}
		}
		return standing, true
	}
	return emulate.Standing{}, false
}

// from is what a message came from.
func (m *message) from() string {
	if m.Channel == "whatsapp" {
		return m.Account
	}
	return m.Sender
}

func (a *Emulator) keepMessages(messages ...*message) {
	a.data.Messages = emulate.Newest(a.data.Messages, maxMessages, messages...)
}

// addMessages adds n sent messages, a minute apart, the newest now.
func (a *Emulator) addMessages(channel string, n int, now time.Time) error {
	template := message{
		Channel: "sms", Mode: "Devices", Sender: "00000000-0000-0000-aaaa-bbbbccccdddd", SenderType: "device", SIM: 1, StatusCode: "SMS_SENT",
	}
	switch channel {
	case "sms":
	case "whatsapp":
		template = message{Channel: "whatsapp", Account: "+923001112233"}
	default:
		return fmt.Errorf("AndroidAPI has no channel %q: it is sms or whatsapp", channel)
	}
	for i := range n {
		message := template
		a.data.LastID++
		at := now.Add(-time.Duration(n-1-i) * time.Minute)
		message.ID, message.Created, message.SentAt, message.Status = a.data.LastID, at, at, statusSent
		message.Recipient, message.Text = "+923004445566", fmt.Sprintf("Message %d", i+1)
		a.keepMessages(&message)
	}
	return nil
}

// SetDelivery ends a message at once with a status in the vendor's words.
func (a *Emulator) SetDelivery(messageID, status string) bool {
	for _, message := range a.data.Messages {
		if strconv.Itoa(message.ID) == messageID {
			message.Status, message.SentAt = status, message.Created
			return true
		}
	}
	return false
}

// sent lists what has left the queue, pending what has not, newest first: the
// vendor documents no order.
func (a *Emulator) sent(channel, title string) func(*emulate.Exchange, *input) emulate.Answer {
	return a.messages(channel, title, false)
}

func (a *Emulator) pending(channel, title string) func(*emulate.Exchange, *input) emulate.Answer {
	return a.messages(channel, title, true)
}

func (a *Emulator) messages(channel, title string, pending bool) func(*emulate.Exchange, *input) emulate.Answer {
	return func(x *emulate.Exchange, in *input) emulate.Answer {
		var rows []map[string]any
		for _, message := range slices.Backward(a.data.Messages) {
			if message.Channel == channel && message.pending(x.Now) == pending {
				rows = append(rows, message.row(pending))
			}
		}
		return listPage(a, in, title, rows)
	}
}

// message finds a single message that is sent. Each direction has a permission
// of its own, and the sandbox receives nothing.
func (a *Emulator) message(channel, permission string) func(*emulate.Exchange, *input) emulate.Answer {
	return func(x *emulate.Exchange, in *input) emulate.Answer {
		direction := in.choice("type", "", "sent", "received")
		in.required("id")
		id := in.number("id", 0, 0)
		if in.problem != "" {
			return emulate.Answer{}
		}
		if !a.permits("get_" + permission + "_" + direction) {
			return a.denied()
		}
		for _, message := range a.data.Messages {
			if message.ID != id || message.Channel != channel || message.pending(x.Now) || direction != "sent" {
				continue
			}
			if a.settings.SingleAsArray {
				return a.success(in, "Message was found!", []any{message.row(false)})
			}
			return a.success(in, "Message was found!", message.row(false))
		}
		return a.problem(http.StatusNotFound, "Message was not found!")
	}
}

// row is a message as lists show it. WhatsApp shows the phone number of the
// account, not its unique ID (AndroidAPI reference §9.6).
func (m *message) row(pending bool) map[string]any {
	out := map[string]any{"id": m.ID, "api": true, "recipient": m.Recipient, "message": m.Text, "created": m.Created.Unix()}
	if !pending {
		out["status"] = m.Status
	}
	if m.Channel == "whatsapp" {
		out["account"], out["attachment"] = m.Account, false
		return out
	}
	out["mode"], out["sender"], out["sender_type"], out["sim"], out["priority"] = m.Mode, m.Sender, m.SenderType, m.SIM, false
	if !pending {
		out["status_code"] = m.StatusCode
	}
	return out
}
