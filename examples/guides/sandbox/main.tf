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
  name  = "login"
  text  = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes."
  myotp = { template_order = 1 }
}

resource "otp_sender_id" "europe" {
  name     = "acme-europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  validity_seconds  = 300
  allowed_countries = ["FR"]
  routes = [
    { vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name },
    { vendor = "myotp", channel = "sms" },
  ]
}
