data "otp_profile" "priced" {
  name       = "login"
  with_costs = true
}

output "cost_of_a_code" {
  description = "What a code costs, by route and country, where the vendor publishes a price."
  value       = { for cost in data.otp_profile.priced.costs : "${cost.route} ${coalesce(cost.country, "elsewhere")}" => cost.amount == null ? cost.reason : "${cost.amount} ${coalesce(cost.currency, "?")}" }
}

check "otp_codes_are_cheap" {
  assert {
    condition     = alltrue([for cost in data.otp_profile.priced.costs : try(tonumber(cost.amount) <= 0.10, true) if cost.currency == "USD"])
    error_message = "A login code costs more than 10 US cents somewhere: ${jsonencode([for cost in data.otp_profile.priced.costs : "${cost.vendor} ${coalesce(cost.country, "elsewhere")}" if try(tonumber(cost.amount) > 0.10, false)])}."
  }
}
