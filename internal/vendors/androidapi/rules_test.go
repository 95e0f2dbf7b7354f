package androidapi

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestValidSetupsHaveNoProblem(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*setup{"sms": bySMS(), "whatsapp": byWhatsApp()} {
		_, complete, ps := s.compile()
		if !complete || len(ps) > 0 {
			t.Errorf("%s: complete: %t, problems: %q", name, complete, lines(ps))
		}
	}
}

func TestSenderRules(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 128)
	for name, test := range map[string]struct {
		sender otp.AndroidAPISender
		words  string
		want   []string
	}{
		"device":                    {sender: otp.AndroidAPISender{Device: deviceHandle, SIM: new(int64(2))}},
		"longest handle":            {sender: otp.AndroidAPISender{Device: long, SIM: new(int64(1))}},
		"gateway":                   {sender: otp.AndroidAPISender{Gateway: "3"}},
		"gateway, partner allowed":  {sender: otp.AndroidAPISender{Gateway: "3", AllowPartnerDevice: new(true)}},
		"device, partner forbidden": {sender: otp.AndroidAPISender{Device: deviceHandle, SIM: new(int64(1)), AllowPartnerDevice: new(false)}},
		"nothing": {
			otp.AndroidAPISender{}, "Set device, best with sim, or gateway",
			[]string{"error at androidapi: Sender has neither a device nor a gateway"},
		},
		"both": {
			otp.AndroidAPISender{Device: deviceHandle, SIM: new(int64(1)), Gateway: "3"}, "never both. Remove gateway",
			[]string{"error at androidapi.gateway: Sender has a device and a gateway"},
		},
		"device without SIM": {
			otp.AndroidAPISender{Device: deviceHandle}, "Set sim to 1 or 2",
			[]string{"warning at androidapi.sim: Device has no SIM slot"},
		},
		"SIM 0": {
			otp.AndroidAPISender{Device: deviceHandle, SIM: new(int64(0))}, "sim is 0; AndroidAPI has the slots 1 and 2",
			[]string{"error at androidapi.sim: SIM slot is out of range"},
		},
		"SIM 3": {
			otp.AndroidAPISender{Device: deviceHandle, SIM: new(int64(3))}, "sim is 3",
			[]string{"error at androidapi.sim: SIM slot is out of range"},
		},
		"gateway with SIM": {
			otp.AndroidAPISender{Gateway: "3", SIM: new(int64(1))}, "Remove sim, or set device",
			[]string{"error at androidapi.sim: SIM slot without a device"},
		},
		"device with a space": {
			otp.AndroidAPISender{Device: "Counter phone", SIM: new(int64(1))}, `device is "Counter phone"; AndroidAPI's handles are 1 to 128 letters`,
			[]string{"error at androidapi.device: Handle has a shape AndroidAPI does not use"},
		},
		"device too long": {
			otp.AndroidAPISender{Device: long + "a", SIM: new(int64(1))}, "Refer to data.otp_device",
			[]string{"error at androidapi.device: Handle has a shape AndroidAPI does not use"},
		},
		"device with a placeholder": {
			otp.AndroidAPISender{Device: "{{phone_e164}}", SIM: new(int64(1))}, "letters, digits and hyphens",
			[]string{"error at androidapi.device: Handle has a shape AndroidAPI does not use"},
		},
		"gateway with a slash": {
			otp.AndroidAPISender{Gateway: "3/4", AllowPartnerDevice: new(true)}, `gateway is "3/4"`,
			[]string{"error at androidapi.gateway: Handle has a shape AndroidAPI does not use"},
		},
		"partner device": {
			otp.AndroidAPISender{Gateway: partnerHandle}, "somebody else's phone, whose owner sees every code. Use the number of a gateway, or set allow_partner_device = true",
			[]string{"error at androidapi.gateway: Gateway is a partner device"},
		},
		"partner device forbidden": {
			otp.AndroidAPISender{Gateway: partnerHandle, AllowPartnerDevice: new(false)}, "which is no gateway number",
			[]string{"error at androidapi.gateway: Gateway is a partner device"},
		},
		"number that no gateway has": {
			otp.AndroidAPISender{Gateway: "007"}, "no gateway number",
			[]string{"error at androidapi.gateway: Gateway is a partner device"},
		},
		"partner device allowed": {
			otp.AndroidAPISender{Gateway: partnerHandle, AllowPartnerDevice: new(true)}, "whose owner sees every code and number",
			[]string{"warning at androidapi.gateway: Partner device sees every code"},
		},
		"partner allowed without a gateway": {
			otp.AndroidAPISender{Device: deviceHandle, SIM: new(int64(1)), AllowPartnerDevice: new(true)}, "there is no gateway. Remove it, or set gateway",
			[]string{"error at androidapi.allow_partner_device: Partner device without a gateway"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ps := Compiler{}.CheckSender(otp.SenderID{Name: "counter", AndroidAPI: &test.sender})
			expect(t, ps, test.words, test.want...)
		})
	}
	if ps := (Compiler{}).CheckSender(otp.SenderID{Octopush: &otp.OctopushSender{Sender: "!"}}); len(ps) > 0 {
		t.Errorf("another vendor's part: %q", lines(ps))
	}
	unknown := otp.SenderID{AndroidAPI: &otp.AndroidAPISender{}, Unknown: otp.Fields{"androidapi": true}}
	if ps := (Compiler{}).CheckSender(unknown); len(ps) > 0 {
		t.Errorf("a sender that is not known yet: %q", lines(ps))
	}
}

