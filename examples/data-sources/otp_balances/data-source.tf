data "otp_balances" "all" {}

check "otp_balances" {
  assert {
    condition     = alltrue([for balance in data.otp_balances.all.balances : try(tonumber(balance.amount) >= 10, true)])
    error_message = "A vendor is about to run out of credit: ${jsonencode(data.otp_balances.all.balances[*].amount)}."
  }
}
