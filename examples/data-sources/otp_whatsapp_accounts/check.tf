data "otp_whatsapp_accounts" "linked" {}

check "otp_whatsapp_accounts_are_connected" {
  assert {
    condition     = alltrue([for account in data.otp_whatsapp_accounts.linked.accounts : account.status == "connected"])
    error_message = "A WhatsApp account is disconnected: ${jsonencode([for account in data.otp_whatsapp_accounts.linked.accounts : account.id if account.status != "connected"])}. Scan its QR code again."
  }
}
