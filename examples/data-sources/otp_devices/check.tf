data "otp_devices" "linked" {}

# AndroidAPI does not tell whether a device of your own is online, only that it
# is linked; of partner devices it tells (see otp_rates).
check "otp_counter_phone_is_linked" {
  assert {
    condition     = contains(data.otp_devices.linked.devices[*].name, "Counter phone")
    error_message = "The counter phone is not linked any more: codes that it would send are refused. Link it again in its app."
  }
}
