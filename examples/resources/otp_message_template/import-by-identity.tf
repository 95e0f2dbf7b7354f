import {
  to = otp_message_template.login
  identity = {
    name = "login"
  }
}
