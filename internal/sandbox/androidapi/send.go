package androidapi

import (
	"crypto/subtle"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// maxCodes is how many codes AndroidAPI remembers.
const maxCodes = 5000

// sending is a send that has been read.
type sending struct {
	phone, text string
	expire      time.Duration
	message     message
	counter     string  // of the package
	cost        float64 // credits
	urgent      bool    // not queued
	fails       bool    // reaches nobody
	offline     bool    // its device fetches nothing
}

// sendOTP makes a code and sends it (AndroidAPI reference §7.1).
func (a *Emulator) sendOTP(x *emulate.Exchange, in *input) emulate.Answer {
	channel := in.choice("type", "", "sms", "whatsapp")
	send := sending{text: in.required("message"), phone: in.phone("phone")}
	send.expire = time.Duration(in.number("expire", 300, math.MaxInt32)) * time.Second
	hasCode := strings.Contains(send.text, "{{otp}}")
	if !hasCode && !a.settings.OptionalPlaceholder {
		in.complain("message is without {{otp}}")
	}
	var refused *emulate.Answer
	switch {
	case channel == "whatsapp":
		refused = a.readWhatsApp(in, &send)
		in.ignore("it is for SMS", "mode", "device", "gateway", "sim")
	case in.choice("mode", "", "devices", "credits") == "devices":
		refused = a.readDevice(in, &send)
		in.ignore("it is for the mode credits", "gateway")
		in.ignore("it is for WhatsApp", "account", "priority")
	default:
		refused = a.readGateway(in, &send)
		in.ignore("it is for the mode devices", "device", "sim")
		in.ignore("it is for WhatsApp", "account", "priority")
	}
	account := &a.data.Account
	switch {
	case in.problem != "":
		return emulate.Answer{}
	case refused != nil:
		return *refused
	case account.usedUp(send.counter):
		return a.exhausted("The limit of your package is reached!")
	case send.cost > account.Credits:
		return a.exhausted("Not enough credits!")
	}

	code := a.code(x)
	if x.Err != nil {
		return emulate.Answer{}
	}
	// A number, without leading zeros (AndroidAPI reference §1.6).
	number, err := strconv.Atoi(code)
	if err != nil {
		x.Err = err
		return emulate.Answer{}
	}
	account.Credits = emulate.Money(account.Credits - send.cost)
	account.use(send.counter)
	sent := &sentCode{Phone: send.phone, Code: code, ExpiresAt: x.Now.Add(send.expire)}
	a.remember(sent)
	send.message.Recipient, send.message.Text = send.phone, strings.ReplaceAll(send.text, "{{otp}}", code)
	shown := code
	if !hasCode {
		shown = ""
	}
	data := map[string]any{"phone": send.phone, "message": send.message.Text, "otp": number}
	id := a.queue(x, send, shown)
	sent.MessageID = strconv.Itoa(id)
	if a.settings.MessageID != MessageIDNone {
		data[a.settings.MessageID] = id
	}
	return a.success(in, "OTP has been sent!", data)
}

// code is six digits, as in every sample.
func (a *Emulator) code(x *emulate.Exchange) string {
	if a.settings.LeadingZeros {
		return x.Code(emulate.Digits, 6)
	}
	return x.Code(emulate.Digits[1:], 1) + x.Code(emulate.Digits, 5)
}

func (a *Emulator) readDevice(in *input, send *sending) *emulate.Answer {
	unique := in.required("device")
	// Which slot is taken when it is left out is not stated.
	sim := in.number("sim", 1, 2)
	if !slices.ContainsFunc(a.data.Account.Devices, func(d Device) bool { return d.Unique == unique }) {
		return a.noDevice()
	}
	send.offline = slices.Contains(a.data.Account.OfflineDevices, unique)
	send.counter = "sms_send"
	send.message = message{Channel: "sms", Mode: "Devices", Sender: unique, SenderType: "device", SIM: sim, StatusCode: "SMS_SENT"}
	return nil
}

// readGateway takes the number of a gateway or the unique ID of a partner
// device. A price in another currency is taken as it stands: how the vendor
// converts is not documented.
func (a *Emulator) readGateway(in *input, send *sending) *emulate.Answer {
	handle := in.required("gateway")
	send.counter = "sms_send"
	for _, gateway := range a.data.Account.Gateways {
		if strconv.Itoa(gateway.ID) != handle {
			continue
		}
		price, ok := gateway.Pricing.Countries[strings.ToLower(emulate.Country(send.phone))]
		if !ok {
			price = gateway.Pricing.Default
		}
		cost, err := strconv.ParseFloat(price, 64)
		if err != nil {
			in.x.Err = err // the account was checked: this cannot be the request's fault
		}
		send.cost = cost
		send.message = message{Channel: "sms", Mode: "Credits", Sender: gateway.Name, SenderType: "gateway"}
		return nil
	}
	for _, partner := range a.data.Account.Partners {
		if partner.Unique == handle {
			send.cost = partner.Rate
			send.message = message{Channel: "sms", Mode: "Credits", Sender: handle, SenderType: "partner_device", SIM: 1, StatusCode: "SMS_SENT"}
			return nil
		}
	}
	return a.noDevice()
}

func (a *Emulator) noDevice() *emulate.Answer {
	return new(a.problem(http.StatusNotFound, "Device doesn't exist!"))
}

func (a *Emulator) noAccount() *emulate.Answer {
	return new(a.problem(http.StatusNotFound, "WhatsApp account doesn't exist!"))
}

func (a *Emulator) readWhatsApp(in *input, send *sending) *emulate.Answer {
	unique := in.required("account") // marked optional; that WhatsApp needs it is inferred
	priority := in.number("priority", 2, 2)
	account := a.data.Account.account(unique)
	if account == nil {
		return a.noAccount()
	}
	if account.Status != WhatsAppConnected && a.settings.RefuseDisconnected {
		return a.noAccount()
	}
	send.counter = "wa_send"
	send.message = message{Channel: "whatsapp", Account: account.Phone}
	send.urgent = priority == 1
	send.fails = account.Status != WhatsAppConnected || slices.Contains(a.data.Account.NotOnWhatsApp, send.phone)
	return nil
}

// remember keeps a code. Codes of earlier sends stay valid: that several may
// live at once is not documented (AndroidAPI reference §14.11).
func (a *Emulator) remember(code *sentCode) {
	a.data.Codes = emulate.Newest(a.data.Codes, maxCodes, code)
}

// verifyOTP takes no phone number: every live code of the customer passes
// (AndroidAPI reference §7.2).
func (a *Emulator) verifyOTP(x *emulate.Exchange, in *input) emulate.Answer {
	otp := in.required("otp")
	if in.problem != "" {
		return emulate.Answer{}
	}
	for _, code := range a.data.Codes {
		if subtle.ConstantTimeCompare([]byte(code.Code), []byte(otp)) != 1 || !x.Now.Before(code.ExpiresAt) || (code.Used && !a.settings.ReusableCodes) {
			continue
		}
		code.Used = true
		x.About = code.MessageID
		return a.success(in, "OTP has been verified!", false)
	}
	return a.problem(http.StatusForbidden, "OTP is invalid or expired!")
}
