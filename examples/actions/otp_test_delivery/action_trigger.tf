# Whenever the profile is created or changed, one code goes through each of its
# routes. If one of them does not deliver, the apply ends with an error.
variable "test_phone" {
  type        = string
  description = "A phone of your own, such as +33612345678."
  sensitive   = true
}

action "otp_test_delivery" "every_route" {
  config {
    profile     = otp_profile.login.name
    phone       = var.test_phone
    every_route = true
    wait        = "2m"
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

resource "otp_sender_id" "europe" {
  name     = "acme-europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = ["FR"]
  routes = [
    { vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name },
    { vendor = "myotp", channel = "sms" },
  ]

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.otp_test_delivery.every_route]
    }
  }
}
