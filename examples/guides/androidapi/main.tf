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

# One of your own phones, by the name that it has in the dashboard.
data "otp_device" "counter" {
  name = "Counter phone"
}

resource "otp_sender_id" "counter" {
  name       = "counter-phone"
  androidapi = { device = data.otp_device.counter.unique, sim = 1 }
}

# A gateway, by its number. It is paid for with credits.
resource "otp_sender_id" "carrier" {
  name       = "carrier"
  androidapi = { gateway = "3" }
}

# A phone that is linked to WhatsApp in the dashboard already.
resource "otp_whatsapp_account" "support" {
  phone          = "+923001112233"
  adopt_existing = true
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = ["PK"]
  routes = [
    { vendor = "androidapi", channel = "whatsapp", whatsapp_account = otp_whatsapp_account.support.id },
    { vendor = "androidapi", channel = "sms", sender_id = otp_sender_id.counter.name },
    { vendor = "androidapi", channel = "sms", sender_id = otp_sender_id.carrier.name },
  ]
}

# Another Zender gateway: the same calls at another address, with a key of its
# own. Applications read OTP_ANDROIDAPI_SECOND_SECRET and
# OTP_ANDROIDAPI_SECOND_BASE_URL.
resource "otp_sender_id" "second" {
  name       = "second-gateway"
  androidapi = { device = "00000000-0000-0000-d57d-f30cb6a89289", sim = 2 }
}

resource "otp_profile" "second" {
  name              = "login-second"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = ["PK"]
  routes = [
    { vendor = "androidapi", channel = "sms", sender_id = otp_sender_id.second.name, account = "second" },
  ]
}
