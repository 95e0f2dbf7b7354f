package otp

import (
	"fmt"
	"maps"
	"slices"
)

// RoutePlan is a route with everything it is made from.
type RoutePlan struct {
	Profile  Profile
	Index    int
	Route    Route
	Brand    *Brand           // nil: not known yet
	Template *MessageTemplate // nil: not known yet
	Sender   *SenderID        // nil: none, or not known yet

	compilers  Compilers // of all vendors, for advice
	spelled    *spellings
	credential func(field string) string // of those spellings
	workshop   *workshop
}

// Path is where the route is in the profile.
func (r RoutePlan) Path() Path { return routePath(r.Index) }

func routePath(index int) Path { return Path{"routes", index} }

// Code is the code policy, and whether it is known. One that no vendor can
// keep, which the profile's own check reports, counts as not known.
func (r RoutePlan) Code() (Code, bool) {
	code := r.Profile.Code.Resolve()
	return code, !r.Profile.Unknown.Any("code") && code.inRange() && code.Possible() > 1
}

// Validity is how long a code is good, in seconds, and whether that is known.
// One that no vendor can keep counts as not known.
func (r RoutePlan) Validity() (int64, bool) {
	validity := r.Profile.Validity()
	return validity, !r.Profile.Unknown.Any("validity_seconds") && validity >= MinValidity && validity <= MaxValidity
}

// Attempts is how many wrong codes are accepted before the code is void.
func (r RoutePlan) Attempts() int64 { return r.Profile.attempts() }

// Knows reports whether all the named attributes of the route are known.
func (r RoutePlan) Knows(attributes ...string) bool { return !r.Route.Unknown.Any(attributes...) }

// Variables are the placeholders of an account's credentials and of its base
// URL, as a document writes them.
type Variables struct{ beginning string }

// Of is the placeholder of a field: ${OTP_OCTOPUSH_API_KEY}.
func (v Variables) Of(field string) string { return v.beginning + field + "}" }

func (v Variables) url(path string) string { return v.beginning + "BASE_URL}" + path }

// URL is an address at the account's vendor: ${OTP_OCTOPUSH_BASE_URL}/v1/otp/generate.
func (r RoutePlan) URL(path string) string {
	if r.spelled == nil {
		return r.Variables().url(path)
	}
	return r.spelled.url(path)
}

// Credential is Of of the route's variables.
func (r RoutePlan) Credential() func(field string) string {
	if r.credential == nil {
		return r.Variables().Of
	}
	return r.credential
}

// Variables are those of the route's account.
func (r RoutePlan) Variables() Variables {
	if r.spelled != nil {
		return r.spelled.of
	}
	return Variables{"${" + r.Route.Vendor.Variable(r.Route.Account, "")}
}

// CheckChannel refuses a channel that the vendor does not serve.
func (r RoutePlan) CheckChannel(ps *Problems, channels ...Channel) {
	if r.Knows("channel") && !slices.Contains(channels, r.Route.Channel) {
		ps.Errorf(r.Path().Attribute("channel"), "Vendor does not serve this channel", "%s does not serve channel %q. Write one of %s, or send through another vendor.", r.Route.Vendor.Title(), r.Route.Channel, quoted(channels))
	}
}

// RefuseSender refuses a sender ID where the vendor takes none.
func (r RoutePlan) RefuseSender(ps *Problems, why string) {
	if r.Knows("sender_id") && r.Route.SenderID != "" {
		ps.Errorf(r.Path().Attribute("sender_id"), "Route takes no sender ID", "%s Remove sender_id.", why)
	}
}

// checkBlocks refuses options of other vendors.
func (r RoutePlan) checkBlocks() Problems {
	var ps Problems
	blocks := []struct {
		vendor Vendor
		set    bool
	}{{AndroidAPI, r.Route.AndroidAPI != nil}, {MyOTP, r.Route.MyOTP != nil}, {Octopush, r.Route.Octopush != nil}}
	for _, block := range blocks {
		if block.set && block.vendor != r.Route.Vendor {
			ps.Errorf(r.Path().Attribute(string(block.vendor)), "Options of another vendor", "The route goes through %s, so the options of %s have no effect. Remove them, or change vendor.", r.Route.Vendor.Title(), block.vendor.Title())
		}
	}
	own := r.compilers[r.Route.Vendor]
	channel := r.Route.Channel
	if !r.Knows("channel") {
		channel = WhatsApp // as it may turn out
	}
	if r.Route.WhatsAppAccount != "" && !takesWhatsAppAccount(own, channel) {
		able := r.compilers.titles(func(c Compiler) bool { return takesWhatsAppAccount(c, WhatsApp) })
		ps.Errorf(r.Path().Attribute("whatsapp_account"), "Route takes no WhatsApp account", "Only %s's WhatsApp channel sends from a WhatsApp account of your own; this route is %s over %s. Remove whatsapp_account.", enumerate(able), r.Route.Vendor.Title(), r.Route.Channel)
	}
	return ps
}

