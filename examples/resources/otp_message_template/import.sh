# A message template is imported by its name.
terraform import otp_message_template.login login
