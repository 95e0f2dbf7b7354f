package myotp

import (
	"net/http"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

func (m *Emulator) checkStatus(x *emulate.Exchange, in *input) emulate.Answer {
	in.only("message_id")
	in.required("message_id")
	messageID := in.text("message_id", "")
	if in.problem != "" {
		return m.Refuse(x.Path, http.StatusBadRequest, in.problem)
	}
	challenge := m.find(messageID, x.Now)
	if challenge == nil {
		return m.unknownStatus(x)
	}
	dlr := m.delivery(challenge, x.Now)
	out := m.activeFlags(challenge.active(x.Now))
	out["DLR"], out["expires_at"] = dlr, emulate.Timestamp(challenge.ExpiresAt)
	if m.settings.CheckFields == CheckAliases {
		out["DLR:"] = dlr
	}
	return emulate.JSON(http.StatusOK, out)
}

func (m *Emulator) unknownStatus(x *emulate.Exchange) emulate.Answer {
	const sentence = "Message not found"
	if m.settings.UnknownID404 {
		return m.Refuse(x.Path, http.StatusNotFound, sentence)
	}
	out := m.activeFlags(false)
	out["message"] = sentence
	if m.settings.CheckFields == CheckAliases {
		out["Message:"] = sentence
	}
	return emulate.JSON(http.StatusOK, out)
}

// activeFlags is the active flag under its older and its newer name.
func (m *Emulator) activeFlags(active bool) map[string]any {
	out := map[string]any{}
	if m.settings.CheckFields != CheckSeed {
		out["is_active"] = active
	}
	if m.settings.CheckFields != CheckNewer {
		out["is_valid"] = active
	}
	return out
}

// Standing is how a message and its code stand.
func (m *Emulator) Standing(messageID string, now time.Time) (emulate.Standing, bool) {
	challenge := m.find(messageID, now)
	if challenge == nil {
		return emulate.Standing{}, false
	}
	return emulate.Standing{Delivery: m.delivery(challenge, now), Used: challenge.Consumed, ExpiresAt: challenge.ExpiresAt}, true
}

// delivery is the report on a message, in the words of its channel. A message
// is under way for some seconds and delivered from then on.
func (m *Emulator) delivery(challenge *challenge, now time.Time) string {
	pending := m.settings.PendingSeconds > 0 && now.Before(challenge.SentAt.Add(time.Duration(m.settings.PendingSeconds)*time.Second))
	switch {
	case !m.data.Account.entitled("DLR_ACCESS"):
		return "Not available with your plan"
	case challenge.Delivery != "":
		return challenge.Delivery
	case challenge.Channel == "sms" && pending:
		return "Pending: the carrier has not reported yet"
	case challenge.Channel == "sms":
		return "DELIVRD"
	case pending:
		return "sent"
	}
	return "delivered"
}

// SetDelivery ends a message at once with a status in the vendor's words. False:
// there is no such message.
func (m *Emulator) SetDelivery(messageID, status string) bool {
	for _, challenge := range m.data.Challenges {
		if challenge.MessageID == messageID {
			challenge.Delivery = status
			return true
		}
	}
	return false
}
