package main

import "fmt"

const wording = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes. Never share it."

// brands is a configuration of n brands and templates.
func brands(n int) string {
	return fmt.Sprintf(`
resource "otp_brand" "all" {
  count        = %[1]d
  name         = "brand-${count.index}"
  display_name = "Acme"
}
resource "otp_message_template" "all" {
  count = %[2]d
  name  = "template-${count.index}"
  text  = %[3]q
}
`, (n+1)/2, n/2, wording)
}

func floorObjects(n int) string {
	return fmt.Sprintf("resource \"floor_object\" \"all\" {\n  count = %d\n  name  = \"object-${count.index}\"\n  text  = %q\n}\n", n, wording)
}

// members of a profile of five routes.
const members = `
  code               = { length = 6, digits = true }
  validity_seconds   = 300
  max_wrong_attempts = 3
  allowed_countries  = ["FR", "IN", "PK"]
  routes = [
    { vendor = "octopush", channel = "sms", sender_id = %[1]s, countries = ["FR"] },
    { vendor = "androidapi", channel = "sms", sender_id = %[2]s, countries = ["PK"] },
    { vendor = "myotp", channel = "sms" },
    { vendor = "myotp", channel = "whatsapp" },
    { vendor = "way2api", channel = "sms", countries = ["IN"] },
  ]
`

// profiles is a configuration of n profiles of five routes.
func profiles(n int) string {
	return fmt.Sprintf(`
resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}
resource "otp_message_template" "login" {
  name         = "login"
  text         = %q
  translations = { fr = "{{brand}} : {{otp}} est votre code, valable {{validity_minutes}} minutes." }
  myotp        = { template_order = 1, whatsapp_template_order = 12 }
  way2api      = { content = "OTP", purpose = "login", share_with = "no_one" }
}
resource "otp_sender_id" "europe" {
  name     = "europe"
  octopush = { sender = "ACMEBANK" }
}
resource "otp_sender_id" "counter" {
  name       = "counter"
  androidapi = { device = "0000000000000000d57bf7c4a4b6c4d8", sim = 1 }
}
resource "otp_profile" "all" {
  count    = %d
  name     = "profile-${count.index}"
  brand    = otp_brand.acme.name
  template = otp_message_template.login.name
%s}
`, wording, n, fmt.Sprintf(members, "otp_sender_id.europe.name", "otp_sender_id.counter.name"))
}

func floorProfiles(n int) string {
	return fmt.Sprintf("resource \"floor_profile\" \"all\" {\n  count = %d\n  name  = \"profile-${count.index}\"\n  brand = \"acme\"\n  template = \"login\"\n%s}\n",
		n, fmt.Sprintf(members, `"europe"`, `"counter"`))
}

// accounts are n WhatsApp accounts that the vendor has already.
func accounts(n int) string {
	return fmt.Sprintf("resource \"otp_whatsapp_account\" \"all\" {\n  count          = %d\n  phone          = \"+92300${1000000 + count.index}\"\n  adopt_existing = true\n}\n", n)
}

// transactions reads the rows of today and yesterday.
func transactions(first, last string, n int) string {
	return fmt.Sprintf("data \"otp_transactions\" \"all\" {\n  vendors    = [\"myotp\"]\n  start_date = %q\n  end_date   = %q\n  max_items  = %d\n}\n", first, last, n)
}
