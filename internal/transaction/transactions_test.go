package transaction_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
)

// sandboxed is a provider block that points at a sandbox.
func sandboxed(server *sandbox.Server) string {
	environment := server.Environment()
	return fmt.Sprintf(`
provider "otp" {
  myotp = { base_url = %q, api_key = %q }
  http  = { max_requests_per_second = 1000 }
}
`, environment["OTP_MYOTP_BASE_URL"], environment["OTP_MYOTP_API_KEY"])
}

func check(at string, value knownvalue.Check, more ...string) statecheck.StateCheck {
	path := tfjsonpath.New(at)
	for _, step := range more {
		if step >= "0" && step < ":" {
			path = path.AtSliceIndex(int(step[0] - '0'))
			continue
		}
		path = path.AtMapKey(step)
	}
	return statecheck.ExpectKnownValue("data.otp_transactions.all", path, value)
}

func TestEveryPageOfTransactionsIsRead(t *testing.T) {
	t.Parallel()
	server := providertest.NewSandbox(t)
	if err := myotp.At(server).AddTransactions(234); err != nil {
		t.Fatal(err)
	}
	config := providertest.Transactions("start_date = \"2026-08-01\"\nend_date = \"2026-10-01\"\nmax_items = 5000") +
		"output \"distinct\" {\n  value = length(distinct(data.otp_transactions.all.transactions[*].message_id))\n}\n"
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories,
		Steps: []resource.TestStep{{
			Config: sandboxed(server) + config,
			ConfigStateChecks: []statecheck.StateCheck{
				check("transactions", knownvalue.ListSizeExact(234)),
				statecheck.ExpectKnownOutputValue("distinct", knownvalue.Int64Exact(234)),
				check("totals", knownvalue.Int64Exact(234), "0", "count"),
				check("totals", knownvalue.StringExact("credits"), "0", "unit"),
				check("transactions", knownvalue.StringRegexp(regexp.MustCompile(`^\+\d\d\*{5}\d{4}$`)), "0", "phone_number"),
			},
		}},
	})
	// Terraform reads a data source several times in a test; each time every
	// page is asked for once: three of the last 31 days, and the empty one of
	// the days before.
	pages := map[string]int{}
	for _, request := range server.Requests() {
		if request.Operation != "report" {
			t.Errorf("an unexpected request: %s", request.Operation)
		}
		pages[request.Body]++
	}
	reads := slices.Collect(maps.Values(pages))
	if len(reads) != 4 || slices.Min(reads) != slices.Max(reads) {
		t.Errorf("the pages were read unevenly: %v", pages)
	}
}

func TestMoreTransactionsThanAskedForIsAWarning(t *testing.T) {
	t.Parallel()
	server := providertest.NewSandbox(t)
	if err := myotp.At(server).AddTransactions(250); err != nil {
		t.Fatal(err)
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories,
		Steps: []resource.TestStep{{
			Config: sandboxed(server) + providertest.Transactions("start_date = \"2026-09-01\"\nend_date = \"2026-10-01\"\nmax_items = 20\nreveal_personal_data = true"),
			ConfigStateChecks: []statecheck.StateCheck{
				check("transactions", knownvalue.ListSizeExact(20)),
				check("totals", knownvalue.Int64Exact(20), "0", "count"),
				check("transactions", knownvalue.StringRegexp(regexp.MustCompile(`^\+\d{7,15}$`)), "0", "phone_number"),
			},
		}},
	})
}

func TestFaultsOfAVendorAreErrorsThatSayWhatToDo(t *testing.T) {
	t.Parallel()
	period := "start_date = \"2026-09-01\"\nend_date = \"2026-10-01\""
	tests := map[string]struct {
		fault func(*sandbox.Server) error
		want  string
	}{
		"plan without reports": {func(s *sandbox.Server) error {
			return myotp.At(s).Update(func(a *myotp.Account) { a.Plan = myotp.PlanStarter })
		}, `MyOTP\.App[\s│]+could[\s│]+not[\s│]+read[\s│]+the[\s│]+transactions`},
		"HTML": {func(s *sandbox.Server) error { return s.Fail(sandbox.HTMLPage("myotp", "report", 200)) }, `(?i)html`},
		"half an answer": {func(s *sandbox.Server) error {
			return s.Fail(sandbox.Fault{Vendor: "myotp", Operation: "report", Kind: sandbox.Truncate})
		}, `(?i)json`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := providertest.NewSandbox(t)
			if err := test.fault(server); err != nil {
				t.Fatal(err)
			}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: providertest.Factories,
				Steps:                    []resource.TestStep{{Config: sandboxed(server) + providertest.Transactions(period), ExpectError: regexp.MustCompile(test.want)}},
			})
		})
	}
}

func TestTransactionsRefusesAWrongPeriod(t *testing.T) {
	t.Parallel()
	for period, want := range map[string]string{
		"start_date = \"2026-13-01\"\nend_date = \"2026-10-01\"": `Date is not one`,
		"start_date = \"01.10.2026\"\nend_date = \"2026-10-01\"": `YYYY-MM-DD`,
		"start_date = \"2026-10-02\"\nend_date = \"2026-10-01\"": `Period ends before it begins`,
	} {
		resource.UnitTest(t, resource.TestCase{
			ProtoV6ProviderFactories: providertest.Factories,
			Steps:                    []resource.TestStep{{Config: "provider \"otp\" {}\n" + providertest.Transactions(period), PlanOnly: true, ExpectError: regexp.MustCompile(want)}},
		})
	}
}
