import {
  to = otp_brand.acme
  id = "acme"
}
