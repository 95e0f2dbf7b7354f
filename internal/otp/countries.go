package otp

import (
	"maps"
	"slices"
	"strings"
)

// checkServed warns of countries that no route serves, and of a profile that
// is open to all.
func (p Profile) checkServed() Problems {
	var ps Problems
	if p.Unknown.Any("allowed_countries") {
		return nil
	}
	path, served, everywhere := At("allowed_countries"), map[string]bool{}, p.Unknown.Any("routes")
	for _, r := range p.Routes {
		everywhere = everywhere || r.Countries == nil || r.Unknown.Any("countries")
		for _, country := range r.Countries {
			served[country] = true
		}
	}
	var left []string
	for _, country := range p.AllowedCountries {
		if !served[country] {
			left = append(left, country)
		}
	}
	switch {
	case p.AllowedCountries == nil && everywhere:
		ps.Warnf(path, "Codes may be sent to every country", "Without allowed_countries anybody can make you pay for messages to expensive numbers (SMS pumping). List the countries your users are in.")
	case p.AllowedCountries == nil:
		ps.Warnf(path, "Countries are allowed that no route serves", "Without allowed_countries every country is allowed, but the routes serve %s only. Say so: allowed_countries = [%s].", enumerate(slices.Sorted(maps.Keys(served))), `"`+strings.Join(slices.Sorted(maps.Keys(served)), `", "`)+`"`)
	case !everywhere && len(left) > 0:
		ps.Warnf(path, "Countries are allowed that no route serves", "%s %s allowed, but every route has countries of its own and none serves %s: people there get no code. Add %s to a route, or remove %s here.",
			enumerate(left), plural(len(left), "is", "are"), plural(len(left), "it", "them"), plural(len(left), "it", "them"), plural(len(left), "it", "them"))
	}
	return ps
}

func (p Profile) checkRouteCountries(path Path, r Route) Problems {
	var ps Problems
	if p.Unknown.Any("allowed_countries") || p.AllowedCountries == nil {
		return nil
	}
	for _, country := range r.Countries {
		if !slices.Contains(p.AllowedCountries, country) {
			ps.Errorf(path, "Route serves a country the profile does not allow", "%s is in the route's countries but not in allowed_countries %v. Add it there or remove it here.", country, p.AllowedCountries)
		}
	}
	return ps
}

func checkCountries(path Path, countries []string) Problems {
	var ps Problems
	if countries != nil && len(countries) == 0 {
		ps.Errorf(path, "List of countries is empty", "An empty set would allow no country at all. Leave the attribute out to allow all, or list some.")
	}
	for _, country := range countries {
		if !IsCountry(country) {
			ps.Errorf(path, "Unknown country", "%q is not an ISO 3166 alpha-2 country code in upper case, such as \"FR\" or \"IN\".%s", country, meant(country))
		}
	}
	return ps
}

// meant proposes the country somebody most likely meant.
func meant(country string) string {
	code := strings.ToUpper(strings.TrimSpace(country))
	if other := map[string]string{"UK": "GB", "EL": "GR"}[code]; other != "" {
		code = other
	}
	if !IsCountry(code) {
		return ""
	}
	return " Write \"" + code + "\"."
}
