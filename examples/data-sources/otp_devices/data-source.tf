data "otp_devices" "all" {}

output "devices" {
  description = "Handles by name."
  value       = { for device in data.otp_devices.all.devices : device.name => device.unique... }
}
