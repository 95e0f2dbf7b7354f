package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// TestCanariesSingNowhere plans, applies, sends, verifies, extends, links, moves
// the catalog to another database and reads everything there is to read, and looks
// for every credential, password, code, phone number and message body in whatever
// that leaves behind.
func TestCanariesSingNowhere(t *testing.T) {
	t.Parallel()
	c := newCage(t, "otp_canary")
	watched := c.watch(t)
	c.found["output of the first apply"] = []byte(c.Configure(canaryConfig).Apply())
	for _, profile := range []string{"octopush", "myotp", "androidapi", "way2api"} {
		phone := canaryPhones[profile]
		c.command("send "+profile, "send", profile, phone)
		message := c.last()
		c.command("wrong code of "+profile, "verify", profile, phone, strings.Repeat("7", len(message.Code)))
		c.command("status of "+profile, "status", profile, phone)
		if profile == "myotp" {
			c.command("extend", "extend", profile, phone, "60")
		}
		c.command("code of "+profile, "verify", profile, phone, message.Code)
		c.command("send once more, "+profile, "send", profile, phone, "--json") // a limit
	}
	c.actions()
	today := time.Now().UTC().Format(time.DateOnly)
	reads := canaryConfig + fmt.Sprintf(canaryReads, today, today, c.sentOver("androidapi").MessageID)
	c.found["output of the second apply"] = []byte(c.Configure(reads).Apply())
	c.shows()
	c.command("export", "catalog", "export")
	c.command("check", "catalog", "check")
	c.command("history", "catalog", "history", "profile", "myotp", "--json")
	c.command("document", "catalog", "document", "myotp")
	c.command("doctor", "doctor")
	c.command("link that nobody scans", "whatsapp", "link", "--timeout", "2s", "--qr-file", "code.png")

	// Errors quote what they were made of: vendors that answer with the request,
	// refused connections and wrong passwords.
	quoting, asked := quotingVendor(t)
	c.pointAt(quoting)
	c.found["errors of vendors that quote"] = []byte(c.Fails("could not", "plan", "-input=false"))
	c.refusals("of a vendor that quotes")
	if asked() < 12 {
		t.Errorf("the vendor that quotes was asked %d times", asked())
	}
	c.pointAt("http://127.0.0.1:1")
	c.found["errors of vendors that are gone"] = []byte(c.Fails("could not", "plan", "-input=false"))
	c.refusals("of a vendor that is gone")

	c.pointAt("")
	c.moveToSQLite()
	c.found["output of the third apply"] = []byte(c.Configure(strings.Replace(reads, `"Acme"`, `"AcmeBank"`, 1)).Apply())
	c.command("check of SQLite", "catalog", "check", "--json")
	c.Env = append(c.Env, "OTP_CATALOG_URL="+strings.Replace(c.postgres, c.role+":", "nobody:", 1))
	c.found["errors of the database"] = []byte(c.Fails("catalog", "plan", "-input=false"))
	c.command("export without a password", "catalog", "export", "--json")
	c.found["arguments of processes"] = watched()
	c.collect("trace.log", "terraform.tfstate", "terraform.tfstate.backup", "deliveries.db", "saved.plan", "catalog.db", "catalog.json")
	c.holds("trace.log", "Vendor request", "ReadDataSource", "ApplyResourceChange")
	c.search(28)
}

// TestCanariesOfActionsSingNowhere does the same where the real program has
// actions.
func TestCanariesOfActionsSingNowhere(t *testing.T) {
	t.Parallel()
	program := providertest.TerraformWithActions(t)
	c := newCage(t, "otp_canary_actions")
	c.CLI = program
	watched := c.watch(t)
	c.Configure(canaryConfig + canaryActions)
	c.Env = append(c.Env, "TF_VAR_phone="+canaryPhone)
	c.found["output of the apply"] = []byte(c.Apply())
	invoke := func(action string) {
		t.Helper()
		output, code := c.TF("apply", "-auto-approve", "-input=false", "-invoke=action."+action)
		if c.found["output of "+action] = []byte(output); code > 1 || !strings.Contains(output, "ction") {
			t.Errorf("%s: %s", action, output)
		}
	}
	invoke("otp_test_delivery.myotp")
	invoke("otp_extend.myotp")
	for _, code := range []string{"77777777", c.last().Code} {
		c.Env = append(c.Env, "TF_VAR_code="+code)
		invoke("otp_verify.myotp")
	}
	invoke("otp_test_delivery.androidapi")
	invoke("otp_whatsapp_link.support")
	quoting, asked := quotingVendor(t)
	c.pointAt(quoting)
	invoke("otp_test_delivery.octopush")
	if asked() == 0 {
		t.Error("the vendor that quotes was never asked")
	}
	// A saved plan holds the values of variables, sensitive ones too: that is
	// Terraform's own, so these are another's.
	c.Env = append(c.Env, "TF_VAR_phone="+providertest.RecipientPhone, "TF_VAR_code=")
	c.shows()
	if n := len(c.vendors.Messages()); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
	c.found["arguments of processes"] = watched()
	c.collect("trace.log", "terraform.tfstate", "deliveries.db", "saved.plan")
	c.holds("trace.log", "Vendor request", "InvokeAction")
	c.search(10)
}

