package otp

import (
	"slices"
	"strings"
)

// MessageTemplate is the wording of a message: free text for vendors that take
// one, and the numbers or words by which the others know theirs.
type MessageTemplate struct {
	Name         string            `json:"name"`
	Text         string            `json:"text,omitempty"`        // the default wording; "": none
	Translations map[string]string `json:"translations,omitzero"` // by BCP 47 locale; empty: none
	MyOTP        *MyOTPTemplate    `json:"myotp,omitempty"`
	Way2API      *Way2APITemplate  `json:"way2api,omitempty"`

	Unknown Fields `json:"-"`
}

// MyOTPTemplate is how MyOTP.App knows the template: by number (MyOTP
// reference §2). WhatsApp templates have numbers of their own.
type MyOTPTemplate struct {
	TemplateOrder         *int64                      `json:"template_order,omitempty"`
	WhatsAppTemplateOrder *int64                      `json:"whatsapp_template_order,omitempty"`
	Translations          map[string]MyOTPTranslation `json:"translations,omitzero"`
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

// Wording is one text of a template with the attribute that holds it. Line
// feeds at its end, as every heredoc has one, are left out: no vendor needs
// them, and a browser reads the last line only.
type Wording struct {
	Locale  string // "" for the default text
	Text    string
	Path    Path
	Trimmed bool // whether line feeds were left out
}

func newWording(locale, text string) Wording {
	trimmed := strings.TrimRight(text, "\n")
	return Wording{Locale: locale, Text: trimmed, Path: wordingPath(locale), Trimmed: trimmed != text}
}

// wordingPath is the attribute that holds the text of a locale.
func wordingPath(locale string) Path {
	if locale == "" {
		return At("text")
	}
	return Path{"translations", Key(locale)}
}

// sortedKeys are the keys of a map in order.
func sortedKeys[V any](values map[string]V) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Wordings lists the default text and then every translation by locale.
func (t MessageTemplate) Wordings() []Wording {
	ws := make([]Wording, 0, len(t.Translations)+1)
	if t.Text != "" {
		ws = append(ws, newWording("", t.Text))
	}
	for _, locale := range sortedKeys(t.Translations) {
		ws = append(ws, newWording(locale, t.Translations[locale]))
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
	switch {
	case t.Text == "" && len(t.Translations) > 0:
		ps.Errorf(At("translations"), "Translations without a default text", "Recipients of other locales need a message too. Set text.")
	case t.Text == "" && t.MyOTP == nil && t.Way2API == nil:
		ps.Errorf(At("text"), "Message template is empty", "Set text for vendors that send free text (AndroidAPI, Octopush), myotp for MyOTP.App or way2api for Way2API; at least one of them.")
	}
	return append(ps, t.checkWordings()...)
}

func (t MessageTemplate) checkWordings() Problems {
	var ps Problems
	var trimmed []string
	for _, w := range t.Wordings() {
		ps = append(ps, w.check()...)
		if w.Trimmed {
			trimmed = append(trimmed, w.Path.String())
		}
	}
	if len(trimmed) > 0 {
		ps.Warnf(At("text"), "Line feed at the end of a text is left out", "%s %s in a line feed, as every heredoc does. It is not sent: no vendor needs it, and a browser reads the last line only. To be rid of this warning, wrap the heredoc in chomp(), or write a string in quotes.",
			enumerate(trimmed), plural(len(trimmed), "ends", "end"))
	}
	for _, locale := range sortedKeys(t.Translations) {
		checkLocale(&ps, wordingPath(locale), locale)
	}
	if t.MyOTP != nil {
		for _, locale := range sortedKeys(t.MyOTP.Translations) {
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
	checkBreaks(&ps, w.Path, w.Text)
	switch n := text.Count(PlaceholderOTP); {
	case n == 0 && len(faults) == 0:
		ps.Errorf(w.Path, "Message text has no code in it", "The text %q has no {{otp}}: it would be sent, paid for, and hold no code. Write {{otp}} where the code belongs.", w.Text)
	case n > 1 && !bindsTwice(w.Text):
		ps.Errorf(w.Path, "Message text has the code twice", "{{otp}} occurs %d times. Vendors fill in the code once; keep one {{otp}}. Only a WebOTP message has two: one in its sentence, and one in a last line such as @example.com #{{otp}}.", n)
	default:
		w.checkBinding(&ps)
	}
	w.checkCost(&ps)
	if found := findLink(w.Text); found != "" {
		ps.Warnf(w.Path, "Message text holds a link", "Carriers filter one-time passwords with links such as %q, and recipients learn to trust them. Leave it out; the last line of a WebOTP message (@host #{{otp}}) is fine.", found)
	}
	return ps
}

// checkBinding warns of a line that was meant to bind the code to a site and
// that browsers do not read.
func (w Wording) checkBinding(ps *Problems) {
	line, last := misboundLine(w.Text)
	switch {
	case line == "":
	case last:
		ps.Warnf(w.Path, "Browsers do not read the code", "The last line %q is not that of a WebOTP message: it begins with @ and the host, then come one space, # and the code, as in @example.com #{{otp}}.", line)
	default:
		ps.Warnf(w.Path, "Browsers do not read the code", "Browsers look for @host #code in the last line only, and %q is not the last one. Move it to the end.", line)
	}
}
