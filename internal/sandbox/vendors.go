package sandbox

import (
	"errors"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

// Settings holds the switches of each vendor. The zero value is the default
// reading of every vendor.
type Settings struct {
	AndroidAPI androidapi.Settings `json:"androidapi"`
	MyOTP      myotp.Settings      `json:"myotp"`
	Octopush   octopush.Settings   `json:"octopush"`
	Way2API    way2api.Settings    `json:"way2api"`
}

// vendors makes every vendor that registered itself, sorted by name.
func (s Settings) vendors() ([]emulate.Vendor, error) {
	settings := emulate.Defaults()
	for name, chosen := range map[string]emulate.Settings{
		"androidapi": s.AndroidAPI, "myotp": s.MyOTP, "octopush": s.Octopush, "way2api": s.Way2API,
	} {
		settings[name] = chosen
	}
	var out []emulate.Vendor
	var failed []error
	for _, name := range emulate.Names() {
		vendor, err := settings[name].New()
		out, failed = append(out, vendor), append(failed, err)
	}
	return out, errors.Join(failed...)
}
