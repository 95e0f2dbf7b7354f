resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_message_template" "login" {
  name    = "login"
  text    = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes. Never share it."
  myotp   = { whatsapp_template_order = 12 }
  way2api = { content = "OTP", purpose = "login", share_with = "no_one" }
}

resource "otp_sender_id" "europe" {
  name     = "acme-europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_profile" "login" {
  name     = "login"
  brand    = otp_brand.acme.name
  template = otp_message_template.login.name

  code               = { length = 6 }
  validity_seconds   = 300
  max_wrong_attempts = 3
  allowed_countries  = ["FR", "IN", "PK"]
  limits             = { resend_after_seconds = 60 }

  # In order of preference.
  routes = [
    { vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name, countries = ["FR"] },
    { vendor = "way2api", channel = "sms", countries = ["IN"] },
    { vendor = "myotp", channel = "whatsapp" },
    { vendor = "myotp", channel = "sms", myotp = { force_send = false } },
    { vendor = "octopush", channel = "voice_sms", octopush = { voice = { language = "en-GB" } } },
  ]
}

output "duties" {
  description = "What the application has to do itself, route by route."
  value       = [for route in jsondecode(otp_profile.login.document).routes : route.application_must_enforce]
}
