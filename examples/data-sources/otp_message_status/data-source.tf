data "otp_message_status" "complaint" {
  vendor     = "androidapi"
  channel    = "whatsapp"
  message_id = "1042"
}

output "status" {
  value = data.otp_message_status.complaint.status
}
