# A second account: its credentials are in OTP_OCTOPUSH_EU_API_LOGIN and
# OTP_OCTOPUSH_EU_API_KEY.
data "otp_balances" "eu" {
  account = "eu"
  vendors = ["octopush"]
}

output "left_in_europe" {
  value = one(data.otp_balances.eu.balances[*].amount)
}
