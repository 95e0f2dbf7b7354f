terraform {
  required_providers {
    otp = { source = "otp-as-code/otp" }
  }
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

# Way2API writes the sentence itself, from these three.
resource "otp_message_template" "login" {
  name    = "login"
  way2api = { content = "OTP", purpose = "login", share_with = "no_one" }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = ["IN"]
  routes            = [{ vendor = "way2api", channel = "sms" }]
}

output "duties" {
  description = "What the application has to do, because Way2API does not."
  value       = jsondecode(otp_profile.login.document).routes[0].application_must_enforce
}
