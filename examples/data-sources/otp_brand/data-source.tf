# The brand is managed by another workspace.
data "otp_brand" "acme" {
  name = "acme"
}

resource "otp_message_template" "signup" {
  name  = "signup"
  myotp = { template_order = 2 }
}

resource "otp_profile" "signup" {
  name              = "signup"
  brand             = data.otp_brand.acme.name
  template          = otp_message_template.signup.name
  allowed_countries = ["IN"]
  routes            = [{ vendor = "myotp", channel = "sms" }]
}
