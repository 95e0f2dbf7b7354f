package myotp

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// whatsAppTemplates are the language of each WhatsApp template and how long its
// codes live, which overrides otp_validity (MyOTP reference §2).
var whatsAppTemplates = map[int]struct {
	locale   string
	validity time.Duration
}{12: {"en", 5 * time.Minute}, 13: {"en", 10 * time.Minute}, 14: {"es-MX", 5 * time.Minute}, 15: {"es-MX", 10 * time.Minute}}

// gatedFields are the fields only some plans may send (MyOTP reference §1).
var gatedFields = []struct {
	field, entitlement string
	absent             int // the documented default
}{
	{"otp_length", "CUSTOM_OTP_LENGTH", 6},
	{"otp_validity", "CUSTOM_OTP_EXPIRY", 300},
	{"template_order", "ACCESS_TO_TEMPLATES", 1},
}

type sending struct {
	phone, channel, brand, ownCode string
	length, template               int    // template is 0 on Telegram, which has none
	locale                         string // of the template, where it is known
	validity                       time.Duration
	force, returnCode              bool
}

func (m *Emulator) generate(x *emulate.Exchange, in *input) emulate.Answer {
	for _, gated := range gatedFields {
		usual := !m.settings.GatePresence && in.equals(gated.field, gated.absent)
		if in.has(gated.field) && !usual && !m.data.Account.entitled(gated.entitlement) {
			return m.notEntitled(x, gated.entitlement)
		}
	}
	send := m.readSend(in)
	if in.problem != "" {
		return m.Refuse(x.Path, http.StatusBadRequest, in.problem)
	}
	if !send.force && m.latest(send.phone, x.Now) != nil {
		return m.Refuse(x.Path, http.StatusConflict, "OTP already active")
	}
	cost := m.data.Account.Prices[send.channel]
	if cost > m.data.Account.Balance {
		return m.insufficientBalance(x)
	}

	challenge := &challenge{
		MessageID: x.UUID(), Phone: send.phone, Channel: send.channel, Code: send.ownCode,
		SentAt: x.Now, ExpiresAt: x.Now.Add(send.validity),
	}
	if challenge.Code == "" {
		challenge.Code = x.Code(emulate.Digits, send.length)
	}
	if x.Err != nil {
		return emulate.Answer{}
	}
	m.data.Account.Balance -= cost
	m.keep(challenge, x.Now)
	m.recordSend(challenge, cost, send.force, x.RemoteIP)
	// The wording of a template is not published; this one is the sandbox's own.
	text := fmt.Sprintf("%s is your %s code.", challenge.Code, send.brand)
	if send.template != 0 {
		text += fmt.Sprintf(" (template %d)", send.template)
	}
	x.Send(emulate.Message{
		Vendor: m.Name(), Channel: send.channel, To: "+" + send.phone, Sender: send.brand, Code: challenge.Code, MessageID: challenge.MessageID,
		Cost: cost, Unit: "credits", ExpiresAt: challenge.ExpiresAt,
		Text: text, Locale: send.locale,
	})
	out := map[string]any{
		"message_id": challenge.MessageID, "status": "accepted", "message": "OTP sent",
		"date_sent": emulate.Timestamp(challenge.SentAt), "expires_at": emulate.Timestamp(challenge.ExpiresAt), "cost": cost,
	}
	if send.returnCode {
		out["otp"] = challenge.Code
	}
	return emulate.JSON(http.StatusOK, out)
}

// readSend reads the body of a send against the ranges of its channel.
func (m *Emulator) readSend(in *input) sending {
	in.only("phone_number", "otp_length", "otp_validity", "template_order", "force_send", "return_otp", "brand", "channel", "otp_code")
	in.required("phone_number")
	send := sending{
		phone: in.matching("phone_number", phonePattern), channel: in.text("channel", "sms"),
		brand: m.data.Account.Brand, ownCode: in.matching("otp_code", codePattern),
		force: in.flag("force_send"), returnCode: in.flag("return_otp"),
	}
	if in.has("brand") {
		send.brand = in.matching("brand", brandPattern)
		if slices.ContainsFunc(m.data.Account.DeniedBrands, func(denied string) bool { return strings.EqualFold(denied, send.brand) }) {
			in.complain("brand is not allowed")
		}
	}
	if !slices.Contains([]string{"sms", "whatsapp", "telegram"}, send.channel) {
		in.complain("channel must be one of sms, whatsapp, telegram")
	}
	m.readCodeRange(in, &send)
	m.readTemplate(in, &send)
	if in.problem != "" {
		return send
	}
	switch destination := emulate.Alpha3(emulate.Country("+" + send.phone)); {
	case destination == "":
		in.complain("Destination could not be determined")
	case slices.Contains(m.data.Account.UnpricedCountries, destination):
		in.complain("Service not available for this destination")
	}
	return send
}

func (m *Emulator) readCodeRange(in *input, send *sending) {
	shortest, validFrom, validTo := 3, 30, 86400
	switch m.settings.Ranges {
	case RangesSeed:
		validTo = 14400
	case RangesOpenAPI:
		shortest, validFrom = 4, 60
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

func (m *Emulator) readTemplate(in *input, send *sending) {
	switch send.channel {
	case "telegram":
		if in.has("template_order") {
			in.complain("template_order is not available for telegram")
		}
	case "whatsapp":
		send.template = in.integer("template_order", 12)
		template, ok := whatsAppTemplates[send.template]
		if !ok {
			in.complain("template_order must be between 12 and 15 for whatsapp")
		}
		send.validity, send.locale = template.validity, template.locale
	default:
		send.template = in.between("template_order", 1, 1, 99)
	}
}

// latest is the most recent active challenge of a phone, or nil.
func (m *Emulator) latest(phone string, now time.Time) *challenge {
	for _, challenge := range slices.Backward(m.data.Challenges) {
		if challenge.Phone == phone && challenge.active(now) {
			return challenge
		}
	}
	return nil
}

// find is the challenge of a message ID, or nil. Data is kept for a day after
// expiry (MyOTP reference §5).
func (m *Emulator) find(messageID string, now time.Time) *challenge {
	for _, challenge := range m.data.Challenges {
		if challenge.MessageID == messageID && !challenge.forgotten(now) {
			return challenge
		}
	}
	return nil
}

func (c *challenge) forgotten(now time.Time) bool {
	return !now.Before(c.ExpiresAt.Add(24 * time.Hour))
}

func (m *Emulator) keep(sent *challenge, now time.Time) {
	m.data.Challenges = slices.DeleteFunc(m.data.Challenges, func(c *challenge) bool { return c.forgotten(now) })
	m.data.Challenges = append(m.data.Challenges, sent)
}
