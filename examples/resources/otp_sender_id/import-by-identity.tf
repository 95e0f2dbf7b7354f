import {
  to = otp_sender_id.europe
  identity = {
    name = "acme-europe"
  }
}
