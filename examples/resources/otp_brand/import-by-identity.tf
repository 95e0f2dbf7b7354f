import {
  to = otp_brand.acme
  identity = {
    name = "acme"
  }
}
