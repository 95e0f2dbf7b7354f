package otp

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Compiler speaks for one vendor: it knows the vendor's rules and the exact
// requests to send.
type Compiler interface {
	Vendor() Vendor
	// Placeholders is how the vendor spells, in a free text, the placeholders
	// that it fills in itself; nil where it takes no free text.
	Placeholders() map[Placeholder]string
	// CheckTemplate applies the vendor's rules to its own part of a template.
	CheckTemplate(MessageTemplate) Problems
	// CheckSender applies the vendor's rules to its own part of a sender ID.
	CheckSender(SenderID) Problems
	// CompileRoute makes the calls of a route. The route is usable when no
	// problem is an error and everything it reads is known.
	CompileRoute(RoutePlan) (DocumentRoute, Problems)
}

// Compilers holds a compiler for each vendor.
type Compilers map[Vendor]Compiler

// References are the objects a profile refers to, as they are or will be. A
// nil one is not known yet; its rules are skipped.
type References struct {
	Brand    *Brand
	Template *MessageTemplate
	Senders  map[string]*SenderID // by name
}

// CheckTemplate applies every rule that concerns a template alone.
func (cs Compilers) CheckTemplate(t MessageTemplate) Problems {
	ps := t.Check()
	for _, vendor := range Vendors() {
		if c := cs[vendor]; c != nil {
			ps = append(ps, c.CheckTemplate(t)...)
		}
	}
	return ps
}

// CheckSender applies every rule that concerns a sender ID alone.
func (cs Compilers) CheckSender(s SenderID) Problems {
	ps := s.Check()
	for _, vendor := range Vendors() {
		if c := cs[vendor]; c != nil {
			ps = append(ps, c.CheckSender(s)...)
		}
	}
	return ps
}

// Compile checks the routes of a profile that passes Check against every rule
// of their vendors and makes its document. The document is usable when complete
// is true and the problems hold no error; otherwise something was not known
// yet, or was wrong.
func (cs Compilers) Compile(p Profile, refs References) (doc Document, complete bool, ps Problems) {
	complete = len(p.Unknown) == 0 && refs.Brand.known() && refs.Template.known()
	doc = Document{
		SchemaVersion:    DocumentVersion,
		Profile:          p.Name,
		ValiditySeconds:  p.Validity(),
		MaxWrongAttempts: p.attempts(),
		AllowedCountries: p.AllowedCountries,
		Limits:           p.limits(),
		ResendRoute:      cmp.Or(p.ResendRoute, ResendSame),
		Routes:           []DocumentRoute{},
	}
	if refs.Brand != nil {
		doc.Brand = refs.Brand.DisplayName
	}
	code := p.Code.Resolve()
	doc.Code = DocumentCode{Length: code.Length, Digits: code.Digits, UpperCase: code.UpperCase, LowerCase: code.LowerCase, SpecialCharacters: code.SpecialCharacters}
	for i, r := range p.Routes {
		if len(r.Unknown) > 0 || r.SenderID != "" && !refs.Senders[r.SenderID].known() {
			complete = false
		}
		c := cs[r.Vendor]
		if c == nil {
			if r.Vendor.Valid() {
				ps.Errorf(At("routes").Index(i).Attribute("vendor"), "Vendor has no routes yet", "This release makes no documents for %s. Remove the route, or use a newer release.", r.Vendor.Title())
			}
			continue // any other vendor is a problem that Check reports
		}
		plan := RoutePlan{Profile: p, Index: i, Route: r, Brand: refs.Brand, Template: refs.Template, Sender: refs.Senders[r.SenderID]}
		ps = append(ps, plan.checkBlocks()...)
		route, found := c.CompileRoute(plan)
		ps = append(ps, found...)
		route.Vendor, route.Channel, route.Countries = r.Vendor, r.Channel, r.Countries
		route.ApplicationMustEnforce = plan.duties(route.ApplicationMustEnforce)
		doc.Routes = append(doc.Routes, route)
	}
	if complete && !ps.Failed() && !p.Check().Failed() {
		prefixes, err := p.countryPrefixes()
		if err != nil {
			ps.Errorf(At("allowed_countries"), "Country has no numbers", "%s.", err)
		}
		doc.CountryPrefixes = prefixes
	}
	return doc, complete, ps
}

