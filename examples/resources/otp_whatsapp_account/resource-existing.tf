# This phone was linked in the dashboard.
resource "otp_whatsapp_account" "sales" {
  phone          = "+923001112233"
  adopt_existing = true
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_message_template" "login" {
  name = "login"
  text = "{{brand}}: {{otp}} is your login code. Never share it."
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = ["PK"]
  routes            = [{ vendor = "androidapi", channel = "whatsapp", whatsapp_account = otp_whatsapp_account.sales.id }]
}
