terraform {
  required_providers {
    otp = { source = "otp-as-code/otp" }
  }
}

variable "octopush" {
  description = "Account at Octopush."
  type        = object({ api_login = string, api_key = string })
  sensitive   = true
}

provider "otp" {
  # Credentials that are left out come from the environment: OTP_MYOTP_API_KEY
  # and so on. Only calls to a vendor need them; a profile does not.
  octopush = {
    api_login = var.octopush.api_login
    api_key   = var.octopush.api_key
  }

  # Where applications read their profiles; or OTP_CATALOG_URL.
  catalog = { url = "sqlite:otp-catalog.db" }

  http = {
    timeout     = "45s"
    max_retries = 5 # of reads; a send is never repeated
  }
}
