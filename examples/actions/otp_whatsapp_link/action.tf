# terraform apply -invoke=action.otp_whatsapp_link.support
action "otp_whatsapp_link" "support" {
  config {
    phone = "+923004445566"

    timeouts = {
      invoke = "15m" # time to find the phone
    }
  }
}
