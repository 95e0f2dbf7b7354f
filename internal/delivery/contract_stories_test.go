package delivery_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
)

// operation is a call of documents, as contract files name it.
type operation struct {
	vendor otp.Vendor
	name   string
	verb   string
	// tell is the story of a file: one that makes its request, where a document
	// can. What the file does not say is as usual.
	tell func(replay.File) story
	// adjust makes of the fields of a file's request those of a document's, which
	// says what the file leaves to the vendor, and leaves out what has no meaning.
	adjust func(fields map[string]any)
	// codeField is where a code of the sender's own making travels.
	codeField string
}

var operations = []operation{
	{vendor: otp.AndroidAPI, name: "send_otp", verb: "send", tell: androidAPISend, adjust: func(fields map[string]any) {
		say(fields, "expire", "300")
		if fields["type"] == string(otp.WhatsApp) {
			say(fields, "priority", "2")
		}
	}},
	{vendor: otp.AndroidAPI, name: "get_otp", verb: "verify", tell: androidAPIVerify},
	{vendor: otp.AndroidAPI, name: "sms_message", verb: "status", tell: androidAPIStatus(overDevice)},
	{vendor: otp.AndroidAPI, name: "wa_message", verb: "status", tell: androidAPIStatus(overWhatsApp)},
	{vendor: otp.MyOTP, name: "generate_otp", verb: "send", tell: myOTPSend, adjust: func(fields map[string]any) {
		say(fields, "channel", "sms", "brand", "Acme", "force_send", false, "return_otp", false)
		// Smaller plans may be refused for these fields, so the vendor's defaults are
		// not sent (MyOTP reference §1).
		leave(fields, "otp_length", "6", "otp_validity", "300")
		if fields["channel"] == string(otp.SMS) {
			leave(fields, "template_order", "1")
		}
	}},
	{vendor: otp.MyOTP, name: "verify_otp", verb: "verify", tell: myOTPVerify, adjust: func(fields map[string]any) {
		say(fields, "phone_number", american[1:])
	}},
	{vendor: otp.MyOTP, name: "extend_otp", verb: "extend", tell: myOTPLater},
	{vendor: otp.MyOTP, name: "check_otp_status", verb: "status", tell: myOTPLater},
	{vendor: otp.Octopush, name: "otp_generate", verb: "send", tell: octopushSend, adjust: func(fields map[string]any) {
		say(fields, "channel", "sms", "code_length", 6, "allow_digits", true, "allow_upper_case", false, "allow_lower_case", false,
			"allow_special_chars", false, "remove_confusing_characters", false, "validity_period", 300, "max_wrong_attempts", 3)
		if fields["channel"] == string(otp.SMS) { // nobody speaks
			delete(fields, "voice_language")
			delete(fields, "voice_gender")
		}
	}},
	{vendor: otp.Octopush, name: "otp_validate", verb: "verify", tell: octopushVerify, adjust: func(fields map[string]any) {
		say(fields, "phone_number", parisian)
	}},
	{vendor: otp.Way2API, name: "send_otp_pin", verb: "send", tell: way2APISend, codeField: "value"},
}

// say adds fields, names and values in turn, that are not there.
func say(fields map[string]any, more ...any) {
	for i := 0; i < len(more); i += 2 {
		name, _ := more[i].(string)
		if _, said := fields[name]; !said {
			fields[name] = more[i+1]
		}
	}
}

// leave takes out fields, names and values in turn, that have this value.
func leave(fields map[string]any, defaults ...string) {
	for i := 0; i < len(defaults); i += 2 {
		if textOf(fields, defaults[i]) == defaults[i+1] {
			delete(fields, defaults[i])
		}
	}
}

// The people of the contract files.
const (
	american  = "+14155550123"
	parisian  = "+33600000001"
	pakistani = "+923004445566"
)

