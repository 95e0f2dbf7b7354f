data "otp_profile" "login" {
  name = "login"
}

output "routes" {
  description = "Ways the profile can deliver a code, in order of preference."
  value       = [for route in jsondecode(data.otp_profile.login.document).routes : "${route.vendor} ${route.channel}"]
}

check "otp_login_is_up_to_date" {
  assert {
    condition     = data.otp_profile.login.up_to_date
    error_message = "Applications still send the login document of before: apply the workspace of the profile."
  }
}
