# A profile is imported by its name.
terraform import otp_profile.login login
