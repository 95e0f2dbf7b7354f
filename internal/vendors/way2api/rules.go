package way2api

import (
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Limits of Way2API. The caller makes the code (Way2API reference §2).
const (
	minCodeLength = 4
	maxCodeLength = 8
)

// Country is the only one that the newer document names, ISO 3166-1 alpha-2.
// The older one says worldwide (Way2API reference §2, §8).
const Country = "IN"

// word is an attribute of a template with the values that Way2API takes. They
// are matched with their case (Way2API reference §2).
type word struct {
	attribute string
	values    []string
	value     func(otp.Way2APITemplate) string
}

// vocabulary is the vendor's list (Way2API reference §2: content from the
// vendor's page, purpose and share_with from its examples of 17 August 2026).
var vocabulary = []word{
	{
		attribute: "content",
		values:    []string{"OTP", "PIN"},
		value:     func(t otp.Way2APITemplate) string { return t.Content },
	},
	{
		attribute: "purpose",
		values: []string{
			"login", "registration", "password_reset", "transaction", "account_verification", "two_factor_auth",
			"payment_confirmation", "order_confirmation", "profile_update", "withdrawal",
		},
		value: func(t otp.Way2APITemplate) string { return t.Purpose },
	},
	{
		attribute: "share_with",
		values:    []string{"no_one", "executive", "manager", "support_team", "admin"},
		value:     func(t otp.Way2APITemplate) string { return t.ShareWith },
	},
}

// CheckSender has nothing to add: Way2API takes no sender ID.
func (Compiler) CheckSender(otp.SenderID) otp.Problems { return nil }

// CheckBrand has nothing to add: Way2API names nobody but itself.
func (Compiler) CheckBrand(otp.Brand) otp.Problems { return nil }

// CheckTemplate applies the rules for the words that Way2API builds its text
// from.
func (Compiler) CheckTemplate(t otp.MessageTemplate) otp.Problems {
	var ps otp.Problems
	if t.Way2API == nil || t.Unknown.Any("way2api") {
		return nil
	}
	for _, w := range vocabulary {
		value := w.value(*t.Way2API)
		if slices.Contains(w.values, value) {
			continue
		}
		remedy := "Write " + list(w.values) + "."
		if i := slices.IndexFunc(w.values, func(known string) bool { return normal(known) == normal(value) }); i >= 0 {
			remedy = "Write \"" + w.values[i] + "\"."
		}
		ps.Errorf(otp.At("way2api").Attribute(w.attribute), "Way2API does not know this word",
			"way2api.%s is %q, which Way2API would refuse. %s", w.attribute, value, remedy)
	}
	return ps
}

// normal is a word without what is easily mistaken about it.
func normal(value string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(value))
}

func list(values []string) string {
	last := len(values) - 1
	return "\"" + strings.Join(values[:last], "\", \"") + "\" or \"" + values[last] + "\""
}

func checkRoute(r otp.RoutePlan) otp.Problems {
	var ps otp.Problems
	r.CheckChannel(&ps, otp.SMS)
	r.RefuseSender(&ps, "Way2API sends under a name of its own and takes none in a request.")
	checkCode(&ps, r)
	checkCountries(&ps, r)
	if r.Template != nil && r.Template.Way2API == nil && !r.Template.Unknown.Any("way2api") {
		ps.Errorf(otp.At("template"), "Message template has no words for Way2API",
			"Way2API takes no text and builds its own; routes[%d] sends through it, but message template %q has no way2api part. Add way2api = { content = \"OTP\", purpose = \"login\", share_with = \"no_one\" } to it.", r.Index, r.Template.Name)
	}
	return ps
}

func checkCode(ps *otp.Problems, r otp.RoutePlan) {
	code, known := r.Code()
	if !known {
		return
	}
	if code.Length < minCodeLength || code.Length > maxCodeLength {
		ps.Errorf(otp.At("code").Attribute("length"), "Code length is out of range for Way2API",
			"length is %d; Way2API sends codes of %d to %d digits, and routes[%d] sends through it. Shorten the code, or leave Way2API out of this profile.", code.Length, minCodeLength, maxCodeLength, r.Index)
	}
	if !code.OnlyDigits() {
		ps.Errorf(otp.At("code"), "Way2API sends codes of digits only",
			"The code policy asks for other characters, and routes[%d] sends through Way2API. Keep digits and remove upper_case, lower_case and special_characters, or leave Way2API out of this profile.", r.Index)
	} else if code.ExcludeConfusing {
		// The application makes the code, and a document has no such wish.
		ps.Errorf(otp.At("code").Attribute("exclude_confusing"), "Confusing characters cannot be left out for Way2API",
			"exclude_confusing is true; for Way2API the application makes the code, and a document cannot tell it so. routes[%d] sends through it. Remove it: digits are hard to confuse.", r.Index)
	}
}

// checkCountries warns of routes that are open to other countries than India.
func checkCountries(ps *otp.Problems, r otp.RoutePlan) {
	if !r.Knows("countries") {
		return
	}
	served := r.Route.Countries
	if served == nil {
		if r.Profile.Unknown.Any("allowed_countries") {
			return
		}
		served = r.Profile.AllowedCountries
	}
	if slices.Equal(served, []string{Country}) || served != nil && len(served) == 0 {
		return
	}
	remedy := "To send only there, set countries = [\"IN\"] in the route."
	if served != nil && !slices.Contains(served, Country) {
		remedy = "Try it with a test send, and keep a route of another vendor behind it."
	}
	ps.Warnf(r.Path().Attribute("countries"), "Way2API may serve India only",
		"routes[%d] sends through Way2API and is open to other countries than India. Way2API's service page says worldwide; its newer documentation (request, number: only +91) sells India only, so other numbers may be refused. %s", r.Index, remedy)
}
