data "otp_sender_id" "europe" {
  name = "acme-europe"
}

output "sender" {
  description = "What phones show as the sender."
  value       = data.otp_sender_id.europe.octopush.sender
}
