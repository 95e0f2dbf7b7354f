import {
  to = otp_message_template.login
  id = "login"
}
