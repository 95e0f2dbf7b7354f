resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}
