# A WhatsApp account is imported by its phone number, or by its handle.
terraform import otp_whatsapp_account.sales +923001112233
