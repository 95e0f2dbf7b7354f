list "otp_message_template" "all" {
  provider = otp
}
