import {
  to = otp_whatsapp_account.sales
  identity = {
    id = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"
  }
}
