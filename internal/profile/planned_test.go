package profile_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// What a plan shows of a document is what the apply writes, or else the apply
// writes nothing and says why.

// change is what is planned for an address.
func change(t *testing.T, plan []providertest.Planned, address string) providertest.Planned {
	t.Helper()
	for _, planned := range plan {
		if planned.Address == address {
			return planned
		}
	}
	t.Fatalf("nothing is planned for %s", address)
	return providertest.Planned{}
}

const twoProfiles = `
resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "DISPLAY"
}

resource "otp_message_template" "login" {
  name = "login"
  text = "{{brand}}: {{otp}} is your login code, valid for {{validity_minutes}} minutes. Never share it."
  myotp = { template_order = 1 }
}

resource "otp_sender_id" "europe" {
  name     = "europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_sender_id" "counter" {
  name       = "counter"
  androidapi = { device = "00000000-0000-0000-aaaa-bbbbccccdddd", sim = 1 }
}

resource "otp_profile" "each" {
  for_each          = toset(["login", "payment"])
  name              = each.key
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  validity_seconds  = 300
  allowed_countries = ["FR", "DE"]
  routes = [
    { vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name },
    { vendor = "androidapi", channel = "sms", sender_id = otp_sender_id.counter.name },
    { vendor = "myotp", channel = "sms" },
  ]
}
`

func TestAPlanShowsTheLinesThatWillChange(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure(strings.Replace(twoProfiles, "DISPLAY", "Acme", 1)).Apply()
	w.Configure(strings.Replace(twoProfiles, "DISPLAY", "AcmeBank", 1))
	output, code := w.Raw("plan", "-input=false")
	if code != 0 {
		t.Fatalf("plan: %s", output)
	}
	// Six requests change. Terraform frames each changed line of a document with
	// eight or nine of its own, so these are the fewest that it can print; what
	// does not change is not among them.
	_, actions, _ := strings.Cut(output, " will perform the following actions:")
	actions, _, _ = strings.Cut(actions, "\nPlan: ")
	if lines := strings.Count(actions, "\n"); lines > 102 || lines < 20 {
		t.Errorf("the plan has %d lines, want at most 102:\n%s", lines, output)
	}
	for _, part := range []string{"outcomes", "headers", "api-key", "application_must_enforce"} {
		if strings.Contains(actions, part) {
			t.Errorf("the plan shows %s, which does not change:\n%s", part, output)
		}
	}
	for _, part := range []string{
		`AcmeBank: {code} is your login code, valid for 5 minutes.`, `~ "brand/acme" `, `= 1 -> (known after apply)`,
	} {
		if !strings.Contains(output, part) {
			t.Errorf("the plan does not show %q:\n%s", part, output)
		}
	}

	plan := w.Saves()
	for _, name := range []string{"login", "payment"} {
		planned := change(t, plan, `otp_profile.each["`+name+`"]`).Change
		var document map[string]any
		if err := json.Unmarshal([]byte(planned.After["document"].(string)), &document); err != nil {
			t.Fatal(err)
		}
		if document["brand"] != "AcmeBank" || planned.After["sms_segments"] != 1.0 {
			t.Errorf("%s: the plan as JSON has the brand %v and %v segments", name, document["brand"], planned.After["sms_segments"])
		}
		unknown, _ := planned.AfterUnknown["made_from"].(map[string]any)
		made, _ := planned.After["made_from"].(map[string]any)
		if unknown["brand/acme"] != true || len(unknown) != 1 || made["sender_id/europe"] != 1.0 || made["message_template/login"] != 1.0 {
			t.Errorf("%s: made_from is %v, not known is %v", name, made, unknown)
		}
	}
	if output, code := w.TF("apply", "-input=false", "saved.plan"); code != 0 {
		t.Fatalf("apply: %s", output)
	}
	for _, planned := range plan {
		if name, found := planned.Change.After["name"].(string); found && strings.HasPrefix(planned.Address, "otp_profile") {
			if stored := w.Get(catalog.Profile, name).Document; stored != planned.Change.After["document"] {
				t.Errorf("%s: the apply wrote another document than the plan showed:\n%s\n%s", name, stored, planned.Change.After["document"])
			}
		}
	}
	w.Settled()
}

