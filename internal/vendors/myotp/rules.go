package myotp

import (
	"maps"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Limits of MyOTP.App. What its developer page allows over SMS is possible, and
// what a newer or older document narrows is warned of; over the other channels
// only newer documents speak, and their bounds stand (MyOTP reference §2, §12).
const (
	minCodeLength = 3 // SMS
	newMinLength  = 4 // SMS in the newest document, and every other channel
	maxCodeLength = 8
	minTemplateNo = 1
	maxTemplateNo = 99

	// The vendor's own defaults (§2).
	defaultLength   = 6
	defaultValidity = 300 // seconds
	defaultTemplate = 1   // over SMS

	// Seconds.
	minValidity    = 30 // SMS
	newMinValidity = 60 // SMS in the newest document, and Telegram
	maxValidity    = 14400
	suggestedMax   = 1800 // SMS on an older page
	maxTelegram    = 3600

	minExtension    = 30
	newMinExtension = 60
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

// lasting is the template of the same language with another validity.
func (t whatsAppTemplate) lasting(validity int64) (whatsAppTemplate, bool) {
	i := slices.IndexFunc(whatsAppTemplates, func(other whatsAppTemplate) bool {
		return other.Language == t.Language && other.Validity == validity
	})
	if i < 0 {
		return whatsAppTemplate{}, false
	}
	return whatsAppTemplates[i], true
}

// TranslationRemedy is the number of a template in another language. Telegram
// has one wording (MyOTP reference §2).
func (Compiler) TranslationRemedy(channel otp.Channel) string {
	if channel == otp.Telegram {
		return ""
	}
	return "a number to myotp.translations"
}

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
	if sms != nil && (*sms < minTemplateNo || *sms > maxTemplateNo) {
		ps.Errorf(path.Attribute("template_order"), "Template number is out of range", "template_order is %d; MyOTP.App numbers its templates from %d to %d.", *sms, minTemplateNo, maxTemplateNo)
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
