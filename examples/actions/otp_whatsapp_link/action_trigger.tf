# The phone is linked before the account is created, so that its QR code is in
# the output of terraform apply. Where the account has lost its connection, the
# phone is linked again before it is updated.
action "otp_whatsapp_link" "sales" {
  config {
    phone = "+923007778899"
  }
}

resource "otp_whatsapp_account" "sales" {
  phone          = "+923007778899"
  adopt_existing = true

  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.otp_whatsapp_link.sales]
    }
  }
}
