data "otp_accounts" "all" {}

check "otp_accounts" {
  assert {
    condition     = alltrue(flatten(data.otp_accounts.all.accounts[*].permissions[*].granted))
    error_message = "An account or its key lacks a permission: ${jsonencode({ for account in data.otp_accounts.all.accounts : account.vendor => [for p in account.permissions : p.name if !p.granted] })}."
  }

  assert {
    condition     = alltrue([for account in data.otp_accounts.all.accounts : try(tonumber(account.amount) > 0, true)])
    error_message = "An account has nothing left to spend."
  }
}