// Costs are gated before anything is written: by a test that only plans, and by
// a condition of the resource.
func TestATemplateThatCostsThreeSegmentsIsRefusedBeforeTheApply(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	long := strings.Replace(providertest.Setup("acme", "Acme", providertest.OverOctopush), "{{brand}}: {{otp}}", "{{brand}}: {{otp}} "+strings.Repeat("x", 310), 1)
	w.File("tests/cost.tftest.hcl", `
run "plan" {
  command = plan
  assert {
    condition     = otp_profile.login.sms_segments <= 2
    error_message = "A code costs ${otp_profile.login.sms_segments} segments."
  }
  assert {
    condition     = jsondecode(otp_profile.login.document).brand == "Acme"
    error_message = "The document has another brand."
  }
}
`)
	w.Configure(long).Fails("A code costs 3 segments.", "test")
	if output, code := w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).TF("test"); code != 0 {
		t.Errorf("a template that costs one segment is refused: %s", output)
	}
	w.Configure(strings.Replace(long, `allowed_countries = ["FR"]`, "allowed_countries = [\"FR\"]\n  lifecycle {\n    postcondition {\n      condition     = self.sms_segments <= 2\n      error_message = \"Three segments are too many.\"\n    }\n  }", 1)).
		Fails("Three segments are too many.", "plan", "-input=false")
	if _, err := os.Stat(strings.TrimPrefix(w.URL, "sqlite:")); err == nil {
		t.Error("the catalog was created")
	}
}

// Somebody changes what a document is made from after the plan was made. The
// profile has a change of its own, or its brand has, or its document was out of
// date.
func TestASourceThatChangesBetweenPlanAndApplyIsAConflict(t *testing.T) {
	t.Parallel()
	body := providertest.Setup("acme", "Acme", providertest.OverOctopush)
	own := strings.Replace(body, "allowed_countries", "limits = {}\n  allowed_countries", 1)
	for name, test := range map[string]struct {
		before  func(w *providertest.Workspace)
		config  string
		options []string
	}{
		"own change":             {config: own},
		"own change, by replace": {config: own, options: []string{"-replace=otp_brand.acme"}},
		"brand changes, too":     {config: providertest.Setup("acme", "Acme Bank", providertest.OverOctopush)},
		"out of date": {config: body, before: func(w *providertest.Workspace) {
			w.Edit(catalog.SenderID, "europe", providertest.Set("octopush", map[string]any{"sender": "BEFORE"}))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := providertest.NewWorkspace(t)
			w.Configure(body).Apply()
			if test.before != nil {
				test.before(w)
			}
			if name == "out of date" { // else the sender ID of the configuration repairs it
				w.Configure(strings.Replace(body, "ACMEBANK", "BEFORE", 1))
			} else {
				w.Configure(test.config)
			}
			w.Saves(test.options...)
			document := w.Get(catalog.Profile, "login").Document
			w.Edit(catalog.SenderID, "europe", providertest.Set("octopush", map[string]any{"sender": "SOMEBODY"}))
			output := w.Fails("Object was changed by somebody else", "apply", "-input=false", "saved.plan")
			if strings.Contains(output, "inconsistent") {
				t.Errorf("Terraform blames the provider: %s", output)
			}
			for _, part := range []string{`The profile "login" was planned with revision`, `of the sender ID "europe"`, "written by somebody@elsewhere at 20", "Plan again"} {
				if !strings.Contains(output, part) {
					t.Errorf("no %q in: %s", part, output)
				}
			}
			if w.Get(catalog.Profile, "login").Document != document {
				t.Error("the refused apply wrote the document")
			}
			w.Apply()
		})
	}
}

// With -refresh=false the state may know less than the plan: that is no conflict
// where nothing changed between plan and apply.
func TestWithoutARefreshTheApplyIsWhatThePlanShowed(t *testing.T) {
	t.Parallel()
	nouns := providertest.NewWorkspace(t)
	body := providertest.Setup("acme", "Acme", providertest.OverOctopush)
	split := strings.Index(body, `resource "otp_profile"`)
	nouns.Configure(body[:split]).Apply()
	profiles := nouns.Beside()
	profile := strings.NewReplacer("otp_brand.acme.name", `"acme"`, "otp_message_template.login.name", `"login"`, "otp_sender_id.europe.name", `"europe"`).Replace(body[split:])
	profiles.Configure(profile).Apply()

	nouns.Edit(catalog.Brand, "acme", providertest.Set("display_name", "Changed"))
	// The first apply after a write has no note of a refresh, later ones have an
	// old one.
	for round, display := range []string{"Changed", "Again"} {
		if round > 0 {
			profiles.Apply()
			nouns.Edit(catalog.Brand, "acme", providertest.Set("display_name", display))
		}
		if actions := profiles.Plans("-refresh=false"); actions["otp_profile.login"] != "update" {
			t.Errorf("round %d: planned %v", round, actions)
		}
		if output, code := profiles.TF("apply", "-input=false", "saved.plan"); code != 0 {
			t.Fatalf("round %d: %s", round, output)
		}
		if got := profiles.Document("login")["brand"]; got != display {
			t.Errorf("round %d: the document has the brand %q", round, got)
		}
		profiles.Settled()
	}

	// With a change of its own, nobody can tell an old note from a stale plan:
	// the sentence says what to do, and Terraform never blames the provider.
	nouns.Edit(catalog.Brand, "acme", providertest.Set("display_name", "Third"))
	profiles.Configure(strings.Replace(profile, "allowed_countries", "limits = {}\n  allowed_countries", 1))
	if output, code := profiles.TF("apply", "-auto-approve", "-input=false", "-refresh=false"); code != 0 &&
		!strings.Contains(output, "Plan again, without -refresh=false") || strings.Contains(output, "inconsistent") {
		t.Errorf("%s", output)
	}
	profiles.Apply()
}

