terraform {
  required_providers {
    otp = { source = "otp-as-code/otp" }
  }
}

variable "catalog_url" {
  type        = string
  description = "The catalog that applications read."
  default     = "sqlite:otp-catalog.db"
}

# Every other workspace of Terraform has a catalog of its own.
provider "otp" {
  catalog = { url = terraform.workspace == "default" ? var.catalog_url : "sqlite:preview-${terraform.workspace}.db" }
}

variable "display_name" {
  type        = string
  description = "What messages call the sender."
  default     = "Acme"
}

data "otp_device" "counter" {
  name = "Counter phone"
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = var.display_name
}

resource "otp_message_template" "login" {
  name = "login"
  text = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes. Never share it."
}

resource "otp_sender_id" "counter" {
  name       = "counter-phone"
  androidapi = { device = data.otp_device.counter.unique, sim = 1 }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = ["FR"]
  routes            = [{ vendor = "androidapi", channel = "sms", sender_id = otp_sender_id.counter.name }]

  lifecycle {
    postcondition {
      condition     = self.sms_segments == 1
      error_message = "A login code costs ${self.sms_segments} segments."
    }
  }
}
