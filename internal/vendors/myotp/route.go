package myotp

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func checkRoute(r otp.RoutePlan) otp.Problems {
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
	least, over := int64(minCodeLength), ""
	if r.Knows("channel") && r.Route.Channel != otp.SMS {
		least, over = newMinLength, fmt.Sprintf(" over %s", r.Route.Channel)
	}
	switch {
	case code.Length < least || code.Length > maxCodeLength:
		ps.Errorf(otp.At("code").Attribute("length"), "Code length is out of range for MyOTP.App",
			"length is %d; MyOTP.App makes codes of %d to %d digits%s, and routes[%d] sends through it. Change it, or leave MyOTP.App out of this profile.", code.Length, least, maxCodeLength, over, r.Index)
	case code.Length < newMinLength && r.Knows("channel"):
		ps.Warnf(otp.At("code").Attribute("length"), "MyOTP.App may not accept this length",
			"length is %d. MyOTP.App's developer page allows it, and its newest document wants %d to %d digits. If sends through routes[%d] are refused, lengthen the code.", code.Length, newMinLength, maxCodeLength, r.Index)
	}
	if !code.OnlyDigits() {
		ps.Errorf(otp.At("code"), "MyOTP.App makes codes of digits only",
			"The code policy asks for other characters, and routes[%d] sends through MyOTP.App. Keep digits and remove upper_case, lower_case and special_characters, or leave MyOTP.App out of this profile.", r.Index)
	} else if code.ExcludeConfusing {
		ps.Errorf(otp.At("code").Attribute("exclude_confusing"), "MyOTP.App cannot leave out confusing characters",
			"exclude_confusing is true, which MyOTP.App has no option for, and routes[%d] sends through it. Remove it: digits are hard to confuse.", r.Index)
	}
}

func checkValidity(ps *otp.Problems, r otp.RoutePlan) {
	validity, known := r.Validity()
	if !known || r.Route.Channel == otp.WhatsApp {
		return
	}
	path, least, most := otp.At("validity_seconds"), int64(minValidity), int64(maxValidity)
	if r.Route.Channel == otp.Telegram {
		least, most = newMinValidity, maxTelegram
	}
	switch {
	case validity < least || validity > most:
		ps.Errorf(path, "Validity is out of range for MyOTP.App",
			"validity_seconds is %d; MyOTP.App takes %d to %d seconds over %s, and routes[%d] sends through it.", validity, least, most, r.Route.Channel, r.Index)
	case validity < newMinValidity:
		ps.Warnf(path, "MyOTP.App may not accept this validity",
			"validity_seconds is %d. MyOTP.App's developer page allows it, and its newest document wants %d or more. If sends through routes[%d] are refused, lengthen it.", validity, newMinValidity, r.Index)
	case validity > suggestedMax:
		ps.Warnf(path, "MyOTP.App may not accept this validity",
			"validity_seconds is %d; an older document of MyOTP.App allows %d at most. If sends through routes[%d] are refused, shorten it.", validity, suggestedMax, r.Index)
	}
}

// checkTemplate checks that the WhatsApp templates of all locales are valid for
// as long as the profile says.
func checkTemplate(ps *otp.Problems, r otp.RoutePlan) {
	if r.Template == nil || r.Template.Unknown.Any("myotp") || r.Route.Channel != otp.WhatsApp {
		return
	}
	numbers, found := numbersOf(r)
	first, known := whatsAppTemplateOf(numbers[""])
	if !found {
		ps.Errorf(otp.At("template"), "Message template has no WhatsApp template",
			"routes[%d] sends through MyOTP.App over WhatsApp, but message template %q has no myotp.whatsapp_template_order. Set it to one of 12 to 15.", r.Index, r.Template.Name)
	}
	if !found || !known {
		return
	}
	validity, validityKnown := r.Validity()
	target := first.Validity
	if _, offered := first.lasting(validity); validityKnown && offered {
		target = validity
	}
	same := true
	var changes []string
	for _, locale := range slices.Sorted(maps.Keys(numbers)) {
		template, known := whatsAppTemplateOf(numbers[locale])
		same = same && (!known || template.Validity == first.Validity)
		if better, offered := template.lasting(target); known && offered && template.Validity != target {
			changes = append(changes, fmt.Sprintf("%s to %d", numberPath(locale), better.Number))
		}
	}
	change := strings.Join(changes, " and ")
	switch {
	case !same:
		ps.Errorf(otp.At("template"), "WhatsApp templates have different validities",
			"Message template %q uses MyOTP.App's WhatsApp templates %s, whatever validity_seconds says, and a profile has one validity. Set %s%s.", r.Template.Name, lasting(numbers), change, alongWith(target, validity, validityKnown))
	case validityKnown && first.Validity != validity && target == validity:
		ps.Errorf(otp.At("validity_seconds"), "Validity is not that of the WhatsApp template",
			"MyOTP.App's WhatsApp template %d is valid for %d seconds whatever is asked for, but validity_seconds is %d. Set validity_seconds to %d, or set %s in message template %q.", first.Number, first.Validity, validity, first.Validity, change, r.Template.Name)
	case validityKnown && first.Validity != validity:
		ps.Errorf(otp.At("validity_seconds"), "Validity is not that of the WhatsApp template",
			"MyOTP.App's WhatsApp template %d is valid for %d seconds whatever is asked for, but validity_seconds is %d. Set validity_seconds to %d.", first.Number, first.Validity, validity, first.Validity)
	}
}

// numberPath is the attribute of a WhatsApp template's number.
func numberPath(locale string) otp.Path {
	path := otp.At("myotp")
	if locale != "" {
		path = path.Attribute("translations").Key(locale)
	}
	return path.Attribute("whatsapp_template_order")
}

// lasting lists the templates of a message template with what they last.
func lasting(numbers map[string]int64) string {
	var list []string
	for _, locale := range slices.Sorted(maps.Keys(numbers)) {
		name := "by default"
		if locale != "" {
			name = "for " + locale
		}
		template, _ := whatsAppTemplateOf(numbers[locale])
		list = append(list, fmt.Sprintf("%d %s (valid for %d seconds)", template.Number, name, template.Validity))
	}
	return strings.Join(list, ", ")
}

// alongWith says what else to set where the profile's validity is another one.
func alongWith(target, validity int64, known bool) string {
	if !known || target == validity {
		return ""
	}
	return fmt.Sprintf(", and validity_seconds of the profile to %d", target)
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
		numbers[""], found = defaultTemplate, true
	}
	for locale, translation := range t.Translations {
		if number := pick(translation.TemplateOrder, translation.WhatsAppTemplateOrder); number != nil {
			numbers[locale] = *number
		}
	}
	return numbers, found
}
