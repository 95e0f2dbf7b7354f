resource "otp_message_template" "login" {
  name = "login"

  # For vendors that take free text.
  text = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes. Never share it."
  translations = {
    fr = "{{brand}} : {{otp}} est votre code de connexion, valable {{validity_minutes}} minutes."
  }

  # For vendors that have texts of their own.
  myotp = {
    template_order          = 1
    whatsapp_template_order = 12
    translations            = { es = { whatsapp_template_order = 14 } }
  }
  way2api = {
    content    = "OTP"
    purpose    = "login"
    share_with = "no_one"
  }
}
