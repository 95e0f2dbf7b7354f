data "otp_whatsapp_servers" "all" {}

output "servers" {
  description = "The ID of each server, by its name."
  value       = { for server in data.otp_whatsapp_servers.all.servers : server.name => server.id }
}
