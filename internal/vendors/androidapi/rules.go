package androidapi

import (
	"regexp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Limits of AndroidAPI.
const (
	// codeLength is the length of every code that the vendor shows; it makes
	// them itself and takes no wish (AndroidAPI reference §7.1).
	codeLength = 6
	// longValidity is where a warning begins, in seconds: no bound of expire is
	// documented (AndroidAPI reference §14.11).
	longValidity = 3600
	minSIM       = 1 // AndroidAPI reference §7.1
	maxSIM       = 2
)

// gatewayNumber is the ID of a gateway; every other handle is that of a partner
// device (AndroidAPI reference §5, §7.1).
var gatewayNumber = regexp.MustCompile(`^[1-9][0-9]{0,9}$`)

// CheckBrand has nothing to add: AndroidAPI sends the name that is in the text.
func (Compiler) CheckBrand(otp.Brand) otp.Problems { return nil }

// CheckTemplate has nothing to add: AndroidAPI takes the free text of a
// template and documents no limit of its length.
func (Compiler) CheckTemplate(otp.MessageTemplate) otp.Problems { return nil }

// CheckSender applies the rules for a sender: a device, perhaps with its SIM,
// or a gateway.
func (Compiler) CheckSender(s otp.SenderID) otp.Problems {
	var ps otp.Problems
	if s.AndroidAPI == nil || s.Unknown.Any("androidapi") {
		return nil
	}
	path, sender := otp.At("androidapi"), *s.AndroidAPI
	switch {
	case sender.Device == "" && sender.Gateway == "":
		ps.Errorf(path, "Sender has neither a device nor a gateway",
			"AndroidAPI sends an SMS from a linked device or through a gateway. Set device, best with sim, or gateway.")
	case sender.Device != "" && sender.Gateway != "":
		ps.Errorf(path.Attribute("gateway"), "Sender has a device and a gateway",
			"AndroidAPI sends an SMS from a linked device or through a gateway, never both. Remove gateway, or remove device and sim.")
	}
	if sender.Device != "" {
		checkHandle(&ps, path.Attribute("device"), "device", sender.Device, "data.otp_device.<label>.unique")
	}
	checkSIM(&ps, path.Attribute("sim"), sender)
	checkGateway(&ps, path, sender)
	return ps
}

func checkHandle(ps *otp.Problems, path otp.Path, name, handle, source string) {
	if otp.IsHandle(handle) {
		return
	}
	ps.Errorf(path, "Handle has a shape AndroidAPI does not use",
		"%s is %q; AndroidAPI's handles are 1 to 128 letters, digits and hyphens. Refer to %s, or copy it as the AndroidAPI dashboard shows it.", name, handle, source)
}

func checkSIM(ps *otp.Problems, path otp.Path, sender otp.AndroidAPISender) {
	switch {
	case sender.SIM == nil && sender.Device != "":
		ps.Warnf(path, "Device has no SIM slot",
			"Nothing is sent for sim, so the phone's own default decides from which number messages come; AndroidAPI does not document it. Set sim to 1 or 2 to choose.")
	case sender.SIM != nil && (*sender.SIM < minSIM || *sender.SIM > maxSIM):
		ps.Errorf(path, "SIM slot is out of range", "sim is %d; AndroidAPI has the slots 1 and 2.", *sender.SIM)
	case sender.SIM != nil && sender.Device == "":
		ps.Errorf(path, "SIM slot without a device",
			"AndroidAPI takes sim for a linked device only. Remove sim, or set device.")
	}
}

func checkGateway(ps *otp.Problems, path otp.Path, sender otp.AndroidAPISender) {
	allowed := sender.AllowPartnerDevice != nil && *sender.AllowPartnerDevice
	if sender.Gateway == "" {
		if allowed {
			ps.Errorf(path.Attribute("allow_partner_device"), "Partner device without a gateway",
				"allow_partner_device says that gateway may be a partner device of AndroidAPI, and there is no gateway. Remove it, or set gateway.")
		}
		return
	}
	checkHandle(ps, path.Attribute("gateway"), "gateway", sender.Gateway, "an id of otp_rates")
	switch {
	case gatewayNumber.MatchString(sender.Gateway) || !otp.IsHandle(sender.Gateway):
	case !allowed:
		ps.Errorf(path.Attribute("gateway"), "Gateway is a partner device",
			"gateway is %q, which is no gateway number, so it is a partner device of AndroidAPI: somebody else's phone, whose owner sees every code. Use the number of a gateway, or set allow_partner_device = true to accept that.", sender.Gateway)
	default:
		ps.Warnf(path.Attribute("gateway"), "Partner device sees every code",
			"gateway is %q, a partner device of AndroidAPI: somebody else's phone, whose owner sees every code and number. Prefer a gateway or a device of your own.", sender.Gateway)
	}
}

// TakesWhatsAppAccount is true over WhatsApp: send/otp takes an account that was
// linked (AndroidAPI reference §7.1).
func (Compiler) TakesWhatsAppAccount(channel otp.Channel) bool { return channel == otp.WhatsApp }

func checkRoute(r otp.RoutePlan) otp.Problems {
	var ps otp.Problems
	r.CheckChannel(&ps, otp.SMS, otp.WhatsApp)
	checkCode(&ps, r)
	checkValidity(&ps, r)
	if !r.Knows("channel") {
		return ps
	}
	switch r.Route.Channel {
	case otp.SMS:
		checkSenderOf(&ps, r)
		if options := r.Route.AndroidAPI; options != nil && options.Priority != nil && r.Knows("androidapi") {
			ps.Errorf(r.Path().Attribute("androidapi").Attribute("priority"), "SMS has no priority",
				"AndroidAPI takes priority for one-time passwords over WhatsApp only, and routes[%d] sends SMS. Remove priority.", r.Index)
		}
	case otp.WhatsApp:
		r.RefuseSender(&ps, "AndroidAPI sends WhatsApp messages from whatsapp_account and takes no other sender.")
		checkAccount(&ps, r)
	}
	return ps
}

func checkCode(ps *otp.Problems, r otp.RoutePlan) {
	code, known := r.Code()
	if !known {
		return
	}
	if code.Length != codeLength {
		ps.Errorf(otp.At("code").Attribute("length"), "Code length is not AndroidAPI's",
			"length is %d; AndroidAPI makes the codes itself, takes no length, and shows %d digits in every sample, and routes[%d] sends through it. Set length to %d, or leave AndroidAPI out of this profile.", code.Length, codeLength, r.Index, codeLength)
	}
	if !code.OnlyDigits() {
		ps.Errorf(otp.At("code"), "AndroidAPI makes codes of digits only",
			"The code policy asks for other characters, and routes[%d] sends through AndroidAPI. Keep digits and remove upper_case, lower_case and special_characters, or leave AndroidAPI out of this profile.", r.Index)
	} else if code.ExcludeConfusing {
		ps.Errorf(otp.At("code").Attribute("exclude_confusing"), "AndroidAPI cannot leave out confusing characters",
			"exclude_confusing is true, which AndroidAPI has no option for, and routes[%d] sends through it. Remove it: digits are hard to confuse.", r.Index)
	}
}

func checkValidity(ps *otp.Problems, r otp.RoutePlan) {
	validity, known := r.Validity()
	path := otp.At("validity_seconds")
	switch {
	case !known:
	case validity > longValidity:
		ps.Warnf(path, "AndroidAPI may not accept this validity",
			"validity_seconds is %d; AndroidAPI documents no limit, and its own default is 300. If codes of routes[%d] expire early, set it to %d or less.", validity, r.Index, longValidity)
	}
}

func checkSenderOf(ps *otp.Problems, r otp.RoutePlan) {
	if !r.Knows("sender_id") {
		return
	}
	path := r.Path().Attribute("sender_id")
	switch {
	case r.Route.SenderID == "":
		ps.Errorf(path, "Route has no sender",
			"AndroidAPI sends an SMS from a device or through a gateway and has no default. Declare an otp_sender_id with androidapi = { device = …, sim = 1 } or androidapi = { gateway = … } and refer to it.")
	case r.Sender != nil && r.Sender.AndroidAPI == nil && !r.Sender.Unknown.Any("androidapi"):
		ps.Errorf(path, "Sender ID is not for AndroidAPI",
			"Sender ID %q has no androidapi part, and routes[%d] sends through AndroidAPI. Add androidapi = { device = …, sim = 1 } to it, or refer to another one.", r.Sender.Name, r.Index)
	}
}

func checkAccount(ps *otp.Problems, r otp.RoutePlan) {
	if !r.Knows("whatsapp_account") {
		return
	}
	path := r.Path().Attribute("whatsapp_account")
	if r.Route.WhatsAppAccount == "" {
		ps.Errorf(path, "Route has no WhatsApp account",
			"AndroidAPI sends WhatsApp messages from an account of your own, and routes[%d] names none. Set whatsapp_account = otp_whatsapp_account.<label>.id.", r.Index)
		return
	}
	checkHandle(ps, path, "whatsapp_account", r.Route.WhatsAppAccount, "otp_whatsapp_account.<label>.id")
}
