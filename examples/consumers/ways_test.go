package consumers_test

import (
	"fmt"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// What the profiles of the stories refer to.
var (
	acme   = otp.Brand{Name: "acme", DisplayName: "Acme"}
	signIn = otp.MessageTemplate{
		Name:         "sign-in",
		Text:         "{{brand}}: {{otp}} is your code, valid for {{validity_minutes}} minutes.",
		Translations: map[string]string{"es": "{{brand}}: {{otp}} es su clave."},
		MyOTP: &otp.MyOTPTemplate{
			TemplateOrder: new(int64(1)), WhatsAppTemplateOrder: new(int64(12)),
			Translations: map[string]otp.MyOTPTranslation{"es": {TemplateOrder: new(int64(7)), WhatsAppTemplateOrder: new(int64(14))}},
		},
		Way2API: &otp.Way2APITemplate{Content: "OTP", Purpose: "login", ShareWith: "no_one"},
	}
	senders = []otp.SenderID{
		{Name: "europe", Octopush: &otp.OctopushSender{Sender: "ACMEBANK"}},
		{Name: "counter-phone", AndroidAPI: &otp.AndroidAPISender{Device: "00000000-0000-0000-aaaa-bbbbccccdddd", SIM: new(int64(1))}},
		{Name: "carrier", AndroidAPI: &otp.AndroidAPISender{Gateway: "3"}},
		{Name: "partner", AndroidAPI: &otp.AndroidAPISender{Gateway: "00000000-0000-0000-1111-222233334444", AllowPartnerDevice: new(true)}},
	}
)

// linkedAccount is the WhatsApp account that every sandbox begins with.
const linkedAccount = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"

// way is a route, and how the sandbox shows what it sends.
type way struct {
	route   otp.Route
	from    string
	text    string // CODE stands for the code
	spanish string
}

// The texts that the vendors make of the template's own.
const (
	english = "Acme: CODE is your code, valid for 5 minutes."
	spanish = "Acme: CODE es su clave."
	way2    = "CODE is your OTP for login. Do not share it with anyone. (text composed by the sandbox)"
)

var ways = map[string]way{
	"octopush": {otp.Route{Vendor: otp.Octopush, Channel: otp.SMS, SenderID: "europe"}, "ACMEBANK", english, spanish},
	"voice": {otp.Route{Vendor: otp.Octopush, Channel: otp.VoiceSMS, Octopush: &otp.OctopushRoute{
		Voice: &otp.Voice{Language: "en-GB", Translations: map[string]string{"es": "es-ES"}},
	}}, "OCTOPUSH", english, spanish},
	"myotp":    {otp.Route{Vendor: otp.MyOTP, Channel: otp.SMS}, "Acme", "CODE is your Acme code. (template 1)", "CODE is your Acme code. (template 7)"},
	"chat":     {otp.Route{Vendor: otp.MyOTP, Channel: otp.WhatsApp}, "Acme", "CODE is your Acme code. (template 12)", "CODE is your Acme code. (template 14)"},
	"telegram": {otp.Route{Vendor: otp.MyOTP, Channel: otp.Telegram}, "Acme", "CODE is your Acme code.", "CODE is your Acme code."},
	"device":   {otp.Route{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "counter-phone"}, "00000000-0000-0000-aaaa-bbbbccccdddd", english, spanish},
	"gateway":  {otp.Route{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "carrier"}, "Carrier A", english, spanish},
	"partner":  {otp.Route{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "partner"}, "00000000-0000-0000-1111-222233334444", english, spanish},
	"whatsapp": {otp.Route{Vendor: otp.AndroidAPI, Channel: otp.WhatsApp, WhatsAppAccount: linkedAccount}, "+923001112233", english, spanish},
	"way2api":  {otp.Route{Vendor: otp.Way2API, Channel: otp.SMS, Countries: []string{"IN"}}, "", way2, way2},
}

// phone is one that the way serves.
func (w way) phone() string {
	if w.route.Vendor == otp.Way2API {
		return indian
	}
	return phone
}

func (w way) message(to string, translated bool) string {
	text := w.text
	if translated {
		text = w.spanish
	}
	return fmt.Sprintf("%s %s to %s from %q: %s", w.route.Vendor, w.route.Channel, to, w.from, text)
}

// seen is the result of a command and the requests it made.
type seen struct{ want, calls string }

// manner is what comes of the same acts at each vendor: they share a document
// format, not a behaviour.
type manner struct {
	operation string // that sends
	right     seen
	wrong     string // with the attempts left as %d
	asked     string // the request of a wrong code
	tooMany   seen   // the right code after three wrong ones
	byCode    bool   // the vendor counts wrong codes, anew with every code
	stale     seen   // the right code, expired by the vendor's clock alone
	expired   seen   // the right code, expired by every clock
	unsent    seen   // a code when the send never reached the vendor
	unheard   seen   // the right code when the answer to the send was lost
}

var manners = map[otp.Vendor]manner{
	otp.Octopush: {
		operation: "otp_generate",
		right:     seen{"ok 0 HTTP 200", "octopush otp_validate 200"},
		wrong:     "wrong_code 0 HTTP 400, %d left",
		asked:     "octopush otp_validate 400",
		tooMany:   seen{"too_many_attempts 0 HTTP 400", "octopush otp_validate 400"},
		byCode:    true,
		stale:     seen{"expired 0 HTTP 400", "octopush otp_validate 400"},
		expired:   seen{"expired 0 HTTP 400", "octopush otp_validate 400"},
		unsent:    seen{"not_found 0 HTTP 400", "octopush otp_validate 400"},
		unheard:   seen{"ok 0 HTTP 200", "octopush otp_validate 200"}, // by phone alone
	},
	otp.MyOTP: {
		operation: "generate_otp",
		right:     seen{"ok 0 HTTP 200", "myotp verify_otp 200"},
		wrong:     "wrong_code 0 HTTP 200, %d left",
		asked:     "myotp verify_otp 200",
		tooMany:   seen{"too_many_attempts 0", ""},
		stale:     seen{"expired 0 HTTP 200", "myotp verify_otp 200"},
		expired:   seen{"expired 0 HTTP 200", "myotp verify_otp 200"},
		unsent:    seen{"not_found 0 HTTP 200", "myotp verify_otp 200"},
		unheard:   seen{"ok 0 HTTP 200", "myotp verify_otp 200"}, // by phone alone
	},
	otp.AndroidAPI: {
		operation: "send_otp",
		right:     seen{"ok 0 HTTP 200", "androidapi get_otp 200"},
		wrong:     "wrong_code 0, %d left", // compared before the call
		tooMany:   seen{"too_many_attempts 0", ""},
		stale:     seen{"wrong_code 0 HTTP 200, 2 left", "androidapi get_otp 200"}, // "invalid or expired"
		expired:   seen{"not_found 0", ""},                                         // the credential is gone
		unsent:    seen{"not_found 0", ""},
		unheard:   seen{"not_found 0", ""}, // the vendor would accept another phone's code
	},
	otp.Way2API: {
		operation: "send_otp_pin",
		right:     seen{"ok 0", ""},
		wrong:     "wrong_code 0, %d left",
		tooMany:   seen{"too_many_attempts 0", ""},
		expired:   seen{"expired 0", ""},
		unsent:    seen{"wrong_code 0, 2 left", ""},
		unheard:   seen{"ok 0", ""},
	},
}

// sends is a send by the first route that works.
func (w way) sends(name, do string) act {
	a := act{do: do, want: "ok 0 HTTP 200", calls: w.call("200"), arrives: name}
	if strings.Contains(do, "--locale es") {
		a.arrives += "/es"
	}
	return a
}

// call is the request that sends, with what came of it.
func (w way) call(end string) string {
	return string(w.route.Vendor) + " " + manners[w.route.Vendor].operation + " " + end
}

// verifies is a verification and what comes of it.
func verifies(code string, s seen) act {
	return act{do: "verify " + code, want: s.want, calls: s.calls}
}

// seen is what an act shows.
func (a act) seen() seen { return seen{a.want, a.calls} }

// mistyped is a wrong code, with the attempts that it leaves.
func (w way) mistyped(left int) act {
	m := manners[w.route.Vendor]
	return verifies("WRONG", seen{fmt.Sprintf(m.wrong, left), m.asked})
}

// meets lets the vendor of the way fail the next send.
func (w way) meets(fault sandbox.Fault) func(*sandbox.Server) error {
	fault.Vendor, fault.Operation = string(w.route.Vendor), manners[w.route.Vendor].operation
	return fails(fault)
}

func fails(fault sandbox.Fault) func(*sandbox.Server) error {
	return func(s *sandbox.Server) error { return s.Fail(fault) }
}

// answers is a fault that answers in place of the vendor.
func answers(status int, body string) sandbox.Fault {
	return sandbox.Fault{Kind: sandbox.Answer, Status: status, Body: body}
}
