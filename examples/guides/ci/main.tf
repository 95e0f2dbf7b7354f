terraform {
  required_providers {
    otp = { source = "otp-as-code/otp" }
  }
}

variable "text" {
  description = "What the message says."
  type        = string
  default     = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes. Never share it."
}

variable "countries" {
  description = "Where codes may be sent; null is everywhere."
  type        = set(string)
  default     = ["FR"]
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_message_template" "login" {
  name = "login"
  text = var.text
}

resource "otp_sender_id" "europe" {
  name     = "acme-europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = var.countries
  routes            = [{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name }]
}
