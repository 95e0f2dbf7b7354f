locals {
  # A typographic apostrophe is not in the GSM 7-bit alphabet.
  dear = provider::otp::sms_segments("Acme: 123456 is your code. Don’t share it with anybody, not even with us: we never ask.")
}

output "segments" {
  description = "What the message costs, in segments."
  value       = "${local.dear.segments} segments, because the text needs ${local.dear.encoding}"
}
