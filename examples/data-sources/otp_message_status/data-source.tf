data "otp_message_status" "complaint" {
  vendor     = "androidapi"
  channel    = "whatsapp"
  message_id = "1042"
}

output "status" {
  description = "What became of the message."
  value       = data.otp_message_status.complaint.status
}
