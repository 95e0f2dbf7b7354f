package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// Data sources of vendors are tested by speaking the protocol: that takes
// milliseconds, shows warnings, and one walk makes a known number of requests.

// Every data source leaves nothing to change behind, and a walk shares what
// several of them need.
func TestDataSourcesOfVendorsLeaveAnEmptySecondPlan(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	if err := myotp.At(s).AddTransactions(3); err != nil {
		t.Fatal(err)
	}
	if err := androidapi.At(s).AddSentMessages("sms", 2); err != nil {
		t.Fatal(err)
	}
	var block strings.Builder
	environment := s.Environment()
	for _, vendor := range otp.Vendors() {
		block.WriteString("  " + string(vendor) + " = {\n    base_url = \"" + environment[vendor.Variable("", "BASE_URL")] + "\"\n")
		for _, variable := range vendors.Variables(vendor, "") {
			block.WriteString("    " + strings.ToLower(strings.TrimPrefix(variable, vendor.Variable("", ""))) + " = \"" + environment[variable] + "\"\n")
		}
		block.WriteString("  }\n")
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories,
		Steps: []resource.TestStep{{Config: "provider \"otp\" {\n" + block.String() + "  http = { max_requests_per_second = 1000 }\n}\n" + `
data "otp_balances" "all" {}
data "otp_consumption" "september" {
  year  = 2026
  month = 9
}
data "otp_devices" "all" {}
data "otp_device" "counter" {
  name = "Counter phone"
}
data "otp_device" "same" {
  unique = data.otp_device.counter.unique
}
data "otp_device" "warehouse" {
  name = "Warehouse phone"
}
data "otp_message_status" "sent" {
  vendor     = "androidapi"
  message_id = "901"
}
data "otp_rates" "all" {}
data "otp_transactions" "all" {
  start_date = "2026-09-01"
  end_date   = "2026-10-01"
}
data "otp_whatsapp_accounts" "all" {}
data "otp_whatsapp_servers" "all" {}

output "all" {
  value = [
    data.otp_balances.all, data.otp_consumption.september, data.otp_devices.all, data.otp_device.counter,
    data.otp_device.same, data.otp_device.warehouse, data.otp_message_status.sent, data.otp_rates.all,
    data.otp_transactions.all, data.otp_whatsapp_accounts.all, data.otp_whatsapp_servers.all,
  ]
}
`}},
	})
	counts := providertest.Requested(s)
	for _, operation := range []string{
		"get_devices", "get_rates", "wa_accounts", "wa_servers", "sms_sent", "wa_sent", "sms_message", "get_subscription",
		"pricing", "report", "account", "check_balance", "monthly_consumption",
	} {
		// Terraform walks several times in a test; the credits are read once each.
		if counts[operation] != counts["get_credits"] || counts[operation] == 0 {
			t.Errorf("%s: %d requests in %d walks", operation, counts[operation], counts["get_credits"])
		}
		delete(counts, operation)
	}
	delete(counts, "get_credits")
	if len(counts) > 0 {
		t.Errorf("other requests: %v", counts)
	}
	if slices.ContainsFunc(s.Requests(), func(r sandbox.Request) bool { return len(r.Repaired) > 0 || r.Problem != "" }) {
		t.Error("a vendor repaired a request, or did not understand one")
	}
}
