data "otp_whatsapp_accounts" "all" {}

output "disconnected" {
  description = "Accounts that cannot send."
  value       = [for account in data.otp_whatsapp_accounts.all.accounts : account.id if account.status != "connected"]
}
