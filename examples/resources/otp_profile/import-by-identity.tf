import {
  to = otp_profile.login
  identity = {
    name = "login"
  }
}
