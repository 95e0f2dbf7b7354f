# A sender ID is imported by its name.
terraform import otp_sender_id.europe acme-europe
