# Seven days back, which is what otp_transactions reads without dates.
data "otp_transactions" "week" {
  max_items = 100000
}

data "otp_balances" "now" {
  vendors = data.otp_transactions.week.totals[*].vendor
}

locals {
  spent = { for total in data.otp_transactions.week.totals : total.vendor => total }
}

check "otp_balances_last_a_week" {
  assert {
    condition = alltrue([
      for balance in data.otp_balances.now.balances : try(tonumber(balance.amount) >= tonumber(local.spent[balance.vendor].cost), true)
      if balance.unit == try(local.spent[balance.vendor].unit, null)
    ])
    error_message = "A balance is lower than what the last seven days have cost: ${jsonencode({ for balance in data.otp_balances.now.balances : balance.vendor => "${balance.amount} ${balance.unit}" })}."
  }
}