// actions invokes every action in this process, whatever the program at hand
// knows of them.
func (c *cage) actions() {
	c.T.Helper()
	log, err := os.Create(filepath.Join(c.Folder, "actions.log"))
	if err != nil {
		c.T.Fatal(err)
	}
	defer func() { _ = log.Close() }() // it was read by then
	ctx := tflogtest.RootLogger(c.T.Context(), log)
	d := &providertest.Deliveries{World: c.World, Vendor: c.vendors, File: filepath.Join(c.Folder, "actions.db")}
	said := ""
	invoke := func(action string, config map[string]any, see func(string)) {
		c.T.Helper()
		s := d.Again()
		i := s.InvokeAction(ctx, action, s.Configuring(action, config), see)
		said += strings.Join(append(i.Progress, i.Errors, i.Warnings, ""), "\n")
	}
	for _, profile := range []string{"octopush", "myotp", "androidapi", "way2api"} {
		to := func(more map[string]any) map[string]any {
			all := map[string]any{"profile": profile, "phone": canaryPhones[profile]}
			for name, value := range more {
				all[name] = value
			}
			return all
		}
		invoke("otp_test_delivery", to(map[string]any{"verify": false}), nil)
		if profile == "myotp" {
			invoke("otp_extend", to(map[string]any{"seconds": 60}), nil)
		}
		code := c.last().Code
		invoke("otp_verify", to(map[string]any{"code": strings.Repeat("7", len(code))}), nil)
		invoke("otp_verify", to(map[string]any{"code": code}), nil)
	}
	linked := false
	invoke("otp_whatsapp_link", map[string]any{"phone": providertest.SupportLine}, func(string) {
		linked = linked || androidapi.At(c.vendors).ScanNewestQR(providertest.SupportLine) == nil
	})
	if !linked {
		c.T.Errorf("nobody was linked: %s", said)
	}
	c.found["output of actions"] = []byte(said)
	c.collect("actions.log", "actions.db")
	c.holds("actions.log", "Vendor request")
}

const canaryActions = `
variable "phone" {
  type      = string
  sensitive = true
}

variable "code" {
  type      = string
  sensitive = true
  default   = null
}

action "otp_test_delivery" "octopush" {
  config {
    profile = "octopush"
    phone   = var.phone
  }
}

action "otp_test_delivery" "myotp" {
  config {
    profile = "myotp"
    phone   = var.phone
    verify  = false
  }
}

action "otp_test_delivery" "androidapi" {
  config {
    profile = "androidapi"
    phone   = var.phone
    wait    = "0s"
  }
}

action "otp_extend" "myotp" {
  config {
    profile = "myotp"
    phone   = var.phone
    seconds = 60
  }
}

action "otp_verify" "myotp" {
  config {
    profile = "myotp"
    phone   = var.phone
    code    = var.code
  }
}

action "otp_whatsapp_link" "support" {
  config {
    timeouts = { invoke = "2s" }
  }
}
`

const canaryConfig = `
provider "otp" {
  http = { max_retries = 0 }
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_message_template" "login" {
  name  = "login"
  text  = "{{brand}}: {{otp}} is your code."
  myotp = { template_order = 1 }
}

resource "otp_sender_id" "all" {
  name       = "all"
  octopush   = { sender = "ACMEBANK" }
  androidapi = { gateway = "3" }
}

# Way2API writes the sentence itself.
resource "otp_message_template" "india" {
  name    = "india"
  way2api = { content = "OTP", purpose = "login", share_with = "no_one" }
}

locals {
  codes = {
    octopush   = { length = 12, digits = true, upper_case = true }
    myotp      = { length = 8, digits = true }
    androidapi = { length = 6, digits = true }
    way2api    = { length = 6, digits = true }
  }
}

# Two of each vendor, and more to fill the logs.
resource "otp_profile" "all" {
  for_each = merge([for i in range(5) : { for vendor, code in local.codes :
    "${["", "second-", "further-"][min(i, 2)]}${vendor}${i < 2 ? "" : i}" => { vendor = vendor, code = code }
  }]...)
  name              = each.key
  brand             = otp_brand.acme.name
  template          = each.value.vendor == "way2api" ? otp_message_template.india.name : otp_message_template.login.name
  code              = each.value.code
  allowed_countries = each.value.vendor == "way2api" ? ["IN"] : ["FR"]
  routes = [{
    vendor    = each.value.vendor
    channel   = "sms"
    sender_id = contains(["octopush", "androidapi"], each.value.vendor) ? otp_sender_id.all.name : null
  }]
}
`

const canaryReads = `
data "otp_transactions" "all" {
  start_date = %q
  end_date   = %q
}

data "otp_message_status" "last" {
  vendor     = "androidapi"
  message_id = %q
}

data "otp_accounts" "all" {}
data "otp_balances" "all" {}
data "otp_devices" "all" {}
data "otp_rates" "all" {}
data "otp_whatsapp_accounts" "all" {}
data "otp_whatsapp_servers" "all" {}
`
