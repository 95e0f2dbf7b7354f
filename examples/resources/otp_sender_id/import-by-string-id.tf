import {
  to = otp_sender_id.europe
  id = "acme-europe"
}