// duties adds what no vendor does and sorts the list.
func (r RoutePlan) duties(own []Duty) []Duty {
	all := append(make([]Duty, 0, len(own)+2), SendLimits)
	all = append(all, own...)
	if r.Profile.AllowedCountries != nil || r.Route.Countries != nil {
		all = append(all, AllowedCountries)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Message is one wording of the route as the vendor gets it.
type Message struct {
	Wording
	Sent string // with brand and validity filled in and the vendor's own placeholders
}

// Messages fills a template's wordings for a vendor that takes free text.
// native are the Placeholders of its compiler; a template may use no other of
// them. It is nil where something is not known yet or wrong.
func (r RoutePlan) Messages(ps *Problems, native map[Placeholder]string) []Message {
	if r.Template == nil || r.Template.Unknown.Any("text", "translations") {
		return nil
	}
	wordings := r.workshop.wordingsOf(r.Template)
	if r.Template.Text == "" {
		ps.Errorf(At("template"), "Message template has no text", "routes[%d] sends through %s, which takes free text, but message template %q has none. Set its text.", r.Index, r.Route.Vendor.Title(), r.Template.Name)
		return nil
	}
	values := maps.Clone(native)
	validity, validityKnown := r.Validity()
	values[PlaceholderMinutes] = fmt.Sprint(validity / 60)
	if r.Brand.known() {
		values[PlaceholderBrand] = r.Brand.DisplayName
	}
	messages := make([]Message, 0, len(wordings))
	var late, broken []string // wordings that say a time, or minutes, which cannot be said
	for _, w := range wordings {
		text := w.text
		if len(w.faults) > 0 {
			return nil // the template's own check reports it
		}
		if text.Count(PlaceholderExpiry) > 0 && native[PlaceholderExpiry] == "" {
			late = append(late, w.Path.String())
		}
		if text.Count(PlaceholderMinutes) > 0 && validityKnown && validity%60 != 0 {
			broken = append(broken, w.Path.String())
		}
		messages = append(messages, Message{Wording: w.Wording, Sent: text.Expand(values)})
	}
	if len(late) > 0 {
		ps.Errorf(At("template"), "Vendor cannot tell when a code expires", "%s of message template %q %s {{expiry_time}}, which only %s; routes[%d] sends through %s. Use {{validity_minutes}}.",
			enumerate(late), r.Template.Name, plural(len(late), "uses", "use"), r.compilers.fillers(PlaceholderExpiry), r.Index, r.Route.Vendor.Title())
	}
	if len(broken) > 0 {
		ps.Errorf(At("validity_seconds"), "Validity is not in whole minutes", "%s of message template %q %s {{validity_minutes}}, but %d seconds are not whole minutes. Write %s.",
			enumerate(broken), r.Template.Name, plural(len(broken), "says", "say"), validity, wholeMinutes(validity))
	}
	if !r.Brand.known() || !validityKnown {
		return nil
	}
	return messages
}

// RepeatsCode reports whether the message has the code twice, in its sentence
// and in the last line of a WebOTP message.
func (m Message) RepeatsCode() bool { return bindsTwice(m.Text) }

// wholeMinutes proposes the next validities, in seconds, that are.
func wholeMinutes(validity int64) string {
	if validity < 60 {
		return "60"
	}
	return fmt.Sprintf("%d or %d", validity/60*60, (validity/60+1)*60)
}

// Texts are messages by locale, as a document holds them.
func Texts(messages []Message) map[string]string {
	texts := map[string]string{}
	for _, m := range messages {
		texts[m.Locale] = m.Sent
	}
	return texts
}

func quoted[T ~string](values []T) string {
	s := ""
	for i, v := range values {
		switch {
		case i == 0:
		case i == len(values)-1:
			s += " or "
		default:
			s += ", "
		}
		s += fmt.Sprintf("%q", string(v))
	}
	return s
}