// begin is a story through one route, for everybody, with the credentials of the
// file.
func begin(file replay.File, route otp.Route, phone string) story {
	s := valid(route)
	s.profile.AllowedCountries, s.profile.Routes[0].Countries, s.template.Translations = nil, nil, nil
	environment := map[string]string{
		"OTP_ANDROIDAPI_SECRET": made, "OTP_MYOTP_API_KEY": made,
		"OTP_OCTOPUSH_API_LOGIN": "ops@acme.example", "OTP_OCTOPUSH_API_KEY": made, "OTP_WAY2API_API_KEY": made,
	}
	for name, variable := range map[string]string{
		"X-API-Key": "OTP_MYOTP_API_KEY", "api-login": "OTP_OCTOPUSH_API_LOGIN", "api-key": "OTP_OCTOPUSH_API_KEY", "Authorization": "OTP_WAY2API_API_KEY",
	} {
		if value := file.Request.Headers[name]; value != "" {
			environment[variable] = strings.TrimPrefix(value, "Bearer ")
		}
	}
	if secret := textOf(file.Fields(), "secret"); secret != "" {
		environment["OTP_ANDROIDAPI_SECRET"] = secret
	}
	return story{setup: s, to: delivery.Recipient{Phone: phone}, environment: environment, typed: code}
}

