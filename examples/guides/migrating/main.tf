terraform {
  required_providers {
    otp = { source = "otp-as-code/otp" }
  }
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_message_template" "login" {
  name = "login"
  text = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes. Never share it."
}

resource "otp_sender_id" "europe" {
  name     = "acme-europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_profile" "login" {
  name               = "login"
  brand              = otp_brand.acme.name
  template           = otp_message_template.login.name
  code               = { length = 6, digits = true }
  validity_seconds   = 300
  max_wrong_attempts = 3
  allowed_countries  = ["FR"]
  routes             = [{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name }]
}

output "request" {
  description = "The request as it will be, to hold beside the one of your code."
  value       = jsondecode(otp_profile.login.document).routes[0].send
}
