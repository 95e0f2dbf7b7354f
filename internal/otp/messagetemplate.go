package otp

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// MessageTemplate is the wording of a message: free text for vendors that take
// one, and the numbers or words by which the others know theirs.
type MessageTemplate struct {
	Name         string            `json:"name"`
	Text         string            `json:"text,omitempty"`         // the default wording; "": none
	Translations map[string]string `json:"translations,omitempty"` // by BCP 47 locale
	MyOTP        *MyOTPTemplate    `json:"myotp,omitempty"`
	Way2API      *Way2APITemplate  `json:"way2api,omitempty"`

	Unknown Fields `json:"-"`
}

// MyOTPTemplate is how MyOTP.App knows the template: by number (MyOTP
// reference §2). WhatsApp templates have numbers of their own.
type MyOTPTemplate struct {
	TemplateOrder         *int64                      `json:"template_order,omitempty"`
	WhatsAppTemplateOrder *int64                      `json:"whatsapp_template_order,omitempty"`
	Translations          map[string]MyOTPTranslation `json:"translations,omitempty"`
}

// MyOTPTranslation holds the numbers of one locale.
type MyOTPTranslation struct {
	TemplateOrder         *int64 `json:"template_order,omitempty"`
	WhatsAppTemplateOrder *int64 `json:"whatsapp_template_order,omitempty"`
}

// Way2APITemplate is how Way2API builds its wording (Way2API reference §2).
type Way2APITemplate struct {
	Content   string `json:"content"`
	Purpose   string `json:"purpose"`
	ShareWith string `json:"share_with"`
}

// Wording is one text of a template with the attribute that holds it.
type Wording struct {
	Locale string // "" for the default text
	Text   string
	Path   Path
}

// Wordings lists the default text and then every translation by locale.
func (t MessageTemplate) Wordings() []Wording {
	var ws []Wording
	if t.Text != "" {
		ws = append(ws, Wording{Text: t.Text, Path: At("text")})
	}
	for _, locale := range slices.Sorted(maps.Keys(t.Translations)) {
		ws = append(ws, Wording{Locale: locale, Text: t.Translations[locale], Path: At("translations").Key(locale)})
	}
	return ws
}

// Check applies the rules that hold for a message template at every vendor;
// each vendor's compiler checks its own part.
func (t MessageTemplate) Check() Problems {
	var ps Problems
	if t.Unknown.Any("text", "translations", "myotp", "way2api") {
		return t.checkWordings()
	}
	if t.Text == "" && t.MyOTP == nil && t.Way2API == nil {
		ps.Errorf(At("text"), "Message template is empty", "Set text for vendors that send free text (AndroidAPI, Octopush), myotp for MyOTP.App or way2api for Way2API; at least one of them.")
	}
	if t.Text == "" && len(t.Translations) > 0 {
		ps.Errorf(At("translations"), "Translations without a default text", "Recipients of other locales need a message too. Set text.")
	}
	return append(ps, t.checkWordings()...)
}

func (t MessageTemplate) checkWordings() Problems {
	var ps Problems
	for _, w := range t.Wordings() {
		ps = append(ps, w.check()...)
	}
	for _, locale := range slices.Sorted(maps.Keys(t.Translations)) {
		checkLocale(&ps, At("translations").Key(locale), locale)
	}
	if t.MyOTP != nil {
		for _, locale := range slices.Sorted(maps.Keys(t.MyOTP.Translations)) {
			checkLocale(&ps, At("myotp").Attribute("translations").Key(locale), locale)
		}
	}
	return ps
}

func (w Wording) check() Problems {
	var ps Problems
	text, faults := ParseText(w.Text)
	for _, fault := range faults {
		ps.Errorf(w.Path, "Message text has a wrong placeholder", "%s", fault)
	}
	for _, fault := range checkCharacters(w.Text, true) {
		ps.Errorf(w.Path, "Message text has a character that may not be sent", "%s", fault)
	}
	switch n := text.Count(PlaceholderOTP); {
	case n == 0 && len(faults) == 0:
		ps.Errorf(w.Path, "Message text has no code in it", "The text %q has no {{otp}}: it would be sent, paid for, and hold no code. Write {{otp}} where the code belongs.", w.Text)
	case n > 1:
		ps.Errorf(w.Path, "Message text has the code twice", "{{otp}} occurs %d times. Vendors fill in the code once; keep one {{otp}}.", n)
	}
	w.checkCost(&ps)
	if found := findLink(w.Text); found != "" {
		ps.Warnf(w.Path, "Message text holds a link", "Carriers filter one-time passwords with links such as %q, and recipients learn to trust them. Leave it out; the last line of a WebOTP message (@host #{{otp}}) is fine.", found)
	}
	return ps
}

// checkCost warns of typographic characters that leave the small alphabet of
// SMS, so that every message costs more segments than it need. It counts with
// an example, because only a profile knows what the placeholders become.
func (w Wording) checkCost(ps *Problems) {
	costly := CostlyCharacters(w.Text)
	if len(costly) == 0 {
		return
	}
	var list []string
	for _, c := range costly {
		list = append(list, fmt.Sprintf("%q (U+%04X) at character %d, write %q", c.Character, c.Character, c.Position, c.Plain))
	}
	text, _ := ParseText(w.Text)
	filled := text.Expand(map[Placeholder]string{PlaceholderOTP: "123456", PlaceholderBrand: "Acme", PlaceholderMinutes: "5", PlaceholderExpiry: "12:00:00"})
	is, could := CountSegments(filled), CountSegments(plainly(filled))
	ps.Warnf(w.Path, "Message text leaves the SMS alphabet", "Because of %s, the text is sent as Unicode, with room for 70 characters in a segment: with a code of six digits and a brand of four letters, %d characters in %d. Without %s there is room for 160: %d characters in %d.",
		strings.Join(list, "; "), is.Characters, is.Segments, them(len(costly)), could.Characters, could.Segments)
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}
