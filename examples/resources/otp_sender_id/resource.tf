# An alphanumeric sender at Octopush.
resource "otp_sender_id" "europe" {
  name     = "acme-europe"
  octopush = { sender = "ACMEBANK" }
}

# One of your own phones at AndroidAPI, and the SIM in it.
resource "otp_sender_id" "counter" {
  name = "counter-phone"
  androidapi = {
    device = "00000000-0000-0000-d57d-f30cb6a89289"
    sim    = 1
  }
}
