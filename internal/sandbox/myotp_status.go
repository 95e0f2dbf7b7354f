package sandbox

import "net/http"

func (m *myotp) checkStatus(x *exchange, in *myotpInput) answer {
	in.only("message_id")
	in.required("message_id")
	messageID := in.text("message_id", "")
	if in.problem != "" {
		return m.refuse(x.path, http.StatusBadRequest, in.problem)
	}
	challenge := m.find(messageID, x.now)
	if challenge == nil {
		return m.unknownStatus(x)
	}
	dlr := m.delivery(challenge)
	challenge.Checks++
	out := m.activeFlags(challenge.active(x.now))
	out["DLR"], out["expires_at"] = dlr, timestamp(challenge.ExpiresAt)
	if m.settings.CheckFields == CheckAliases {
		out["DLR:"] = dlr
	}
	return jsonAnswer(http.StatusOK, out)
}

func (m *myotp) unknownStatus(x *exchange) answer {
	const sentence = "Message not found"
	if m.settings.UnknownID404 {
		return m.refuse(x.path, http.StatusNotFound, sentence)
	}
	out := m.activeFlags(false)
	out["message"] = sentence
	if m.settings.CheckFields == CheckAliases {
		out["Message:"] = sentence
	}
	return jsonAnswer(http.StatusOK, out)
}

// activeFlags is the active flag under its older and its newer name.
func (m *myotp) activeFlags(active bool) map[string]any {
	out := map[string]any{}
	if m.settings.CheckFields != CheckSeed {
		out["is_active"] = active
	}
	if m.settings.CheckFields != CheckNewer {
		out["is_valid"] = active
	}
	return out
}

// delivery is the report on a message, in the words of its channel. A message
// is under way when first asked about and delivered from then on.
func (m *myotp) delivery(challenge *myotpChallenge) string {
	switch {
	case !m.data.Account.entitled("DLR_ACCESS"):
		return "Not available with your plan"
	case challenge.Delivery != "":
		return challenge.Delivery
	case challenge.Channel == "sms" && challenge.Checks == 0:
		return "Pending: the carrier has not reported yet"
	case challenge.Channel == "sms":
		return "DELIVRD"
	case challenge.Checks == 0:
		return "sent"
	}
	return "delivered"
}

func (m *myotp) setDelivery(messageID, status string) bool {
	for _, challenge := range m.data.Challenges {
		if challenge.MessageID == messageID {
			challenge.Delivery = status
			return true
		}
	}
	return false
}
