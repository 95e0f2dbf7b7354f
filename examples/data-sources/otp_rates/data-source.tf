data "otp_rates" "pakistan" {
  vendors = ["androidapi"]
  country = "PK"
}

output "gateways" {
  description = "What one message to Pakistan costs, by number of the gateway."
  value       = { for rate in data.otp_rates.pakistan.rates : rate.id => "${rate.price} ${rate.currency}" if rate.kind == "gateway" }
}
