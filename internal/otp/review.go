package otp

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// compiledRoute is a route with the calls that were made of it.
type compiledRoute struct {
	plan     RoutePlan
	compiler Compiler
	document DocumentRoute
}

// settled reports whether the calls of the route are what they will be.
func (r compiledRoute) settled() bool {
	return len(r.plan.Route.Unknown) == 0 && (r.plan.Route.SenderID == "" || r.plan.Sender.known())
}

// review warns of what shows only when all routes of a profile are seen
// together. Each warning comes once for all of them.
func review(p Profile, refs References, routes []compiledRoute) Problems {
	var ps Problems
	if !refs.Template.known() || !refs.Brand.known() || p.Unknown.Any("code", "validity_seconds") {
		return nil
	}
	checkLocales(&ps, *refs.Template, routes)
	if !p.Unknown.Any("allowed_countries") {
		checkReach(&ps, p, routes)
	}
	longest := map[string]string{}
	for _, r := range routes {
		if r.plan.Route.Channel != SMS {
			continue
		}
		for locale, text := range r.document.Send.Texts {
			sent := delivered(text, r.compiler.Placeholders(), p.Code.Resolve().Length)
			if before, seen := longest[locale]; !seen || CountSegments(sent).Segments > CountSegments(before).Segments {
				longest[locale] = sent
			}
		}
	}
	checkSegments(&ps, *refs.Template, longest)
	// Of a template that is wrong nothing is said here. It is checked at last,
	// because that takes longer than the rest, and mostly there is nothing to say.
	if len(ps) > 0 && refs.Template.Check().Failed() {
		return nil
	}
	return ps
}

// checkLocales warns of routes that have nothing to say in a language that the
// template knows: they send their default wording.
func checkLocales(ps *Problems, t MessageTemplate, routes []compiledRoute) {
	locales := sortedKeys(t.Translations)
	if t.MyOTP != nil {
		locales = append(locales, sortedKeys(t.MyOTP.Translations)...)
		slices.Sort(locales)
		locales = slices.Compact(locales)
	}
	if len(locales) == 0 {
		return
	}
	var silent, remedies []string
	for _, r := range routes {
		if !r.plan.Knows("vendor", "channel", string(r.plan.Route.Vendor)) {
			continue
		}
		var missing []string
		for _, locale := range locales {
			if !r.document.speaks(locale) {
				missing = append(missing, locale)
			}
		}
		if len(missing) > 0 {
			if remedy := r.remedy(); remedy != "" && !slices.Contains(remedies, remedy) {
				remedies = append(remedies, remedy)
			}
			silent = append(silent, fmt.Sprintf("routes[%d] (%s over %s) to recipients of %s", r.plan.Index, r.plan.Route.Vendor.Title(), r.plan.Route.Channel, enumerate(some(missing))))
		}
	}
	if len(silent) == 0 {
		return
	}
	detail := "Message template %q has translations that not every route can send. The default wording goes through %s."
	if len(remedies) > 0 {
		detail += " Where the vendor has the language, add " + enumerate(remedies) + "."
	}
	ps.Warnf(At("template"), "Routes send their default wording", detail, t.Name, enumerate(some(silent)))
}

// remedy is what gives a route a wording for another locale; empty where the
// vendor has one wording only.
func (r compiledRoute) remedy() string {
	if own, able := r.compiler.(Translating); able {
		if remedy := own.TranslationRemedy(r.plan.Route.Channel); remedy != "" {
			return remedy
		}
	}
	if r.compiler.Placeholders() != nil {
		return "a text to translations"
	}
	return ""
}

// speaks reports whether a route has a wording of its own for a locale, or for
// one that it is a form of, as applications look it up.
func (r DocumentRoute) speaks(locale string) bool {
	for {
		if r.Send.Texts[locale] != "" || r.Send.ByLocale[locale] != nil {
			return true
		}
		i := strings.LastIndexByte(locale, '-')
		if i < 0 {
			return false
		}
		locale = locale[:i]
	}
}

// checkReach warns of a route that is never reached: earlier ones send the very
// same request wherever it would, and what a vendor refused once it refuses
// again.
func checkReach(ps *Problems, p Profile, routes []compiledRoute) {
	for i, r := range routes {
		if !r.settled() {
			continue
		}
		var before []string
		covered, everywhere, twin := map[string]bool{}, false, false
		for _, earlier := range routes[:i] {
			if !earlier.settled() || !sameRequest(earlier.document, r.document) {
				continue
			}
			before = append(before, fmt.Sprintf("routes[%d]", earlier.plan.Index))
			served := p.served(earlier.plan.Route)
			everywhere = everywhere || served == nil
			twin = twin || reflect.DeepEqual(earlier.plan.Route, r.plan.Route) // which Check refuses
			for _, country := range served {
				covered[country] = true
			}
		}
		served := p.served(r.plan.Route)
		missing := served == nil || slices.ContainsFunc(served, func(country string) bool { return !covered[country] })
		if len(before) == 0 || twin || missing && !everywhere {
			continue
		}
		ps.Warnf(r.plan.Path(), "Route is never reached", "%s %s the same request in every country that routes[%d] serves, so it is never its turn: what the vendor refused once it refuses again. Remove it, or give it another sender or account.",
			enumerate(before), plural(len(before), "sends", "send"), r.plan.Index)
	}
}

// served are the countries that a route serves; nil: all.
func (p Profile) served(r Route) []string {
	if r.Countries != nil {
		return r.Countries
	}
	return p.AllowedCountries
}

// sameRequest reports whether two routes send the same.
func sameRequest(a, b DocumentRoute) bool {
	if a.Vendor != b.Vendor || a.Send.Method != b.Send.Method || a.Send.URL != b.Send.URL {
		return false
	}
	one, other := newWriter(), newWriter()
	defer writers.Put(one)
	defer writers.Put(other)
	for w, r := range map[*writer]DocumentRoute{one: a, other: b} {
		call := *r.Send
		call.Resend = nil
		w.call(&call)
	}
	return one.err == nil && other.err == nil && bytes.Equal(one.text, other.text)
}
