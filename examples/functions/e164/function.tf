output "phone" {
  value = provider::otp::e164("06 12 34 56 78", "FR") # +33612345678
}
