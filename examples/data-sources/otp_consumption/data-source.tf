data "otp_consumption" "january" {
  year  = 2026
  month = 1
}

output "cost" {
  description = "What Octopush has charged, in euros."
  value       = data.otp_consumption.january.cost
}
