package tf_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// adoptable is every noun, with every block and with values that are awkward to
// write down.
const adoptable = `
resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_brand" "odd" {
  name         = "0-odd"
  display_name = "Müller \"& Söhne\" 50% \\ $5 <%d>"
}

resource "otp_message_template" "login" {
  name         = "login"
  text         = "{{brand}}: \"{{otp}}\" is your code.\nValid for {{validity_minutes}} minutes \\ never share it. 100% $$"
  translations = {
    fr      = "{{brand}} : {{otp}} est votre code, l'été."
    "pt-BR" = "{{brand}}: {{otp}}\né seu código \"secreto\""
    ur      = "{{brand}} کوڈ: {{otp}}"
  }
  myotp   = { template_order = 4, whatsapp_template_order = 13, translations = { es = { whatsapp_template_order = 15 }, fr = { template_order = 3 } } }
  way2api = { content = "OTP", purpose = "login", share_with = "no_one" }
}

resource "otp_message_template" "numbers" {
  name  = "numbers"
  myotp = { whatsapp_template_order = 12 }
}

resource "otp_message_template" "words" {
  name    = "words"
  way2api = { content = "PIN", purpose = "withdrawal", share_with = "manager" }
}

resource "otp_sender_id" "europe" {
  name     = "europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_sender_id" "device" {
  name       = "device"
  androidapi = { device = "00000000-0000-0000-aaaa-bbbbccccdddd", sim = 2 }
}

resource "otp_sender_id" "gateway" {
  name       = "gateway"
  androidapi = { gateway = "3" }
  octopush   = { sender = "ACME2" }
}

resource "otp_sender_id" "partner" {
  name       = "partner"
  androidapi = { gateway = "00000000-0000-0000-1111-222233334444", allow_partner_device = true }
}

resource "otp_profile" "login" {
  name               = "login"
  brand              = otp_brand.acme.name
  template           = otp_message_template.login.name
  code               = { length = 6, digits = true, upper_case = false, lower_case = false, special_characters = false, exclude_confusing = false }
  validity_seconds   = 600
  max_wrong_attempts = 5
  allowed_countries  = ["FR", "IN", "PK"]
  limits             = { resend_after_seconds = 60, per_phone_hour = 3, per_phone_day = 6 }
  routes = [
    { vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name, countries = ["FR"], octopush = { bind_recipient_ip = true } },
    { vendor = "octopush", channel = "voice_sms", account = "eu", octopush = { voice = { language = "en-GB", gender = "male", translations = { fr = "fr-FR", "pt-BR" = "pt-BR", ur = "en-GB" } } } },
    { vendor = "androidapi", channel = "sms", sender_id = otp_sender_id.gateway.name },
    { vendor = "androidapi", channel = "sms", sender_id = otp_sender_id.partner.name },
    { vendor = "androidapi", channel = "sms", sender_id = otp_sender_id.device.name },
    { vendor = "myotp", channel = "whatsapp", myotp = { force_send = false } },
    { vendor = "androidapi", channel = "whatsapp", whatsapp_account = "` + providertest.SeededAccount + `", androidapi = { priority = true } },
    { vendor = "way2api", channel = "sms", countries = ["IN"] },
  ]
}

resource "otp_profile" "plain" {
  name     = "plain"
  brand    = otp_brand.acme.name
  template = otp_message_template.numbers.name
  routes   = [{ vendor = "myotp", channel = "sms" }]
}

resource "otp_profile" "empties" {
  name     = "empties"
  brand    = otp_brand.odd.name
  template = otp_message_template.login.name
  code     = {}
  limits   = {}
  routes   = [{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name, octopush = {} }]
}
`

// adopted is what a workspace finds of it, by type.
var adopted = map[string]int{
	"otp_brand": 2, "otp_message_template": 3, "otp_sender_id": 4, "otp_profile": 3, providertest.AccountType: 1,
}

// newAdoptable is a workspace that has applied it, and its vendors.
func newAdoptable(t *testing.T) (*providertest.Workspace, *sandbox.Server) {
	t.Helper()
	vendors, w := sandbox.StartForTest(t, sandbox.Options{}), providertest.NewWorkspace(t)
	for name, value := range vendors.Environment() {
		w.Env = append(w.Env, name+"="+value)
	}
	w.Configure(adoptable).Apply()
	return w, vendors
}

// queryCLI is a Terraform that can query, from 1.14, or else the test is skipped:
// TestWhatIsListedBecomesAConfigurationThatChangesNothing asks the provider the
// same questions.
func queryCLI(t *testing.T) string {
	t.Helper()
	path := os.Getenv("OTP_TEST_TERRAFORM")
	if path == "" {
		path = providertest.TerraformPath(t)
	}
	output, err := exec.CommandContext(t.Context(), path, "version", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatal(err)
	}
	found, err := version.NewVersion(answer.Version)
	if err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), path, "version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(string(text), "OpenTofu") || found.Core().LessThan(version.Must(version.NewVersion("1.14.0"))) {
		t.Skipf("%s %s has no queries. Terraform from 1.14 has; OTP_TEST_TERRAFORM names one for this test.", strings.Fields(string(text))[0], found)
	}
	return path
}

