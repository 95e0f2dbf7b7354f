terraform {
  required_providers {
    otp = { source = "otp-as-code/otp" }
  }
}

variable "texts" {
  description = "Wordings of the login message, by language."
  type        = map(string)
  default = {
    en = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes."
    fr = "{{brand}} : {{otp}} est votre code de connexion, valable {{validity_minutes}} minutes."
    pl = "{{brand}}: {{otp}} to Twój kod logowania, ważny {{validity_minutes}} minut."
  }
}

# The longest that a person can get, and what it is counted as.
locals {
  counted = {
    for language, text in var.texts : language => provider::otp::sms_segments(
      provider::otp::render(text, { brand = "Acme", otp = "000000", validity_minutes = "15" })
    )
  }
}

output "segments" {
  description = "Each is paid for."
  value       = { for language, count in local.counted : language => "${count.segments} (${count.encoding}, ${count.characters})" }
}

data "otp_rates" "pakistan" {
  country = "PK"
  vendors = ["androidapi"]
}

output "gateways" {
  description = "What one segment to Pakistan costs."
  value       = { for rate in data.otp_rates.pakistan.rates : rate.name => "${rate.price} ${rate.currency}" }
}

data "otp_balances" "all" {}

check "balances" {
  assert {
    condition     = alltrue([for balance in data.otp_balances.all.balances : tonumber(balance.amount) > 100])
    error_message = "An account runs dry: ${jsonencode({ for balance in data.otp_balances.all.balances : balance.vendor => balance.amount })}."
  }
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_message_template" "login" {
  name         = "login"
  text         = var.texts["en"]
  translations = { fr = var.texts["fr"] }
}

resource "otp_sender_id" "europe" {
  name     = "acme-europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = ["FR", "GB"]
  limits = {
    resend_after_seconds = 60
    per_phone_hour       = 4
    per_phone_day        = 8
    per_ip_hour          = 20
    per_profile_hour     = 1500 # what an attack can cost at most
  }
  routes = [{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name }]

  lifecycle {
    postcondition {
      condition     = self.sms_segments == 1
      error_message = "A login code costs ${self.sms_segments} segments."
    }
  }
}
