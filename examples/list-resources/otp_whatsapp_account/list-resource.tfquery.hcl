list "otp_whatsapp_account" "all" {
  provider = otp
}
