import {
  to = otp_profile.login
  id = "login"
}
