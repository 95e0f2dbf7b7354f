package vendors

import (
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// credentials are those of each vendor, see Credentials.
var credentials = map[otp.Vendor][]string{
	otp.AndroidAPI: {"SECRET"},
	otp.MyOTP:      {"API_KEY"},
	otp.Octopush:   {"API_LOGIN", "API_KEY"},
	otp.Way2API:    {"API_KEY"},
}

// Credentials are the fields of a vendor's account that a call needs, as
// variables spell them: API_KEY.
func Credentials(vendor otp.Vendor) []string { return slices.Clone(credentials[vendor]) }

// Variables names the environment variables that hold the credentials of a
// vendor's default account.
func Variables(vendor otp.Vendor) []string {
	var names []string
	for _, field := range credentials[vendor] {
		names = append(names, vendor.Variable("", field))
	}
	return names
}

// Configured reports whether anybody gave the account of a vendor a credential.
// One that has only a part of them counts: calling that vendor is an error that
// names the part that is missing.
func (c *Clients) Configured(vendor otp.Vendor) bool { return c.configured[vendor] }

func (c Config) configured() map[otp.Vendor]bool {
	return map[otp.Vendor]bool{
		otp.AndroidAPI: c.AndroidAPI.Secret != "",
		otp.MyOTP:      c.MyOTP.APIKey != "",
		otp.Octopush:   c.Octopush.APILogin != "" || c.Octopush.APIKey != "",
		otp.Way2API:    c.Way2API.APIKey != "",
	}
}
