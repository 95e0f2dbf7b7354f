# Neither a catalog nor a vendor: this runs anywhere. The rules for one object
# alone hold, those for a profile with its brand and its vendors do not.
mock_provider "otp" {
  mock_data "otp_device" {
    defaults = { unique = "00000000-0000-0000-aaaa-bbbbccccdddd" }
  }

  mock_resource "otp_profile" {
    defaults = {
      document     = "{\"routes\":[]}"
      sms_segments = 1
    }
  }
}

run "references" {
  assert {
    condition     = otp_profile.login.brand == "acme" && otp_sender_id.counter.androidapi.device == data.otp_device.counter.unique
    error_message = "The profile refers to something else."
  }
}