// The other vendors are known in a process that has them.
func init() { otp.Introduce(otp.MyOTP, "MyOTP.App") }

func TestRouteRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		base  func() *setup
		spoil func(*setup)
		words string
		want  []string
	}{
		"channel telegram": {
			bySMS, func(s *setup) { s.route().Channel = otp.Telegram }, `Write one of "sms" or "whatsapp"`,
			[]string{"error at routes[0].channel: Vendor does not serve this channel"},
		},
		"channel voice_sms": {
			bySMS, func(s *setup) { s.route().Channel = otp.VoiceSMS }, "AndroidAPI does not serve",
			[]string{"error at routes[0].channel: Vendor does not serve this channel"},
		},
		"code of 5 digits": {
			bySMS, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(5))} }, "shows 6 digits in every sample, and routes[0] sends through it. Set length to 6",
			[]string{"error at code.length: Code length is not AndroidAPI's"},
		},
		"code of 8 digits": {
			byWhatsApp, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(8))} }, "length is 8; AndroidAPI makes the codes itself",
			[]string{"error at code.length: Code length is not AndroidAPI's"},
		},
		"code with letters": {
			bySMS, func(s *setup) { s.profile.Code = &otp.CodePolicy{UpperCase: new(true)} }, "Keep digits and remove upper_case",
			[]string{"error at code: AndroidAPI makes codes of digits only"},
		},
		"code without digits": {
			bySMS, func(s *setup) { s.profile.Code = &otp.CodePolicy{Digits: new(false), LowerCase: new(true)} }, "leave AndroidAPI out of this profile",
			[]string{"error at code: AndroidAPI makes codes of digits only"},
		},
		"code without look-alikes": {
			bySMS, func(s *setup) { s.profile.Code = &otp.CodePolicy{ExcludeConfusing: new(true)} }, "AndroidAPI has no option for",
			[]string{"error at code.exclude_confusing: AndroidAPI cannot leave out confusing characters"},
		},
		"validity 0":    {bySMS, func(s *setup) { s.template.Text, s.profile.ValiditySeconds = "{{otp}}", new(int64(0)) }, "", nil}, // the profile's own check reports it
		"validity 1":    {bySMS, func(s *setup) { s.template.Text, s.profile.ValiditySeconds = "{{otp}}", new(int64(1)) }, "", nil},
		"validity 3600": {bySMS, func(s *setup) { s.profile.ValiditySeconds = new(int64(3600)) }, "", nil},
		"validity 3660": {
			bySMS, func(s *setup) { s.profile.ValiditySeconds = new(int64(3660)) }, "AndroidAPI documents no limit, and its own default is 300",
			[]string{"warning at validity_seconds: AndroidAPI may not accept this validity"},
		},
		"broken minutes": {
			bySMS, func(s *setup) { s.profile.ValiditySeconds = new(int64(90)) }, "90 seconds are not whole minutes",
			[]string{"error at validity_seconds: Validity is not in whole minutes"},
		},
		"time of expiry": {
			bySMS, func(s *setup) { s.template.Text = "{{otp}} until {{expiry_time}}" }, "Use {{validity_minutes}}",
			[]string{"error at template: Vendor cannot tell when a code expires"},
		},
		"template without a text": {
			bySMS, func(s *setup) {
				s.template = &otp.MessageTemplate{Name: "login", MyOTP: &otp.MyOTPTemplate{TemplateOrder: new(int64(1))}}
			}, "AndroidAPI, which takes free text",
			[]string{"error at template: Message template has no text"},
		},
		"SMS without a sender": {
			bySMS, func(s *setup) { s.route().SenderID = "" }, "Declare an otp_sender_id with androidapi",
			[]string{"error at routes[0].sender_id: Route has no sender"},
		},
		"SMS with another vendor's sender": {
			bySMS, func(s *setup) {
				s.sender = &otp.SenderID{Name: "europe", Octopush: &otp.OctopushSender{Sender: "ACMEBANK"}}
			}, `Sender ID "europe" has no androidapi part, and routes[0] sends through AndroidAPI`,
			[]string{"error at routes[0].sender_id: Sender ID is not for AndroidAPI"},
		},
		"SMS with a WhatsApp account": {
			bySMS, func(s *setup) { s.route().WhatsAppAccount = accountHandle }, "Remove whatsapp_account",
			[]string{"error at routes[0].whatsapp_account: Route takes no WhatsApp account"},
		},
		"SMS with priority": {
			bySMS, func(s *setup) { s.route().AndroidAPI = &otp.AndroidAPIRoute{Priority: new(false)} }, "over WhatsApp only, and routes[0] sends SMS. Remove priority",
			[]string{"error at routes[0].androidapi.priority: SMS has no priority"},
		},
		"SMS with empty options": {bySMS, func(s *setup) { s.route().AndroidAPI = &otp.AndroidAPIRoute{} }, "", nil},
		"WhatsApp without an account": {
			byWhatsApp, func(s *setup) { s.route().WhatsAppAccount = "" }, "Set whatsapp_account = otp_whatsapp_account.<label>.id",
			[]string{"error at routes[0].whatsapp_account: Route has no WhatsApp account"},
		},
		"WhatsApp with a phone for an account": {
			byWhatsApp, func(s *setup) { s.route().WhatsAppAccount = "+923001112233" }, "Refer to otp_whatsapp_account.<label>.id",
			[]string{"error at routes[0].whatsapp_account: Handle has a shape AndroidAPI does not use"},
		},
		"WhatsApp with a sender ID": {
			byWhatsApp, func(s *setup) { s.route().SenderID = "counter-phone" }, "takes no other sender. Remove sender_id",
			[]string{"error at routes[0].sender_id: Route takes no sender ID"},
		},
		"options of another vendor": {
			byWhatsApp, func(s *setup) { s.route().MyOTP = &otp.MyOTPRoute{} }, "options of MyOTP.App have no effect",
			[]string{"error at routes[0].myotp: Options of another vendor"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.base()
			test.spoil(s)
			_, _, ps := s.compile()
			expect(t, ps, test.words, test.want...)
		})
	}
}