func TestAWholeCatalogIsAdoptedByAQuery(t *testing.T) {
	t.Parallel()
	cli := queryCLI(t)
	w, _ := newAdoptable(t)
	other := w.Beside()
	other.CLI = cli
	other.Env = append(slices.Clone(w.Env), other.Env...)
	other.File("all.tfquery.hcl", queryForAll(t))
	if output, code := other.TF("query", "-generate-config-out=generated.tf"); code != 0 {
		t.Fatalf("query: %s", output)
	}
	before, err := w.Store.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, resource := range other.Saves() {
		if resource.Change.Importing == nil || !slices.Equal(resource.Change.Actions, []string{"no-op"}) {
			t.Errorf("%s: planned %v, want an import and nothing else", resource.Address, resource.Change.Actions)
		}
		typeName, _, _ := strings.Cut(resource.Address, ".")
		found[typeName]++
	}
	if diff := cmp.Diff(adopted, found); diff != "" {
		t.Errorf("imported (-want +got):\n%s", diff)
	}
	other.Apply()
	w.Settled()
	after, err := w.Store.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the adoption wrote to the catalog (-before +after):\n%s", diff)
	}
}

// queryForAll is the query of the guide about the catalog.
func queryForAll(t *testing.T) string {
	t.Helper()
	guide := providertest.Read(t, filepath.Join(providertest.Root, "templates", "guides", "catalog.md"))
	_, rest, _ := strings.Cut(guide, "## Adopting a whole catalog")
	_, rest, _ = strings.Cut(rest, "```hcl\n")
	query, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the guide about the catalog has no query")
	}
	return query
}

// Terraform from 1.14 asks the provider itself for the configuration of what was
// listed. Here the test asks, whatever Terraform there is.
func TestWhatIsListedBecomesAConfigurationThatChangesNothing(t *testing.T) {
	t.Parallel()
	w, vendors := newAdoptable(t)
	environment := vendors.Environment()
	s := w.ServeWith(map[string]any{"androidapi": map[string]any{
		"base_url": environment["OTP_ANDROIDAPI_BASE_URL"], "secret": environment["OTP_ANDROIDAPI_SECRET"],
	}})
	query := queryForAll(t)
	for typeName, count := range adopted {
		if !strings.Contains(query, fmt.Sprintf("list %q ", typeName)) {
			t.Errorf("the query of the guide leaves %s out", typeName)
		}
		results := s.List(typeName, true, 1000)
		if len(results) != count {
			t.Errorf("%d results of %s, want %d", len(results), typeName, count)
		}
		for _, result := range results {
			s.None(result.Diagnostics)
			adopts(s, typeName, result)
		}
	}

	// What is retired is listed no more; the profile that still needs it is, and
	// says so when it is planned.
	object := w.Get(catalog.Brand, "0-odd")
	if _, err := w.Store.Delete(t.Context(), object.Ref(), catalog.Expectation{Revision: object.Revision}); err != nil {
		t.Fatal(err)
	}
	s = w.Serve()
	if results := s.List("otp_brand", true, 1000); len(results) != 1 {
		t.Errorf("%d brands are listed, want the one that is not retired", len(results))
	}
	for _, result := range s.List("otp_profile", true, 1000) {
		state, diagnostics := s.ImportBy(&tfprotov6.ImportResourceStateRequest{TypeName: "otp_profile", Identity: result.Identity})
		s.None(diagnostics)
		_, diagnostics = s.PlanValue("otp_profile", state, generated(s, "otp_profile", result.Resource))
		if titles := providertest.Failures(diagnostics); (result.DisplayName == "empties") != slices.Contains(titles, "Object was deleted") {
			t.Errorf("the profile %s, whose brand may be retired, fails with %v", result.DisplayName, titles)
		}
	}
}

// generated is the configuration that the provider makes of a state.
func generated(s *providertest.Server, typeName string, state *tfprotov6.DynamicValue) tftypes.Value {
	s.T.Helper()
	generated, err := s.GenerateResourceConfig(s.T.Context(), &tfprotov6.GenerateResourceConfigRequest{TypeName: typeName, State: state})
	if err != nil {
		s.T.Fatal(err)
	}
	s.None(generated.Diagnostics)
	config, err := generated.Config.Unmarshal(s.Resource(typeName))
	if err != nil {
		s.T.Fatal(err)
	}
	return config
}

// adopts fails the test unless a result can be imported with a configuration that
// is made of it, and nothing is to be changed then.
func adopts(s *providertest.Server, typeName string, result tfprotov6.ListResourceResult) {
	s.T.Helper()
	state, diagnostics := s.ImportBy(&tfprotov6.ImportResourceStateRequest{TypeName: typeName, Identity: result.Identity})
	s.None(diagnostics)
	listed, imported := s.Members(typeName, result.Resource), s.Members(typeName, state.State)
	for name, value := range imported {
		if !listed[name].Equal(value) {
			s.T.Errorf("%s %s: %s is listed as %s and imported as %s", typeName, result.DisplayName, name, listed[name], value)
		}
	}
	config := generated(s, typeName, result.Resource)
	valid, err := s.ValidateResourceConfig(s.T.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: typeName, Config: s.Dynamic(config)})
	if err != nil {
		s.T.Fatal(err)
	}
	s.None(valid.Diagnostics)
	request, diagnostics := s.PlanValue(typeName, state, config)
	s.None(diagnostics)
	if request != nil {
		s.T.Errorf("%s %s: after its import there is something to do", typeName, result.DisplayName)
	}
}
