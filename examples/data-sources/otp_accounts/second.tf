# The default account, and a second one at Octopush whose credentials are in
# OTP_OCTOPUSH_EU_API_LOGIN and OTP_OCTOPUSH_EU_API_KEY.
data "otp_accounts" "octopush" {
  for_each = toset(["", "eu"])
  account  = each.key == "" ? null : each.key
  vendors  = ["octopush"]
}

output "octopush_has_left" {
  value = { for slug, found in data.otp_accounts.octopush : coalesce(slug, "default") => "${found.accounts[0].amount} ${found.accounts[0].unit}" }
}