func (b *Brand) known() bool           { return b != nil && len(b.Unknown) == 0 }
func (t *MessageTemplate) known() bool { return t != nil && len(t.Unknown) == 0 }
func (s *SenderID) known() bool        { return s != nil && len(s.Unknown) == 0 }

// countryPrefixes covers every country that the profile or a route names.
func (p Profile) countryPrefixes() (map[string]string, error) {
	named := map[string]bool{}
	for _, country := range p.AllowedCountries {
		named[country] = true
	}
	for _, r := range p.Routes {
		for _, country := range r.Countries {
			named[country] = true
		}
	}
	if len(named) == 0 {
		return nil, nil
	}
	return CountryPrefixes(slices.Sorted(maps.Keys(named)))
}

// RoutePlan is a route with everything it is made from.
type RoutePlan struct {
	Profile  Profile
	Index    int
	Route    Route
	Brand    *Brand           // nil: not known yet
	Template *MessageTemplate // nil: not known yet
	Sender   *SenderID        // nil: none, or not known yet
}

// Path is where the route is in the profile.
func (r RoutePlan) Path() Path { return At("routes").Index(r.Index) }

// Code is the code policy, and whether it is known.
func (r RoutePlan) Code() (Code, bool) {
	return r.Profile.Code.Resolve(), !r.Profile.Unknown.Any("code")
}

// Validity is how long a code is good, in seconds, and whether that is known.
func (r RoutePlan) Validity() (int64, bool) {
	return r.Profile.Validity(), !r.Profile.Unknown.Any("validity_seconds")
}

// Attempts is how many wrong codes are accepted before the code is void.
func (r RoutePlan) Attempts() int64 { return r.Profile.attempts() }

// Knows reports whether all the named attributes of the route are known.
func (r RoutePlan) Knows(attributes ...string) bool { return !r.Route.Unknown.Any(attributes...) }

// Variable is the placeholder of a credential of the route's account, as a
// document writes it: ${OTP_OCTOPUSH_API_KEY}.
func (r RoutePlan) Variable(field string) string {
	return "${" + r.Route.Vendor.Variable(r.Route.Account, field) + "}"
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
	if r.Route.WhatsAppAccount != "" && (r.Route.Vendor != AndroidAPI || r.Knows("channel") && r.Route.Channel != WhatsApp) {
		ps.Errorf(r.Path().Attribute("whatsapp_account"), "Route takes no WhatsApp account", "Only AndroidAPI's WhatsApp channel sends from a WhatsApp account of your own; this route is %s over %s. Remove whatsapp_account.", r.Route.Vendor.Title(), r.Route.Channel)
	}
	return ps
}

// duties adds what no vendor does and sorts the list.
func (r RoutePlan) duties(own []Duty) []Duty {
	all := append([]Duty{SendLimits}, own...)
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
	wordings := r.Template.Wordings()
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
	for _, w := range wordings {
		text, faults := ParseText(w.Text)
		if len(faults) > 0 {
			return nil // the template's own check reports it
		}
		if text.Count(PlaceholderExpiry) > 0 && native[PlaceholderExpiry] == "" {
			ps.Errorf(At("template"), "Vendor cannot tell when a code expires", "%s of message template %q uses {{expiry_time}}, which only Octopush fills in; routes[%d] sends through %s. Use {{validity_minutes}}.", w.Path, r.Template.Name, r.Index, r.Route.Vendor.Title())
		}
		if text.Count(PlaceholderMinutes) > 0 && validityKnown && validity%60 != 0 {
			ps.Errorf(At("validity_seconds"), "Validity is not in whole minutes", "%s of message template %q says {{validity_minutes}}, but %d seconds are not whole minutes. Write %s.", w.Path, r.Template.Name, validity, wholeMinutes(validity))
		}
		messages = append(messages, Message{Wording: w, Sent: text.Expand(values)})
	}
	if !r.Brand.known() || !validityKnown {
		return nil
	}
	return messages
}

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
