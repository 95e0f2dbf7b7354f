data "otp_transactions" "january" {
  start_date = "2026-01-01"
  end_date   = "2026-01-31"
}

output "january" {
  description = "Messages and their cost, by vendor."
  value       = { for total in data.otp_transactions.january.totals : total.vendor => total }
}