// TestWhatIsNotKnownYetIsNotChecked: a rule that would fail on the zero value
// is skipped, and the document is not complete.
func TestWhatIsNotKnownYetIsNotChecked(t *testing.T) {
	t.Parallel()
	for name, unsettle := range map[string]func(*setup){
		"channel":   func(s *setup) { s.route().Channel, s.route().Unknown = "", otp.Fields{"channel": true} },
		"sender_id": func(s *setup) { s.route().SenderID, s.route().Unknown = "", otp.Fields{"sender_id": true} },
		"sender":    func(s *setup) { s.sender = nil },
		"sender's part": func(s *setup) {
			s.sender.AndroidAPI, s.sender.Unknown = nil, otp.Fields{"androidapi": true}
		},
		"account": func(s *setup) {
			*s.route() = otp.Route{Vendor: otp.AndroidAPI, Channel: otp.WhatsApp, Unknown: otp.Fields{"whatsapp_account": true}}
		},
		"options": func(s *setup) {
			s.route().AndroidAPI, s.route().Unknown = &otp.AndroidAPIRoute{Priority: new(true)}, otp.Fields{"androidapi": true}
		},
		"brand":    func(s *setup) { s.brand = nil },
		"template": func(s *setup) { s.template = nil },
		"code": func(s *setup) {
			s.profile.Code, s.profile.Unknown = &otp.CodePolicy{Length: new(int64(4))}, otp.Fields{"code": true}
		},
		"validity": func(s *setup) {
			s.profile.ValiditySeconds, s.profile.Unknown = new(int64(90)), otp.Fields{"validity_seconds": true}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := bySMS()
			unsettle(s)
			_, complete, ps := s.compile()
			if complete || len(ps) > 0 {
				t.Errorf("complete: %t, problems: %q", complete, lines(ps))
			}
		})
	}
}
