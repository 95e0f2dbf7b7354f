package otp

import (
	"strconv"
	"testing"
)

func TestOurAreaCodesAreStillNeeded(t *testing.T) {
	t.Parallel()
	for code, areas := range areaCodes {
		known.Lock()
		plan, err := planOf(code)
		known.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		for area, country := range areas {
			if plan.reachable(area) != 0 {
				t.Errorf("The library knows numbers that begin with +%d %s now: remove the area code from areaCodes, in internal/otp/areacode.go.", code, area)
			}
			if !IsCountry(country) {
				t.Errorf("+%d %s: %q is no country", code, area, country)
			}
		}
	}
}

func TestNumbersOfNewAreaCodesArePlaced(t *testing.T) {
	t.Parallel()
	prefixes, err := CountryPrefixes([]string{"US", "CA"})
	if err != nil {
		t.Fatal(err)
	}
	for code, areas := range areaCodes {
		for area, country := range areas {
			if got := place(prefixes, strconv.Itoa(code)+area+"2345678"); got != country {
				t.Errorf("+%d %s 2345678 is placed in %q, want %s", code, area, got, country)
			}
		}
	}
	only, err := CountryPrefixes([]string{"CA"})
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[string]string{"14362345678": "", "18612345678": "", "12732345678": "CA", "12002345678": ""} {
		if got := place(only, number); got != want {
			t.Errorf("+%s is placed in %q, want %q", number, got, want)
		}
	}
}
