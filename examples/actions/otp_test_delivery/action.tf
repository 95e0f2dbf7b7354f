# terraform apply -invoke=action.otp_test_delivery.login
variable "test_phone" {
  type        = string
  description = "A phone of your own, such as +33612345678."
  sensitive   = true # plans show the configuration of actions
}

action "otp_test_delivery" "login" {
  config {
    profile = otp_profile.login.name
    phone   = var.test_phone
  }
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_message_template" "login" {
  name  = "login"
  text  = "{{brand}}: {{otp}} is your login code. Never share it."
  myotp = { template_order = 1 }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = ["FR"]
  routes            = [{ vendor = "myotp", channel = "sms" }]
}
