package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// myotpWhatsApp is how long the codes of each WhatsApp template live; their
// expiry overrides otp_validity (MyOTP reference §2).
var myotpWhatsApp = map[int]time.Duration{12: 5 * time.Minute, 13: 10 * time.Minute, 14: 5 * time.Minute, 15: 10 * time.Minute}

// myotpGated are the fields only some plans may send (MyOTP reference §1).
var myotpGated = []struct{ field, entitlement string }{
	{"otp_length", "CUSTOM_OTP_LENGTH"},
	{"otp_validity", "CUSTOM_OTP_EXPIRY"},
	{"template_order", "ACCESS_TO_TEMPLATES"},
}

type myotpSend struct {
	phone, channel, brand, ownCode string
	length, template               int
	validity                       time.Duration
	force, returnCode              bool
}

func (m *myotp) generate(x *exchange, in *myotpInput) answer {
	for _, gated := range myotpGated {
		if in.has(gated.field) && !m.data.Account.entitled(gated.entitlement) {
			return m.notEntitled(x, gated.entitlement)
		}
	}
	send := m.readSend(in)
	if in.problem != "" {
		return m.refuse(x.path, http.StatusBadRequest, in.problem)
	}
	if !send.force && m.latest(send.phone, x.now) != nil {
		return m.refuse(x.path, http.StatusConflict, "OTP already active")
	}
	cost := m.data.Account.Prices[send.channel]
	if cost > m.data.Account.Balance {
		return m.insufficientBalance(x)
	}

	challenge := &myotpChallenge{
		MessageID: x.uuid(), Phone: send.phone, Channel: send.channel, Code: send.ownCode,
		SentAt: x.now, ExpiresAt: x.now.Add(send.validity),
	}
	if challenge.Code == "" {
		challenge.Code = x.code(digits, send.length)
	}
	if x.err != nil {
		return answer{}
	}
	m.data.Account.Balance -= cost
	m.keep(challenge, x.now)
	m.recordSend(challenge, cost, send.force, x.remoteIP)
	x.send(Message{
		Vendor: m.name(), Channel: send.channel, To: "+" + send.phone, Sender: send.brand, Code: challenge.Code, MessageID: challenge.MessageID,
		// The wording of a template is not published; this one is the sandbox's own.
		Text: fmt.Sprintf("%s is your %s code. (template %d)", challenge.Code, send.brand, send.template),
	})
	out := map[string]any{
		"message_id": challenge.MessageID, "status": "accepted", "message": "OTP sent",
		"date_sent": timestamp(challenge.SentAt), "expires_at": timestamp(challenge.ExpiresAt), "cost": cost,
	}
	if send.returnCode {
		out["otp"] = challenge.Code
	}
	return jsonAnswer(http.StatusOK, out)
}

// readSend reads the body of a send against the ranges of its channel.
func (m *myotp) readSend(in *myotpInput) myotpSend {
	in.only("phone_number", "otp_length", "otp_validity", "template_order", "force_send", "return_otp", "brand", "channel", "otp_code")
	in.required("phone_number")
	send := myotpSend{
		phone: in.matching("phone_number", myotpPhone), channel: in.text("channel", "sms"),
		brand: "MyOTP.App", ownCode: in.matching("otp_code", myotpCode),
		force: in.flag("force_send"), returnCode: in.flag("return_otp"),
	}
	if in.has("brand") {
		send.brand = in.matching("brand", myotpBrand)
	}
	if !slices.Contains([]string{"sms", "whatsapp", "telegram"}, send.channel) {
		in.complain("channel must be one of sms, whatsapp, telegram")
	}
	m.readCodeRange(in, &send)
	m.readTemplate(in, &send)
	if in.problem != "" {
		return send
	}
	switch destination := alpha3(country("+" + send.phone)); {
	case destination == "":
		in.complain("Destination could not be determined")
	case slices.Contains(m.data.Account.UnpricedCountries, destination):
		in.complain("Service not available for this destination")
	}
	return send
}

func (m *myotp) readCodeRange(in *myotpInput, send *myotpSend) {
	shortest, validFrom, validTo := 4, 60, 86400
	if m.settings.SeedRanges {
		shortest, validFrom, validTo = 3, 30, 14400
	}
	if send.channel == "telegram" {
		shortest, validFrom, validTo = 4, 30, 3600
		if send.ownCode != "" && len(send.ownCode) < shortest {
			in.complain("otp_code must have 4 to 8 digits for telegram")
		}
	}
	if send.ownCode == "" { // otherwise otp_length is ignored
		send.length = in.between("otp_length", 6, shortest, 8)
	}
	if send.channel == "whatsapp" { // the template decides
		in.integer("otp_validity", 300)
		return
	}
	send.validity = time.Duration(in.between("otp_validity", 300, validFrom, validTo)) * time.Second
}

func (m *myotp) readTemplate(in *myotpInput, send *myotpSend) {
	switch send.channel {
	case "telegram":
		if in.has("template_order") {
			in.complain("template_order is not available for telegram")
		}
	case "whatsapp":
		send.template = in.integer("template_order", 12)
		validity, ok := myotpWhatsApp[send.template]
		if !ok {
			in.complain("template_order must be between 12 and 15 for whatsapp")
		}
		send.validity = validity
	default:
		send.template = in.between("template_order", 1, 1, 99)
	}
}

// latest is the most recent active challenge of a phone, or nil.
func (m *myotp) latest(phone string, now time.Time) *myotpChallenge {
	for _, challenge := range slices.Backward(m.data.Challenges) {
		if challenge.Phone == phone && challenge.active(now) {
			return challenge
		}
	}
	return nil
}

// find is the challenge of a message ID, or nil. Data is kept for a day after
// expiry (MyOTP reference §5).
func (m *myotp) find(messageID string, now time.Time) *myotpChallenge {
	for _, challenge := range m.data.Challenges {
		if challenge.MessageID == messageID && !challenge.forgotten(now) {
			return challenge
		}
	}
	return nil
}

func (c *myotpChallenge) forgotten(now time.Time) bool {
	return !now.Before(c.ExpiresAt.Add(24 * time.Hour))
}

func (m *myotp) keep(challenge *myotpChallenge, now time.Time) {
	m.data.Challenges = slices.DeleteFunc(m.data.Challenges, func(c *myotpChallenge) bool { return c.forgotten(now) })
	m.data.Challenges = append(m.data.Challenges, challenge)
}