// textOf is a field as text; empty where there is none.
func textOf(fields map[string]any, name string) string {
	switch value := fields[name].(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	return ""
}

// textOr is a field as text, or what is usual where the file has no such field.
func textOr(fields map[string]any, name, usual string) string {
	if _, said := fields[name]; !said {
		return usual
	}
	return textOf(fields, name)
}

// numberOf is a field as a number; nil where it is none.
func numberOf(fields map[string]any, name string) *int64 {
	number, err := strconv.ParseInt(textOf(fields, name), 10, 64)
	if err != nil {
		return nil
	}
	return &number
}

// flagOf is a field as a flag; nil where it is none.
func flagOf(fields map[string]any, name string) *bool {
	if value, ok := fields[name].(bool); ok {
		return &value
	}
	return nil
}

// policyFor is a code policy that a code fits.
func policyFor(code string) *otp.CodePolicy {
	letters := !digits.MatchString(code)
	return &otp.CodePolicy{Length: new(int64(len(code))), UpperCase: &letters, LowerCase: &letters}
}

func androidAPISend(file replay.File) story {
	f := file.Fields()
	s := begin(file, overDevice, textOr(f, "phone", pakistani))
	if textOf(f, "type") == string(otp.WhatsApp) {
		route := otp.Route{Vendor: otp.AndroidAPI, Channel: otp.WhatsApp, WhatsAppAccount: textOf(f, "account")}
		if priority := textOf(f, "priority"); priority != "" {
			route.AndroidAPI = &otp.AndroidAPIRoute{Priority: new(priority == "1")}
		}
		s.setup.profile.Routes[0] = route
	} else {
		s.setup.profile.Routes[0].Channel = otp.Channel(textOr(f, "type", string(otp.SMS)))
		sender := &otp.AndroidAPISender{Device: textOf(f, "device"), Gateway: textOf(f, "gateway"), SIM: numberOf(f, "sim")}
		if sender.Gateway != "" && !digits.MatchString(sender.Gateway) {
			sender.AllowPartnerDevice = new(true)
		}
		if *sender == (otp.AndroidAPISender{}) && len(f) == 0 {
			sender.Device = device
		}
		s.setup.senders[1].AndroidAPI = sender
	}
	s.setup.template.Text = textOr(f, "message", s.setup.template.Text)
	s.setup.profile.ValiditySeconds = numberOf(f, "expire")
	return s
}

func androidAPIVerify(file replay.File) story {
	s := begin(file, overDevice, pakistani)
	s.typed = textOr(file.Fields(), "otp", code)
	s.setup.profile.Code = policyFor(s.typed)
	s.before = answer(200, fmt.Sprintf(`{"status": 200, "message": "OTP has been sent!", "data": {"messageId": 901, "otp": %q}}`, s.typed))
	return s
}

func androidAPIStatus(route otp.Route) func(replay.File) story {
	return func(file replay.File) story {
		s := begin(file, route, pakistani)
		s.before = answer(200, fmt.Sprintf(`{"status": 200, "message": "OTP has been sent!", "data": {"messageId": %q, "otp": 482913}}`, textOr(file.Fields(), "id", "1042")))
		return s
	}
}

func myOTPSend(file replay.File) story {
	f := file.Fields()
	channel := otp.Channel(textOr(f, "channel", string(otp.SMS)))
	s := begin(file, otp.Route{Vendor: otp.MyOTP, Channel: channel}, "+"+textOr(f, "phone_number", american[1:]))
	s.setup.profile.Code, s.setup.profile.ValiditySeconds = &otp.CodePolicy{Length: numberOf(f, "otp_length")}, numberOf(f, "otp_validity")
	s.setup.template.MyOTP = nil
	switch number := numberOf(f, "template_order"); {
	case number == nil:
	case channel == otp.SMS:
		s.setup.template.MyOTP = &otp.MyOTPTemplate{TemplateOrder: number}
	default:
		s.setup.template.MyOTP = &otp.MyOTPTemplate{WhatsAppTemplateOrder: number}
	}
	s.setup.brand.DisplayName = textOr(f, "brand", "Acme")
	force, handOut := flagOf(f, "force_send"), flagOf(f, "return_otp")
	s.resend, s.trial = force != nil && *force, handOut != nil && *handOut
	return s
}

// myOTPLater is about the message of the file. A send whose answer was lost has
// no message ID, so that a code is verified by phone alone.
func myOTPLater(file replay.File) story {
	f := file.Fields()
	s := begin(file, overMyOTP, "+"+textOr(f, "phone_number", american[1:]))
	if seconds := numberOf(f, "duration"); seconds != nil {
		s.seconds = *seconds
	} else {
		s.seconds = 600
	}
	s.before = answer(500, ``)
	if id := textOr(f, "message_id", "3f0c1d2e-4b5a-4c6d-8e7f-0a1b2c3d4e5f"); id != "" && (f["message_id"] != nil || f["phone_number"] == nil) {
		s.before = answer(200, fmt.Sprintf(`{"status": "accepted", "message_id": %q}`, id))
	}
	return s
}

func myOTPVerify(file replay.File) story {
	s := myOTPLater(file)
	s.typed = textOr(file.Fields(), "otp", code)
	s.setup.profile.Code = policyFor(s.typed)
	return s
}

func octopushSend(file replay.File) story {
	f := file.Fields()
	s := begin(file, overOctopush, textOr(f, "phone_number", parisian))
	route := &s.setup.profile.Routes[0]
	route.Octopush = &otp.OctopushRoute{}
	if textOf(f, "channel") == string(otp.VoiceSMS) {
		route.Channel = otp.VoiceSMS
		route.Octopush.Voice = &otp.Voice{Language: textOf(f, "voice_language"), Gender: textOf(f, "voice_gender")}
	}
	if address := textOf(f, "recipient_ip"); address != "" {
		route.Octopush.BindRecipientIP, s.to.IP = new(true), address
	}
	if sender := textOf(f, "sender"); sender != "" {
		s.setup.senders[0].Octopush.Sender = sender
	} else if len(f) > 0 {
		route.SenderID = ""
	}
	s.setup.template.Text = strings.NewReplacer("{code}", "{{otp}}", "{hh:mm:ss}", "{{expiry_time}}").Replace(textOr(f, "text", s.setup.template.Text))
	s.setup.profile.Code = &otp.CodePolicy{
		Length: numberOf(f, "code_length"), Digits: flagOf(f, "allow_digits"), UpperCase: flagOf(f, "allow_upper_case"), LowerCase: flagOf(f, "allow_lower_case"),
		SpecialCharacters: flagOf(f, "allow_special_chars"), ExcludeConfusing: flagOf(f, "remove_confusing_characters"),
	}
	s.setup.profile.ValiditySeconds, s.setup.profile.MaxWrongAttempts = numberOf(f, "validity_period"), numberOf(f, "max_wrong_attempts")
	return s
}

func octopushVerify(file replay.File) story {
	f := file.Fields()
	s := begin(file, overOctopush, textOr(f, "phone_number", parisian))
	s.typed = textOr(f, "code", code)
	s.setup.profile.Code = policyFor(s.typed)
	s.before = answer(500, ``)
	if token := textOf(f, "otp_request_token"); token != "" || f["phone_number"] == nil {
		s.before = answer(200, fmt.Sprintf(`{"code": 0, "otp_request_token": %q}`, textOr(f, "otp_request_token", "otp_1")))
	}
	return s
}

func way2APISend(file replay.File) story {
	f := file.Fields()
	s := begin(file, overWay2API, "+"+textOr(f, "number", "919876543210"))
	s.setup.template.Way2API = &otp.Way2APITemplate{
		Content: textOr(f, "content", "OTP"), Purpose: textOr(f, "purpose", "login"), ShareWith: textOr(f, "share_with", "no_one"),
	}
	s.setup.profile.Code = policyFor(textOr(f, "value", code))
	return s
}
