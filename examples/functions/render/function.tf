locals {
  text = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes."
}

output "message" {
  description = "The message as a phone will show it."
  value = provider::otp::render(local.text, {
    brand            = "Acme"
    otp              = "123456"
    validity_minutes = "5"
  })
}
