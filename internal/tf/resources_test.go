package tf_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// noun is a resource with a value for each attribute and another to change it
// to, in HCL. Attributes that need company are written with it.
type noun struct {
	kind    catalog.Kind
	before  string // what else the configuration declares
	base    map[string]string
	changes []change
	// edits are what somebody else does to the spec in the catalog.
	edits []func(map[string]any)
}

type change struct {
	name       string
	attributes map[string]string
}

func (n noun) hcl(changed map[string]string) string {
	attributes := maps.Clone(n.base)
	maps.Copy(attributes, changed)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nresource %q \"this\" {\n  name = \"this\"\n", n.before, n.kind.ResourceType())
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		fmt.Fprintf(&b, "  %s = %s\n", name, attributes[name])
	}
	return b.String() + "}\n"
}

func (n noun) address() string { return n.kind.ResourceType() + ".this" }

func unset(key string) func(map[string]any) {
	return func(spec map[string]any) { delete(spec, key) }
}

const profileNeeds = `
resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_brand" "other" {
  name         = "other"
  display_name = "Other"
}

resource "otp_message_template" "login" {
  name         = "login"
  text         = "{{brand}}: {{otp}}"
  translations = { fr = "{{brand}} : {{otp}} est votre code." }
  myotp        = { template_order = 1, whatsapp_template_order = 12 }
}

resource "otp_message_template" "payment" {
  name         = "payment"
  text         = "Pay with {{otp}}"
  translations = { fr = "Payez avec {{otp}}" }
}

resource "otp_sender_id" "europe" {
  name     = "europe"
  octopush = { sender = "ACMEBANK" }
}
`

func nouns() []noun {
	return []noun{
		{
			kind:    catalog.Brand,
			base:    map[string]string{"display_name": `"Acme"`},
			changes: []change{{"display name", map[string]string{"display_name": `"Acme & Söhne"`}}},
			edits:   []func(map[string]any){providertest.Set("display_name", "Evil")},
		},
		{
			kind: catalog.MessageTemplate,
			base: map[string]string{"text": `"Code: {{otp}}"`},
			changes: []change{
				{"text", map[string]string{"text": `"{{brand}} code {{otp}}, {{validity_minutes}} min"`}},
				{"translations", map[string]string{"translations": `{ fr = "Code {{otp}}", "pt-BR" = "Código {{otp}}" }`}},
				{"another translation", map[string]string{"translations": `{ fr = "Votre code : {{otp}}" }`}},
				{"MyOTP.App number", map[string]string{"myotp": `{ template_order = 3 }`}},
				{"MyOTP.App numbers", map[string]string{"myotp": `{ template_order = 4, whatsapp_template_order = 13, translations = { es = { whatsapp_template_order = 15 } } }`}},
				{"Way2API", map[string]string{"way2api": `{ content = "OTP", purpose = "login", share_with = "no_one" }`}},
				{"Way2API words", map[string]string{"way2api": `{ content = "PIN", purpose = "withdrawal", share_with = "manager" }`}},
			},
			edits: []func(map[string]any){
				providertest.Set("text", "{{otp}}!"),
				providertest.Set("translations", map[string]any{"de": "{{otp}}"}),
				providertest.Set("myotp", map[string]any{"template_order": 9}),
				providertest.Set("way2api", map[string]any{"content": "OTP", "purpose": "login", "share_with": "no_one"}),
			},
		},
		{
			kind: catalog.SenderID,
			base: map[string]string{"octopush": `{ sender = "ACME" }`},
			changes: []change{
				{"sender", map[string]string{"octopush": `{ sender = "ACMEBANK" }`}},
				{"AndroidAPI device", map[string]string{"androidapi": `{ device = "00000000-0000-0000-aaaa-bbbbccccdddd", sim = 1 }`}},
				{"AndroidAPI SIM", map[string]string{"androidapi": `{ device = "00000000-0000-0000-aaaa-bbbbccccdddd", sim = 2 }`}},
				{"AndroidAPI gateway", map[string]string{"androidapi": `{ gateway = "3" }`}},
				{"AndroidAPI partner device", map[string]string{"androidapi": `{ gateway = "00000000-0000-0000-1111-222233334444", allow_partner_device = true }`}},
			},
			edits: []func(map[string]any){
				providertest.Set("octopush", map[string]any{"sender": "EVIL"}),
				providertest.Set("androidapi", map[string]any{"gateway": "7"}),
			},
		},
		{
			kind:   catalog.Profile,
			before: profileNeeds,
			base: map[string]string{
				"brand":    "otp_brand.acme.name",
				"template": "otp_message_template.login.name",
				"routes":   `[{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name }]`,
			},
			changes: []change{
				{"brand", map[string]string{"brand": "otp_brand.other.name"}},
				{"template", map[string]string{"template": "otp_message_template.payment.name"}},
				{"code", map[string]string{"code": `{ length = 8 }`}},
				{"alphabet", map[string]string{"code": `{ length = 8, digits = true, upper_case = true, lower_case = true, special_characters = true, exclude_confusing = true }`}},
				{"empty code block", map[string]string{"code": `{}`}},
				{"validity", map[string]string{"validity_seconds": "600"}},
				{"attempts", map[string]string{"max_wrong_attempts": "5"}},
				{"countries", map[string]string{"allowed_countries": `["FR", "DE"]`}},
				{"limits", map[string]string{"limits": `{ resend_after_seconds = 60, per_phone_hour = 3, per_phone_day = 6 }`}},
				{"limits of an address and of all", map[string]string{"limits": `{ per_ip_hour = 0, per_profile_hour = 1000 }`}},
				{"resend_route", map[string]string{"resend_route": `"next"`}},
				{"route", map[string]string{"routes": `[{ vendor = "myotp", channel = "sms" }]`}},
				{"routes", map[string]string{"routes": `[
					{ vendor = "myotp", channel = "whatsapp", account = "eu", myotp = { force_send = false } },
					{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name, countries = ["FR"], octopush = { bind_recipient_ip = true } },
				]`}},
				{"voice", map[string]string{"routes": `[{ vendor = "octopush", channel = "voice_sms", octopush = { voice = { language = "en-GB", gender = "male", translations = { fr = "fr-FR" } } } }]`}},
			},
			edits: []func(map[string]any){
				providertest.Set("brand", "other"),
				providertest.Set("template", "payment"),
				providertest.Set("code", map[string]any{"length": 9}),
				providertest.Set("validity_seconds", 301),
				providertest.Set("max_wrong_attempts", 9),
				providertest.Set("allowed_countries", []any{"BE"}),
				providertest.Set("limits", map[string]any{"per_phone_hour": 1}),
				providertest.Set("routes", []any{map[string]any{"vendor": "myotp", "channel": "sms"}}),
				unset("validity_seconds"),
			},
		},
	}
}

