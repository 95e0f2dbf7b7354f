list "otp_brand" "all" {
  provider = otp
}
