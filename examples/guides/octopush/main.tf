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
  text = "{{brand}}: {{otp}} is your login code until {{expiry_time}}. Never share it."
  translations = {
    fr = "{{brand}} : {{otp}} est votre code de connexion, valable {{validity_minutes}} minutes."
  }
}

resource "otp_sender_id" "europe" {
  name     = "acme-europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_profile" "login" {
  name               = "login"
  brand              = otp_brand.acme.name
  template           = otp_message_template.login.name
  code               = { length = 8, upper_case = true, exclude_confusing = true }
  max_wrong_attempts = 3
  allowed_countries  = ["BE", "FR"]
  routes = [
    { vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name },
    { vendor = "octopush", channel = "voice_sms", octopush = { voice = { language = "en-GB", translations = { fr = "fr-FR" } } } },
  ]
}
