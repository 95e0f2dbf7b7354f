package myotp

import (
	"maps"
	"regexp"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Limits of MyOTP.App. Where its documents disagree the overlap of all stands
// (MyOTP reference §12).
const (
	minCodeLength = 4 // 3 in older documents
	maxCodeLength = 8

	minTemplateOrder = 1
	maxTemplateOrder = 99

	minValidity      = 60    // seconds; 30 in older documents
	maxValidity      = 14400 // seconds, SMS; 86400 in the newest document
	suggestedMax     = 1800  // seconds; the limit of an older page (§2)
	maxTelegram      = 3600  // seconds (§2)
	defaultSMSNumber = 1     // the vendor's own default (§2)
)

// whatsAppTemplate is one of the vendor's WhatsApp templates. Its own expiry
// overrides otp_validity (MyOTP reference §2).
type whatsAppTemplate struct {
	Number   int64
	Language string
	Validity int64 // seconds
}

// whatsAppTemplates is the vendor's list (MyOTP reference §2).
var whatsAppTemplates = []whatsAppTemplate{
	{12, "English", 300},
	{13, "English", 600},
	{14, "Spanish (es_MX)", 300},
	{15, "Spanish (es_MX)", 600},
}

func whatsAppTemplateOf(number int64) (whatsAppTemplate, bool) {
	i := slices.IndexFunc(whatsAppTemplates, func(t whatsAppTemplate) bool { return t.Number == number })
	if i < 0 {
		return whatsAppTemplate{}, false
	}
	return whatsAppTemplates[i], true
}

// brand is what MyOTP.App accepts as a brand (MyOTP reference §2).
var brand = regexp.MustCompile(`^[a-zA-Z0-9.]{3,16}$`)

// CheckSender has nothing to add: MyOTP.App takes no sender ID.
func (Compiler) CheckSender(otp.SenderID) otp.Problems { return nil }

// CheckTemplate applies the rules for the numbers of a template.
func (Compiler) CheckTemplate(t otp.MessageTemplate) otp.Problems {
	var ps otp.Problems
	if t.MyOTP == nil || t.Unknown.Any("myotp") {
		return nil
	}
	path := otp.At("myotp")
	checkNumbers(&ps, path, t.MyOTP.TemplateOrder, t.MyOTP.WhatsAppTemplateOrder)
	for _, locale := range slices.Sorted(maps.Keys(t.MyOTP.Translations)) {
		translation := t.MyOTP.Translations[locale]
		checkNumbers(&ps, path.Attribute("translations").Key(locale), translation.TemplateOrder, translation.WhatsAppTemplateOrder)
	}
	return ps
}

func checkNumbers(ps *otp.Problems, path otp.Path, sms, whatsApp *int64) {
	if sms == nil && whatsApp == nil {
		ps.Errorf(path, "Template has no number", "Set template_order for SMS, whatsapp_template_order for WhatsApp, or both: MyOTP.App knows its templates by number.")
	}
	if sms != nil && (*sms < minTemplateOrder || *sms > maxTemplateOrder) {
		ps.Errorf(path.Attribute("template_order"), "Template number is out of range", "template_order is %d; MyOTP.App numbers its templates from %d to %d.", *sms, minTemplateOrder, maxTemplateOrder)
	}
	if sms != nil {
		if template, is := whatsAppTemplateOf(*sms); is {
			ps.Errorf(path.Attribute("template_order"), "Template number is a WhatsApp template", "template_order is %d, which is MyOTP.App's %s WhatsApp template. Write it as whatsapp_template_order.", *sms, template.Language)
		}
	}
	if whatsApp != nil {
		if _, is := whatsAppTemplateOf(*whatsApp); !is {
			ps.Errorf(path.Attribute("whatsapp_template_order"), "Unknown WhatsApp template", "whatsapp_template_order is %d; MyOTP.App's WhatsApp templates are 12 (English, 5 minutes), 13 (English, 10 minutes), 14 (Spanish, 5 minutes) and 15 (Spanish, 10 minutes).", *whatsApp)
		}
	}
}

func check(r otp.RoutePlan) otp.Problems {
	var ps otp.Problems
	r.CheckChannel(&ps, otp.SMS, otp.WhatsApp, otp.Telegram)
	r.RefuseSender(&ps, "MyOTP.App registers senders itself and takes none in a request.")
	checkCode(&ps, r)
	checkBrand(&ps, r)
	if r.Knows("channel") {
		checkValidity(&ps, r)
		checkTemplate(&ps, r)
	}
	return ps
}

func checkCode(ps *otp.Problems, r otp.RoutePlan) {
	code, known := r.Code()
	if !known {
		return
	}
	if code.Length < minCodeLength || code.Length > maxCodeLength {
		ps.Errorf(otp.At("code").Attribute("length"), "Code length is out of range for MyOTP.App",
			"length is %d; MyOTP.App makes codes of %d to %d digits, and routes[%d] sends through it. Shorten the code, or leave MyOTP.App out of this profile.", code.Length, minCodeLength, maxCodeLength, r.Index)
	}
	if !code.OnlyDigits() {
		ps.Errorf(otp.At("code"), "MyOTP.App makes codes of digits only",
			"The code policy asks for other characters, and routes[%d] sends through MyOTP.App. Keep digits and remove upper_case, lower_case and special_characters, or leave MyOTP.App out of this profile.", r.Index)
	} else if code.ExcludeConfusing {
		ps.Errorf(otp.At("code").Attribute("exclude_confusing"), "MyOTP.App cannot leave out confusing characters",
			"exclude_confusing is true, which MyOTP.App has no option for, and routes[%d] sends through it. Remove it: digits are hard to confuse.", r.Index)
	}
}

func checkBrand(ps *otp.Problems, r otp.RoutePlan) {
	if r.Brand == nil || r.Brand.Unknown.Any("display_name") || brand.MatchString(r.Brand.DisplayName) {
		return
	}
	ps.Errorf(otp.At("brand"), "Brand has a shape MyOTP.App does not accept",
		"Brand %q has the display_name %q; MyOTP.App takes 3 to 16 of a-z, A-Z, 0-9 and the dot, and routes[%d] sends through it. Change display_name, or use another brand for this profile.", r.Brand.Name, r.Brand.DisplayName, r.Index)
}

func checkValidity(ps *otp.Problems, r otp.RoutePlan) {
	validity, known := r.Validity()
	if !known || r.Route.Channel == otp.WhatsApp {
		return
	}
	path, most := otp.At("validity_seconds"), int64(maxValidity)
	if r.Route.Channel == otp.Telegram {
		most = maxTelegram
	}
	switch {
	case validity < minValidity || validity > most:
		ps.Errorf(path, "Validity is out of range for MyOTP.App",
			"validity_seconds is %d; by the strictest of its documents MyOTP.App takes %d to %d seconds over %s, and routes[%d] sends through it.", validity, minValidity, most, r.Route.Channel, r.Index)
	case validity > suggestedMax:
		ps.Warnf(path, "MyOTP.App may not accept this validity",
			"validity_seconds is %d; an older document of MyOTP.App allows %d at most. If sends through routes[%d] are refused, shorten it.", validity, suggestedMax, r.Index)
	}
}

func checkTemplate(ps *otp.Problems, r otp.RoutePlan) {
	if r.Template == nil || r.Template.Unknown.Any("myotp") || r.Route.Channel != otp.WhatsApp {
		return
	}
	validity, validityKnown := r.Validity()
	numbers, found := numbersOf(r)
	if !found {
		ps.Errorf(otp.At("template"), "Message template has no WhatsApp template",
			"routes[%d] sends through MyOTP.App over WhatsApp, but message template %q has no myotp.whatsapp_template_order. Set it to one of 12 to 15.", r.Index, r.Template.Name)
	}
	for _, locale := range slices.Sorted(maps.Keys(numbers)) {
		template, is := whatsAppTemplateOf(numbers[locale])
		if is && validityKnown && template.Validity != validity {
			ps.Errorf(otp.At("validity_seconds"), "Validity is not that of the WhatsApp template",
				"MyOTP.App's WhatsApp template %d is valid for %d seconds whatever is asked for, but validity_seconds is %d. Set validity_seconds to %d, or choose a template with the validity you want.", template.Number, template.Validity, validity, template.Validity)
		}
	}
}

// numbersOf are the template numbers of the route's channel by locale; found
// says whether there is one for every other locale.
func numbersOf(r otp.RoutePlan) (numbers map[string]int64, found bool) {
	numbers = map[string]int64{}
	pick := func(sms, whatsApp *int64) *int64 {
		switch r.Route.Channel {
		case otp.SMS:
			return sms
		case otp.WhatsApp:
			return whatsApp
		}
		return nil // Telegram takes none (MyOTP reference §2)
	}
	t := r.Template.MyOTP
	if t == nil {
		t = &otp.MyOTPTemplate{}
	}
	if number := pick(t.TemplateOrder, t.WhatsAppTemplateOrder); number != nil {
		numbers[""], found = *number, true
	} else if r.Route.Channel == otp.SMS {
		numbers[""], found = defaultSMSNumber, true
	}
	for locale, translation := range t.Translations {
		if number := pick(translation.TemplateOrder, translation.WhatsAppTemplateOrder); number != nil {
			numbers[locale] = *number
		}
	}
	return numbers, found
}
