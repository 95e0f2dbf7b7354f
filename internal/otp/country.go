package otp

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// IsCountry reports whether code is an ISO 3166 alpha-2 code, in upper case,
// of a country or territory that has phone numbers.
func IsCountry(code string) bool { return phonenumbers.GetSupportedRegions()[code] }

// CountryPrefixes maps beginnings of international numbers, without "+", to
// the country a number is in; the longest match wins and no match means that
// the country is not one of these. It can be wrong only by leaving numbers
// out: a prefix is listed when no valid number of another country begins so.
// An error means that a country is unknown.
func CountryPrefixes(countries []string) (map[string]string, error) {
	prefixes := map[string]string{}
	for _, country := range countries {
		if !IsCountry(country) {
			return nil, fmt.Errorf("country %q has no phone numbers of its own", country)
		}
		own, err := prefixesOf(country)
		if err != nil {
			return nil, err
		}
		maps.Copy(prefixes, own)
	}
	return prefixes, nil
}

// maxPrefix is how many digits behind the calling code are looked at before a
// number that could still be in two countries counts as in neither.
const maxPrefix = 7

// known keeps what was computed: the metadata never changes while we run.
var known = struct {
	sync.Mutex
	plans    map[int]*numberPlan
	prefixes map[string]map[string]string
}{plans: map[int]*numberPlan{}, prefixes: map[string]map[string]string{}}

func prefixesOf(country string) (map[string]string, error) {
	known.Lock()
	defer known.Unlock()
	if prefixes := known.prefixes[country]; prefixes != nil {
		return prefixes, nil
	}
	code := phonenumbers.GetCountryCodeForRegion(country)
	plan, err := planOf(code)
	if err != nil {
		return nil, err
	}
	prefixes := map[string]string{}
	bit := regionSet(1) << slices.Index(plan.regions, country)
	var assign func(national string, state []uint32)
	assign = func(national string, state []uint32) {
		switch set := plan.possible(state, len(national)); {
		case set&bit == 0:
			return
		case set == bit:
			prefixes[strconv.Itoa(code)+national] = country
			return
		}
		if len(national) == maxPrefix {
			return
		}
		for digit := '0'; digit <= '9'; digit++ {
			assign(national+string(digit), plan.step(state, digit))
		}
	}
	assign("", plan.start)
	for area, owner := range areaCodes[code] {
		if owner == country && plan.reachable(area) == 0 {
			prefixes[strconv.Itoa(code)+area] = country
		}
	}
	known.prefixes[country] = prefixes
	return prefixes, nil
}

// metadata is the library's metadata by region.
var metadata = sync.OnceValues(func() (map[string]*phonenumbers.PhoneMetadata, error) {
	collection, err := phonenumbers.MetadataCollection()
	if err != nil {
		return nil, fmt.Errorf("reading the phone number metadata: %w", err)
	}
	regions := map[string]*phonenumbers.PhoneMetadata{}
	for _, region := range collection.GetMetadata() {
		regions[region.GetId()] = region
	}
	return regions, nil
})

// planOf is called with the lock held.
func planOf(code int) (*numberPlan, error) {
	if plan := known.plans[code]; plan != nil {
		return plan, nil
	}
	all, err := metadata()
	if err != nil {
		return nil, err
	}
	var regions []*phonenumbers.PhoneMetadata
	for _, id := range phonenumbers.GetRegionCodesForCountryCode(code) {
		regions = append(regions, all[id])
	}
	plan, err := newNumberPlan(regions)
	if err != nil {
		return nil, err
	}
	known.plans[code] = plan
	return plan, nil
}
