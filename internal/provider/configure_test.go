package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

func TestWrongProviderSettingsAreErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ block, want string }{
		"base URL over http":         {`myotp = { base_url = "http://api.myotp.example" }`, `Base URL of MyOTP\.App is not usable`},
		"base URL with a password":   {`octopush = { base_url = "https://me:made-up@api.example" }`, `Base URL of Octopush is not usable`},
		"base URL with a query":      {`way2api = { base_url = "https://api.example/?x=1" }`, `Base URL of Way2API is not usable`},
		"key with a newline":         {`myotp = { api_key = "made-up-key\n" }`, `Credential of MyOTP\.App is not usable`},
		"key with a space":           {`androidapi = { secret = " made-up" }`, `Credential of AndroidAPI is not usable`},
		"empty key":                  {`octopush = { api_key = "" }`, `read\s+it\s+from\s+OTP_OCTOPUSH_API_KEY`},
		"empty catalog":              {`catalog = { url = "" }`, `read\s+it\s+from\s+OTP_CATALOG_URL`},
		"empty base URL":             {`octopush = { base_url = "" }`, `read\s+it\s+from\s+OTP_OCTOPUSH_BASE_URL`},
		"catalog of another kind":    {`catalog = { url = "mysql://db.example/otp" }`, `Catalog URL is not usable`},
		"catalog without a path":     {`catalog = { url = "sqlite:" }`, `Catalog URL is not usable`},
		"timeout that is none":       {`http = { timeout = "soon" }`, `Timeout is not usable`},
		"timeout that is too short":  {`http = { timeout = "10ms" }`, `1 second to 10 minutes`},
		"too many retries":           {`http = { max_retries = 11 }`, `0 to 10`},
		"request limit that is none": {`http = { max_requests_per_second = 0 }`, `Request limit is out of range`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: providertest.Factories,
				Steps: []resource.TestStep{{
					Config:   "provider \"otp\" {\n  " + test.block + "\n}\nresource \"otp_brand\" \"x\" {\n  name = \"x\"\n  display_name = \"X\"\n}\n",
					PlanOnly: true, ExpectError: regexp.MustCompile(test.want),
				}},
			})
		})
	}
}

// Only calls to a vendor need its credentials.
func TestACallWithoutCredentialsNamesTheVariable(t *testing.T) {
	t.Parallel()
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories,
		Steps: []resource.TestStep{{
			Config:      "provider \"otp\" {\n  myotp = { base_url = \"http://127.0.0.1:9\" }\n}\n" + providertest.Transactions("start_date = \"2026-10-01\"\nend_date = \"2026-10-01\""),
			ExpectError: regexp.MustCompile(`OTP_MYOTP_API_KEY`),
		}},
	})
}

func TestUnknownProviderSettingsDoNotFailThePlan(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure("resource \"terraform_data\" \"secret\" {\n  input = \"made-up-key-00000000000000000000\"\n}\n" +
		"provider \"otp\" {\n  myotp    = { api_key = terraform_data.secret.output }\n  octopush = { base_url = terraform_data.secret.output == \"\" ? null : \"https://api.example\" }\n}\n" +
		providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	w.Has(catalog.Profile, "login")
}

// The environment wins over nothing, the block over the environment.
func TestSettingsComeFromTheBlockThenTheEnvironment(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Env = append(w.Env, "OTP_MYOTP_BASE_URL=http://somewhere.example")
	body := providertest.Setup("acme", "Acme", providertest.OverOctopush)
	output := w.Configure(body).Fails("Base URL of MyOTP.App is not usable", "plan", "-input=false")
	if strings.Contains(output, "somewhere.example/") {
		t.Errorf("%s", output)
	}
	w.Configure("provider \"otp\" {\n  myotp = { base_url = \"https://api.example\" }\n}\n" + body).Apply()
}
