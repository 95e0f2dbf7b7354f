data "otp_rates" "all" {
  vendors = ["androidapi"]
}

check "otp_partner_devices_are_online" {
  assert {
    condition     = alltrue([for rate in data.otp_rates.all.rates : rate.status == "online" if rate.kind == "partner"])
    error_message = "A partner device is offline, so that what it would send waits: ${jsonencode([for rate in data.otp_rates.all.rates : rate.id if rate.kind == "partner" && rate.status != "online"])}."
  }
}