func TestEveryAttributeIsCreatedUpdatedAndImported(t *testing.T) {
	t.Parallel()
	for _, n := range nouns() {
		t.Run(string(n.kind), func(t *testing.T) {
			t.Parallel()
			w := providertest.NewWorld(t)
			steps := []resource.TestStep{{Config: n.hcl(nil)}}
			for _, c := range n.changes {
				steps = append(steps, resource.TestStep{
					Config: n.hcl(c.attributes),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(n.address(), plancheck.ResourceActionUpdate),
					}},
				}, resource.TestStep{
					ResourceName: n.address(), ImportState: true, ImportStateId: "this",
					ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "name",
				})
			}
			steps = append(steps, resource.TestStep{Config: n.hcl(nil)})
			w.Run(steps...)
		})
	}
}

func TestEveryEditFromOutsideIsSeenAndRepaired(t *testing.T) {
	t.Parallel()
	for _, n := range nouns() {
		t.Run(string(n.kind), func(t *testing.T) {
			t.Parallel()
			w := providertest.NewWorld(t)
			steps := []resource.TestStep{{Config: n.hcl(nil)}}
			for _, edit := range n.edits {
				steps = append(steps, resource.TestStep{
					PreConfig: func() { w.Edit(n.kind, "this", edit) },
					Config:    n.hcl(nil),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(n.address(), plancheck.ResourceActionUpdate),
					}},
				})
			}
			w.Run(steps...)
		})
	}
}

func TestADeletionFromOutsideIsCreatedAgain(t *testing.T) {
	t.Parallel()
	for _, n := range nouns() {
		t.Run(string(n.kind), func(t *testing.T) {
			t.Parallel()
			w := providertest.NewWorld(t)
			w.Run(
				resource.TestStep{Config: n.hcl(nil)},
				resource.TestStep{
					PreConfig: func() { w.Remove(n.kind, "this") },
					Config:    n.hcl(nil),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(n.address(), plancheck.ResourceActionCreate),
					}},
				},
			)
		})
	}
}

func TestANameIsReplaced(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorld(t)
	brand := func(name string) string {
		return fmt.Sprintf("resource \"otp_brand\" \"this\" {\n  name = %q\n  display_name = \"Acme\"\n}\n", name)
	}
	w.Run(
		resource.TestStep{Config: brand("acme")},
		resource.TestStep{
			Config: brand("acme-2"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("otp_brand.this", plancheck.ResourceActionReplace),
			}},
		},
	)
	if _, err := w.Store.Get(t.Context(), catalog.Ref{Kind: catalog.Brand, Name: "acme"}); err == nil {
		t.Error("the old name is still in the catalog")
	}
}

func TestImportRefusesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorld(t)
	config := "resource \"otp_brand\" \"this\" {\n  name = \"acme\"\n  display_name = \"Acme\"\n}\n"
	w.Run(
		resource.TestStep{Config: config, ResourceName: "otp_brand.this", ImportState: true, ImportStateId: "nobody", ExpectError: regexp.MustCompile(`(?i)non-existent remote object`)},
		resource.TestStep{Config: config, ResourceName: "otp_brand.this", ImportState: true, ImportStateId: "Not A Slug", ExpectError: regexp.MustCompile(`(?s)Import ID is not a name.*Write "not-a-slug"`)},
	)
}

func TestAProfileShowsWhatItsLongestMessageCosts(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorld(t)
	step := func(body string, want knownvalue.Check) resource.TestStep {
		return resource.TestStep{Config: body, ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("otp_profile.login", tfjsonpath.New("sms_segments"), want),
		}}
	}
	body := providertest.Setup("acme", "Acme", providertest.OverOctopush)
	w.Run(
		step(body, knownvalue.Int64Exact(1)),
		// With the code filled in: 154 and 6 are one segment, 155 and 6 two.
		step(strings.Replace(body, "{{brand}}: {{otp}}", strings.Repeat("x", 154)+"{{otp}}", 1), knownvalue.Int64Exact(1)),
		step(strings.Replace(body, "{{brand}}: {{otp}}", strings.Repeat("x", 155)+"{{otp}}", 1), knownvalue.Int64Exact(2)),
		step(providertest.Setup("acme", "Acme", providertest.OverMyOTP), knownvalue.Null()),
	)
}
