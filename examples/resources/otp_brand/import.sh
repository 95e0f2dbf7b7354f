# A brand is imported by its name.
terraform import otp_brand.acme acme
