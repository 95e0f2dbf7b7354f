package emulate

import (
	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
)

// Country is where an E.164 number is, as an ISO 3166 alpha-2 code: "FR".
// Empty: nowhere. The number itself need not be in use.
func Country(e164 string) string {
	number, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return ""
	}
	region := phonenumbers.GetRegionCodeForNumber(number)
	if region == "" || region == "ZZ" {
		// Made-up numbers are often outside every range in use.
		region = phonenumbers.GetRegionCodeForCountryCode(int(number.GetCountryCode()))
	}
	if region == "ZZ" || region == "001" { // unknown; numbers of no country
		return ""
	}
	return region
}

// Alpha3 is the ISO 3166 alpha-3 code of an alpha-2 code: "FRA". Empty: none.
func Alpha3(region string) string {
	parsed, err := language.ParseRegion(region)
	if err != nil {
		return ""
	}
	return parsed.ISO3()
}
