package providertest

import (
	"strings"
)

const brandAndProfile = `
resource "otp_brand" "acme" {
  name         = "BRAND"
  display_name = "DISPLAY"
}

resource "otp_message_template" "login" {
  name = "login"
  text = "{{brand}}: {{otp}}"
}

resource "otp_sender_id" "europe" {
  name     = "europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = ["FR"]
  routes            = [ROUTE]
}
`

// Routes, as they stand in a profile.
const (
	OverOctopush = `{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name }`
	OverMyOTP    = `{ vendor = "myotp", channel = "sms" }`
)

// Setup is a brand, a template, a sender ID and a profile with these routes.
func Setup(brand, display, route string) string {
	return strings.NewReplacer("BRAND", brand, "DISPLAY", display, "ROUTE", route).Replace(brandAndProfile)
}
