data "otp_device" "counter" {
  name = "Counter phone"
}

resource "otp_sender_id" "counter" {
  name = "counter-phone"
  androidapi = {
    device = data.otp_device.counter.unique
    sim    = 1
  }
}
