import {
  to = otp_whatsapp_account.sales
  id = "+923001112233"
}
