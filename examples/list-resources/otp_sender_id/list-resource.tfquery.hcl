list "otp_sender_id" "all" {
  provider = otp
}
