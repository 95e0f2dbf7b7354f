data "otp_whatsapp_servers" "all" {}

output "servers" {
  value = { for server in data.otp_whatsapp_servers.all.servers : server.name => server.id }
}
