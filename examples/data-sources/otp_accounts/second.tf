# A second account: its credentials are in OTP_OCTOPUSH_EU_API_LOGIN and
# OTP_OCTOPUSH_EU_API_KEY.
data "otp_accounts" "eu" {
  account   = "eu"
  vendors   = ["octopush"]
  countries = ["FR"]
}

output "messages_to_france" {
  value = one([for credit in data.otp_accounts.eu.accounts[0].credits : credit.messages if credit.product == "premium_sms"])
}
