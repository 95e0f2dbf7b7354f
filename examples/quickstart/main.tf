terraform {
  required_providers {
    otp = { source = "otp-as-code/otp" }
  }
}

# Credentials and catalog come from the environment, see the README.
provider "otp" {}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_message_template" "login" {
  name = "login"
  text = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes. Never share it."
  translations = {
    fr = "{{brand}} : {{otp}} est votre code de connexion, valable {{validity_minutes}} minutes."
  }
  myotp = {
    template_order          = 1
    whatsapp_template_order = 12
    translations            = { es = { whatsapp_template_order = 14 } }
  }
  way2api = { content = "OTP", purpose = "login", share_with = "no_one" }
}

resource "otp_sender_id" "europe" {
  name     = "acme-europe"
  octopush = { sender = "ACMEBANK" }
}

# A linked Android phone at AndroidAPI; this one exists in the sandbox.
resource "otp_sender_id" "counter" {
  name       = "counter-phone"
  androidapi = { device = "00000000-0000-0000-aaaa-bbbbccccdddd", sim = 1 }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  code              = { length = 6, digits = true }
  validity_seconds  = 300
  allowed_countries = ["FR", "IN", "PK"]
  routes = [
    { vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name, countries = ["FR"] },
    { vendor = "way2api", channel = "sms", countries = ["IN"] },
    { vendor = "androidapi", channel = "sms", sender_id = otp_sender_id.counter.name },
    { vendor = "myotp", channel = "whatsapp" },
    { vendor = "myotp", channel = "sms" },
  ]
}

output "routes" {
  description = "Ways the profile can deliver a code, in order of preference."
  value       = [for route in jsondecode(otp_profile.login.document).routes : "${route.vendor} ${route.channel}"]
}
