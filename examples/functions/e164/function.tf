output "phone" {
  description = "A French number as people write it, for a request."
  value       = provider::otp::e164("06 12 34 56 78", "FR") # +33612345678
}
