resource "otp_whatsapp_account" "support" {
  phone   = "+923004445566"
  qr_file = "whatsapp-support.png" # to be scanned while Terraform waits

  timeouts = {
    create = "15m"
  }
}
