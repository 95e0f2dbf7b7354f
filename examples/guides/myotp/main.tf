terraform {
  required_providers {
    otp = { source = "otp-as-code/otp" }
  }
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme Bank"
  myotp        = { brand = "AcmeBank" } # no spaces there
}

resource "otp_message_template" "login" {
  name = "login"
  myotp = {
    template_order          = 1
    whatsapp_template_order = 12 # English, 5 minutes
    translations            = { es = { whatsapp_template_order = 14 } }
  }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  validity_seconds  = 300 # what WhatsApp template 12 says
  allowed_countries = ["ES", "US"]
  routes = [
    { vendor = "myotp", channel = "whatsapp" },
    { vendor = "myotp", channel = "sms" },
    { vendor = "myotp", channel = "telegram" },
  ]
}
