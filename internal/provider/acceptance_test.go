package provider_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// The acceptance tests read the accounts of whichever vendors have credentials
// in the environment, and the sandbox in place of the others. They send only
// where OTP_TEST_PHONE says to whom and OTP_TEST_ALLOW_SENDS=1 that it may cost.

// needed are the variables without which a vendor is not a real one.
var needed = map[otp.Vendor][]string{
	otp.AndroidAPI: {"OTP_ANDROIDAPI_SECRET"},
	otp.MyOTP:      {"OTP_MYOTP_API_KEY"},
	otp.Octopush:   {"OTP_OCTOPUSH_API_LOGIN", "OTP_OCTOPUSH_API_KEY"},
	otp.Way2API:    {"OTP_WAY2API_API_KEY"},
}

// accounts completes the environment with the sandbox and says which vendors
// are real.
func accounts(t *testing.T) []otp.Vendor {
	t.Helper()
	if os.Getenv(resource.EnvTfAcc) == "" {
		t.Skip("`make testacc` runs the acceptance tests")
	}
	var genuine []otp.Vendor
	server := sandbox.StartForTest(t, sandbox.Options{})
	environment := server.Environment()
	for _, vendor := range otp.Vendors() {
		if !slices.ContainsFunc(needed[vendor], func(name string) bool { return os.Getenv(name) == "" }) {
			genuine = append(genuine, vendor)
			continue
		}
		for _, name := range append([]string{vendor.Variable("", "BASE_URL")}, needed[vendor]...) {
			t.Setenv(name, environment[name])
		}
	}
	if len(genuine) == 0 {
		fmt.Println("No vendor has credentials in the environment: all of them are the sandbox.")
	} else {
		fmt.Printf("Real vendors: %v. The others are the sandbox.\n", genuine)
	}
	return genuine
}

func TestAccReads(t *testing.T) {
	accounts(t)
	today := time.Now().UTC()
	config := fmt.Sprintf(`
provider "otp" {}
data "otp_balances" "all" {}
data "otp_devices" "all" {}
data "otp_rates" "all" {}
data "otp_whatsapp_accounts" "all" {}
data "otp_transactions" "week" {
  start_date = %q
  end_date   = %q
}
data "otp_consumption" "month" {
  year    = %d
  month   = %d
  channel = "sms"
}
`, today.AddDate(0, 0, -7).Format(time.DateOnly), today.Format(time.DateOnly), today.Year(), today.Month())
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories, Steps: []resource.TestStep{{Config: config}}})
}

func TestAccProfileSends(t *testing.T) {
	genuine := accounts(t)
	phone, allowed := os.Getenv("OTP_TEST_PHONE"), os.Getenv("OTP_TEST_ALLOW_SENDS") == "1"
	w := providertest.NewWorld(t)
	var routes string
	for _, vendor := range []otp.Vendor{otp.MyOTP, otp.Octopush} {
		if slices.Contains(genuine, vendor) && !(allowed && phone != "") {
			fmt.Printf("Nothing is sent through %s: set OTP_TEST_PHONE and OTP_TEST_ALLOW_SENDS=1 to allow that.\n", vendor.Title())
			continue
		}
		routes += map[otp.Vendor]string{otp.MyOTP: providertest.OverMyOTP, otp.Octopush: providertest.OverOctopush}[vendor] + ", "
	}
	if phone == "" || !allowed {
		phone = "+33639980001"
	}
	if routes == "" {
		return
	}
	// Whose phone it is, is not known: every country is allowed.
	w.Run(resource.TestStep{Config: strings.Replace(providertest.Setup("acme", "Acme", routes), `allowed_countries = ["FR"]`, "", 1)})
	// The profile went with the test's own destroy; its document did not.
	events, err := w.Store.History(t.Context(), catalog.Ref{Kind: catalog.Profile, Name: "login"})
	if err != nil || len(events) == 0 {
		t.Fatalf("no history of the profile (%v)", err)
	}
	runner, err := delivery.New(events[0].Document, delivery.Options{HTTP: httpapi.DefaultOptions(), Vendor: vendors.Find})
	if err != nil {
		t.Fatal(err)
	}
	for number, route := range runner.Routes() {
		sent, err := runner.Send(t.Context(), number, delivery.Recipient{Phone: phone}, false)
		if err != nil || sent.Outcome != otp.OutcomeOK && sent.Outcome != otp.OutcomeAlreadyActive {
			t.Errorf("%s %s: %s (%v)", route.Vendor, route.Channel, sent.Outcome, err)
		}
	}
}