// A new profile has no state to keep a note in, so Terraform may be the first to
// notice, in its own words. Nothing is written either way.
func TestANewProfileWhoseSourceChangesIsRefused(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	body := providertest.Setup("acme", "Acme", providertest.OverOctopush)
	sources, _, _ := strings.Cut(body, `resource "otp_profile"`)
	w.Configure(sources).Apply()
	w.Configure(body).Saves()
	w.Edit(catalog.Brand, "acme", providertest.Set("display_name", "Somebody"))
	if output, code := w.TF("apply", "-input=false", "saved.plan"); code == 0 {
		t.Errorf("another document than the planned one was written: %s", output)
	}
	w.Has(catalog.Profile)
	w.Apply()
	if got := w.Document("login")["brand"]; got != "Acme" {
		t.Errorf("the document has the brand %q", got)
	}
}

// Names that go away and come back in one run, under profiles old and new.
func TestReplacedSourcesOfOldAndNewProfiles(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	body := providertest.Setup("acme", "Acme", providertest.OverOctopush)
	free := "\nresource \"otp_brand\" \"free\" {\n  name = \"free\"\n  display_name = \"Free\"\n}\n"
	w.Configure(body + free).Apply()
	second := "\nresource \"otp_profile\" \"second\" {\n  name = \"second\"\n  brand = otp_brand.free.name\n  template = otp_message_template.login.name\n  allowed_countries = [\"FR\"]\n" +
		"  routes = [" + providertest.OverOctopush + "]\n}\n"
	// A brand that nothing holds gets another revision when it is replaced; one
	// that a profile holds keeps it.
	w.Configure(body+free+second).Apply("-replace=otp_brand.free", "-replace=otp_brand.acme")
	w.Settled()
	w.Apply("-replace=otp_brand.free", "-replace=otp_profile.second", "-replace=otp_sender_id.europe")
	w.Settled()
	// Retired by one run, revived and changed by the next.
	w.Configure(strings.Replace(body+free+second, "otp_brand.free.name", "otp_brand.acme.name", 1)).Apply("-replace=otp_brand.acme")
	w.Settled()
	w.Configure(strings.Replace(strings.Replace(body+free+second, "otp_brand.acme.name", "otp_brand.free.name", 1), `"Free"`, `"Freer"`, 1)).Apply("-replace=otp_brand.free")
	w.Settled()
	w.Has(catalog.Profile, "login", "second")
}

func TestACatalogWithoutAFolderFailsAtPlanOnce(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Env = append(w.Env, "OTP_CATALOG_URL=sqlite:missing/folder/x.db")
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush))
	if output, code := w.TF("validate"); code != 0 {
		t.Errorf("a machine that only validates needs no folder: %s", output)
	}
	output := w.Fails(`its folder "missing/folder" does not exist in `+w.Folder, "plan", "-input=false")
	if strings.Count(output, "Error:") != 1 {
		t.Errorf("not one error: %s", output)
	}
	w.Configure("provider \"otp\" {\n  catalog = { url = \"sqlite:missing/folder/x.db\" }\n}\n" + providertest.Setup("acme", "Acme", providertest.OverOctopush))
	if output := w.Fails("does not exist in", "apply", "-auto-approve", "-input=false"); strings.Count(output, "Error:") != 1 {
		t.Errorf("not one error: %s", output)
	}
	if _, err := os.Stat(w.Folder + "/missing"); err == nil {
		t.Error("the folder was made")
	}
}
