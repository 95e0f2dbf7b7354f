data "otp_profile" "login" {
  name = "login"
}

output "routes" {
  description = "Ways the profile can deliver a code, in order of preference."
  value       = [for route in jsondecode(data.otp_profile.login.document).routes : "${route.vendor} ${route.channel}"]
}
