list "otp_profile" "all" {
  provider         = otp
  include_resource = true
  limit            = 50
}
