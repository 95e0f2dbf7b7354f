data "otp_sender_id" "europe" {
  name = "acme-europe"
}

output "sender" {
  value = data.otp_sender_id.europe.octopush.sender
}
