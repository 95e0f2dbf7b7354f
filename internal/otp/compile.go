package otp

import (
	"cmp"
)

// Compiler speaks for one vendor: it knows the vendor's rules and the exact
// requests to send.
type Compiler interface {
	Vendor() Vendor
	// Placeholders is how the vendor spells, in a free text, the placeholders
	// that it fills in itself; nil where it takes no free text.
	Placeholders() map[Placeholder]string
	// CheckBrand applies the vendor's rules to its own part of a brand.
	CheckBrand(Brand) Problems
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

// CheckBrand applies every rule that concerns a brand alone.
func (cs Compilers) CheckBrand(b Brand) Problems {
	return cs.withVendors(b.Check(), func(c Compiler) Problems { return c.CheckBrand(b) })
}

// CheckTemplate applies every rule that concerns a template alone.
func (cs Compilers) CheckTemplate(t MessageTemplate) Problems {
	return cs.withVendors(t.Check(), func(c Compiler) Problems { return c.CheckTemplate(t) })
}

// CheckSender applies every rule that concerns a sender ID alone.
func (cs Compilers) CheckSender(s SenderID) Problems {
	return cs.withVendors(s.Check(), func(c Compiler) Problems { return c.CheckSender(s) })
}

// withVendors adds what each vendor finds.
func (cs Compilers) withVendors(ps Problems, find func(Compiler) Problems) Problems {
	for _, vendor := range Vendors() {
		if c := cs[vendor]; c != nil {
			ps = append(ps, find(c)...)
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
		Routes:           make([]DocumentRoute, 0, len(p.Routes)),
	}
	if refs.Brand != nil {
		doc.Brand = refs.Brand.DisplayName
	}
	code := p.Code.Resolve()
	doc.Code = DocumentCode{Length: code.Length, Digits: code.Digits, UpperCase: code.UpperCase, LowerCase: code.LowerCase, SpecialCharacters: code.SpecialCharacters}
	compiled := make([]compiledRoute, 0, len(p.Routes))
	shared := &workshop{}
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
		plan := RoutePlan{Profile: p, Index: i, Route: r, Brand: refs.Brand, Template: refs.Template, Sender: refs.Senders[r.SenderID], compilers: cs, workshop: shared}
		plan.spell(compiled)
		ps = append(ps, plan.checkBlocks()...)
		route, found := c.CompileRoute(plan)
		ps = append(ps, found...)
		route.Vendor, route.Channel, route.Countries = r.Vendor, r.Channel, r.Countries
		route.ApplicationMustEnforce = plan.duties(route.ApplicationMustEnforce)
		doc.Routes = append(doc.Routes, route)
		compiled = append(compiled, compiledRoute{plan: plan, compiler: c, document: route})
	}
	ps = ps.once()
	if ps.Failed() || p.Check().Failed() {
		return doc, complete, ps
	}
	ps = append(ps, review(p, refs, compiled)...)
	if complete {
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
	return CountryPrefixes(sortedKeys(named))
}
