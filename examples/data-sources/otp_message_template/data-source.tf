data "otp_message_template" "login" {
  name = "login"
}

output "cost" {
  description = "What one message costs, in SMS segments."
  value = provider::otp::sms_segments(provider::otp::render(data.otp_message_template.login.text, {
    brand            = "Acme"
    otp              = "123456"
    validity_minutes = "5"
  })).segments
}
