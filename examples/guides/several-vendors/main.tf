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
  translations = {
    fr = "{{brand}} : {{otp}} est votre code de connexion, valable {{validity_minutes}} minutes."
  }
  myotp   = { template_order = 1, whatsapp_template_order = 12 }
  way2api = { content = "OTP", purpose = "login", share_with = "no_one" }
}

resource "otp_sender_id" "europe" {
  name     = "acme-europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_sender_id" "counter" {
  name       = "counter-phone"
  androidapi = { device = "00000000-0000-0000-aaaa-bbbbccccdddd", sim = 1 }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  code              = { length = 6 } # what all four can do
  validity_seconds  = 300            # and what WhatsApp template 12 says
  allowed_countries = ["FR", "IN", "PK"]
  resend_route      = "next" # who asks again is served by another route
  limits            = { per_profile_hour = 2000 }

  # In order of preference, in each country.
  routes = [
    { vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name, countries = ["FR"] },
    { vendor = "way2api", channel = "sms", countries = ["IN"] },
    { vendor = "androidapi", channel = "sms", sender_id = otp_sender_id.counter.name, countries = ["PK"] },
    { vendor = "myotp", channel = "whatsapp" },
    { vendor = "myotp", channel = "sms" },
  ]
}

output "routes" {
  description = "Who serves a country, in order of preference."
  value = {
    for country in sort(otp_profile.login.allowed_countries) : country => [
      for route in otp_profile.login.routes : "${route.vendor} ${route.channel}"
      if contains(coalesce(route.countries, [country]), country)
    ]
  }
}
