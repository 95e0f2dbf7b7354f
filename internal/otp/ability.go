package otp

// What only some vendors can do, their compilers say by having the methods of
// one of these. A vendor without them needs to know nothing of them.

// OwnWhatsApp is a compiler whose vendor sends from WhatsApp accounts of the
// customer's own, on a channel.
type OwnWhatsApp interface {
	TakesWhatsAppAccount(Channel) bool
}

// Translating is a compiler whose vendor gets the wordings of other languages
// otherwise than as a text of the template.
type Translating interface {
	// TranslationRemedy is what to add for another language on a channel, as the
	// end of a sentence: "a number to myotp.translations". It is empty where the
	// template's texts are what is needed, or the channel has one wording only.
	TranslationRemedy(Channel) string
}

// takesWhatsAppAccount reports whether routes of a vendor over a channel send
// from an account of the customer's own.
func takesWhatsAppAccount(c Compiler, channel Channel) bool {
	own, able := c.(OwnWhatsApp)
	return able && own.TakesWhatsAppAccount(channel)
}

// fillers says which vendors fill in a placeholder: "A and B fill in".
func (cs Compilers) fillers(p Placeholder) string {
	able := cs.titles(func(c Compiler) bool { return c.Placeholders()[p] != "" })
	return enumerate(able) + " " + plural(len(able), "fills in", "fill in")
}

// titles are the vendors, in alphabetical order, whose compilers can do something.
func (cs Compilers) titles(can func(Compiler) bool) []string {
	var able []string
	for _, vendor := range Vendors() {
		if c := cs[vendor]; c != nil && can(c) {
			able = append(able, vendor.Title())
		}
	}
	return able
}
