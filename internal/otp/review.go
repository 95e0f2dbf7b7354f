package otp

import (
	"encoding/json"
	"fmt"
	"maps"
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
	if !refs.Template.known() || !refs.Brand.known() || p.Unknown.Any("code", "validity_seconds") || refs.Template.Check().Failed() {
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
	return ps
}

// checkLocales warns of routes that have nothing to say in a language that the
// template knows: they send their default wording.
func checkLocales(ps *Problems, t MessageTemplate, routes []compiledRoute) {
	locales := map[string]bool{}
	for locale := range t.Translations {
		locales[locale] = true
	}
	if t.MyOTP != nil {
		for locale := range t.MyOTP.Translations {
			locales[locale] = true
		}
	}
	var silent, remedies []string
	for _, r := range routes {
		if !r.plan.Knows("vendor", "channel", string(r.plan.Route.Vendor)) {
			continue
		}
		var missing []string
		for _, locale := range slices.Sorted(maps.Keys(locales)) {
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
	request := func(r DocumentRoute) string {
		call := *r.Send
		call.Resend = nil
		text, err := json.Marshal(call)
		if err != nil {
			return fmt.Sprintf("%p", r.Send) // like no other
		}
		return string(text)
	}
	return a.Vendor == b.Vendor && request(a) == request(b)
}
