package otp

import (
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

func TestCountryPrefixesOfASimpleCountryAreItsCallingCode(t *testing.T) {
	t.Parallel()
	got, err := CountryPrefixes([]string{"FR", "IN", "PK"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"33": "FR", "91": "IN", "92": "PK"}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for prefix, country := range want {
		if got[prefix] != country {
			t.Errorf("prefix %s is %q, want %q", prefix, got[prefix], country)
		}
	}
}

// place is what an application does: the longest prefix wins.
func place(prefixes map[string]string, number string) string {
	for n := len(number); n > 0; n-- {
		if country := prefixes[number[:n]]; country != "" {
			return country
		}
	}
	return ""
}

func TestCountryPrefixesPlaceExampleNumbers(t *testing.T) {
	t.Parallel()
	missed := map[string]bool{}
	for region := range phonenumbers.GetSupportedRegions() {
		prefixes, err := CountryPrefixes([]string{region})
		if err != nil {
			t.Fatal(err)
		}
		if len(prefixes) > 4000 {
			t.Errorf("%s needs %d prefixes; a document would be huge", region, len(prefixes))
		}
		example := phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE)
		if example == nil || phonenumbers.GetRegionCodeForNumber(example) != region {
			continue
		}
		number := strings.TrimPrefix(phonenumbers.Format(example, phonenumbers.E164), "+")
		if place(prefixes, number) != region {
			missed[region] = true
		}
	}
	for region := range missed {
		t.Errorf("the example mobile number of %s is not placed there", region)
	}
}

// TestCountryPrefixesNeverPlaceANumberElsewhere draws numbers in every region
// and compares with what the library says.
func TestCountryPrefixesNeverPlaceANumberElsewhere(t *testing.T) {
	t.Parallel()
	var regions []string
	for region := range phonenumbers.GetSupportedRegions() {
		regions = append(regions, region)
	}
	all := map[string]map[string]string{}
	for _, region := range regions {
		prefixes, err := CountryPrefixes([]string{region})
		if err != nil {
			t.Fatal(err)
		}
		all[region] = prefixes
	}
	types := []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE, phonenumbers.TOLL_FREE, phonenumbers.VOIP, phonenumbers.PREMIUM_RATE}
	rapid.Check(t, func(t *rapid.T) {
		region := rapid.SampledFrom(regions).Draw(t, "region")
		number := phonenumbers.GetExampleNumberForType(region, rapid.SampledFrom(types).Draw(t, "type"))
		if number == nil {
			t.Skip("no such numbers")
		}
		digits := []byte(strings.TrimPrefix(phonenumbers.Format(number, phonenumbers.E164), "+"))
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			at := rapid.IntRange(1, len(digits)-1).Draw(t, "at")
			digits[at] = byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		}
		parsed, err := phonenumbers.Parse("+"+string(digits), "")
		if err != nil || !phonenumbers.IsValidNumber(parsed) {
			t.Skip("not a valid number")
		}
		actual := phonenumbers.GetRegionCodeForNumber(parsed)
		international := strings.TrimPrefix(phonenumbers.Format(parsed, phonenumbers.E164), "+")
		for allowed, prefixes := range all {
			if got := place(prefixes, international); got == allowed && actual != allowed {
				t.Fatalf("+%s is in %s, but is placed in %s", international, actual, allowed)
			}
		}
	})
}

func BenchmarkCountryPrefixesOfSharedCodes(b *testing.B) {
	for _, country := range []string{"US", "CA", "GB", "RU", "NO", "IT", "FR"} {
		b.Run(country, func(b *testing.B) {
			for range b.N {
				known.Lock()
				clear(known.plans)
				clear(known.prefixes)
				known.Unlock()
				prefixes, err := CountryPrefixes([]string{country})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(prefixes)), "prefixes")
			}
		})
	}
}
