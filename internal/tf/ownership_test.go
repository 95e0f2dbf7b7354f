package tf_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// What one state owns, no run of another one takes, changes or deletes. Each
// test ends with what is in the catalog.

// stays runs something, and fails the test if the catalog, its history included,
// is another one afterwards.
func stays(w *providertest.Workspace, do func()) {
	w.T.Helper()
	before, err := w.Store.Export(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	do()
	after, err := w.Store.Export(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		w.T.Errorf("the catalog changed (-before +after):\n%s", diff)
	}
}

// live is a workspace that has applied a setup.
func live(t *testing.T) *providertest.Workspace {
	t.Helper()
	w := providertest.NewWorkspace(t)
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	return w
}

func TestASecondWorkspaceTakesAndDeletesNothing(t *testing.T) {
	t.Parallel()
	w := live(t)
	other := w.Beside().Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush))
	stays(w, func() {
		output := other.Fails("Object exists already", "apply", "-auto-approve", "-input=false")
		for _, part := range []string{
			`Brand "acme" exists already, so the apply will be refused`, `Message template "login" exists already`, `Profile "login" exists already`,
			`The brand "acme" already exists`, `The message template "login" already exists`, `The sender ID "europe" already exists`,
			`profile "login" there refers to it`, "with exactly this content", "written by tester@here at 20",
			"OTP_CATALOG_URL", "OTP_CATALOG_ADOPT=identical", `import { to = otp_brand.<label> id = "acme" }`,
		} {
			if !strings.Contains(output, part) {
				t.Errorf("no %q in: %s", part, output)
			}
		}
		if output, code := other.TF("destroy", "-auto-approve", "-input=false"); code == 0 && !strings.Contains(output, "0 destroyed") {
			t.Errorf("the destroy of nothing: %s", output)
		}
	})
	w.Settled()
}

func TestAWorkspaceOfTerraformTakesAndDeletesNothing(t *testing.T) {
	t.Parallel()
	w := live(t)
	stays(w, func() {
		if output, code := w.TF("workspace", "new", "preview"); code != 0 {
			t.Fatalf("workspace: %s", output)
		}
		w.Fails("Object exists already", "apply", "-auto-approve", "-input=false")
		w.TF("destroy", "-auto-approve", "-input=false", "-refresh=false")
		if output, code := w.TF("workspace", "select", "default"); code != 0 {
			t.Fatalf("workspace: %s", output)
		}
	})
	w.Settled()
}

// One run block with an apply used to end with "1 passed" and an empty catalog.
func TestTerraformTestOnALiveCatalogChangesNothing(t *testing.T) {
	t.Parallel()
	w := live(t)
	other := w.Beside().Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush))
	other.File("tests/apply.tftest.hcl", "run \"apply\" {\n  command = apply\n}\n")
	stays(w, func() {
		output := other.Fails("Object exists already", "test")
		if !strings.Contains(output, "0 passed, 1 failed") {
			t.Errorf("another end: %s", output)
		}
	})
	w.Settled()

	// With a catalog of its own it passes, and leaves nothing but its history.
	own := providertest.NewWorld(t)
	other.Env = append(slices.Clone(other.Env), "OTP_CATALOG_URL="+own.URL)
	stays(w, func() {
		if output, code := other.TF("test"); code != 0 || !strings.Contains(output, "1 passed, 0 failed") {
			t.Errorf("the test with its own catalog: %s", output)
		}
	})
	snapshot, err := own.Store.Snapshot(t.Context())
	if err != nil || snapshot.ID == "" || len(snapshot.Objects) != 0 {
		t.Errorf("the catalog of the test holds %v (%v)", snapshot.Objects, err)
	}
}

// A copy of a state is the same owner as its original, by all that anybody can
// tell. What they do to each other is seen, and told with names.
func TestACopiedState(t *testing.T) {
	t.Parallel()
	w := live(t)
	brand := "resource \"otp_brand\" \"alone\" {\n  name = \"alone\"\n  display_name = \"Alone\"\n}\n"
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush) + brand).Apply()
	copied := w.Beside().Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush) + strings.Replace(brand, `"Alone"`, `"Changed"`, 1))
	copied.File("terraform.tfstate", providertest.Read(t, filepath.Join(w.Folder, "terraform.tfstate")))

	// A plan of the original, and a change of the copy in between.
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush) + strings.Replace(brand, `"Alone"`, `"Own change"`, 1)).Saves()
	copied.Apply()
	stays(w, func() {
		w.Fails("Object was changed by somebody else", "apply", "-input=false", "saved.plan")
		output := w.Fails("written by other@there", "destroy", "-auto-approve", "-input=false", "-refresh=false", "-target=otp_brand.alone")
		if !strings.Contains(output, "Plan again") {
			t.Errorf("no way out in: %s", output)
		}
	})
	w.Has(catalog.Brand, "acme", "alone")
	if !strings.Contains(string(w.Get(catalog.Brand, "alone").Spec), "Changed") {
		t.Error("the change of the copy was overwritten")
	}
}

func TestAReplacementLeavesEverythingInTheCatalog(t *testing.T) {
	t.Parallel()
	w := live(t)
	before := w.Get(catalog.Profile, "login")
	for _, address := range []string{"otp_brand.acme", "otp_profile.login", "otp_sender_id.europe"} {
		w.Apply("-replace=" + address)
		w.Settled()
	}
	w.Apply("-replace=otp_brand.acme", "-replace=otp_profile.login", "-replace=otp_message_template.login")
	w.Settled()
	w.Has(catalog.Brand, "acme")
	w.Has(catalog.MessageTemplate, "login")
	w.Has(catalog.SenderID, "europe")
	w.Has(catalog.Profile, "login")
	if after := w.Get(catalog.Profile, "login"); after.Document != before.Document {
		t.Error("the document changed")
	}

	// One that is created before the old one is destroyed would take over, or
	// lose, what it meets.
	w.Configure(strings.Replace(providertest.Setup("acme", "Acme", providertest.OverOctopush), `display_name = "Acme"`, "display_name = \"Acme\"\n  lifecycle {\n    create_before_destroy = true\n  }", 1))
	stays(w, func() {
		output := w.Fails("Object exists already", "apply", "-auto-approve", "-input=false", "-replace=otp_brand.acme")
		if !strings.Contains(output, "create_before_destroy") {
			t.Errorf("no way out in: %s", output)
		}
	})
	w.Settled()
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply("-replace=otp_brand.acme")
	w.Settled()
}

func TestARenamedResourceIsMovedOrRefused(t *testing.T) {
	t.Parallel()
	w := live(t)
	renamed := strings.NewReplacer(`"otp_brand" "acme"`, `"otp_brand" "renamed"`, "otp_brand.acme.name", "otp_brand.renamed.name").Replace(providertest.Setup("acme", "Acme", providertest.OverOctopush))
	w.Configure(renamed)
	stays(w, func() {
		for _, parallelism := range []string{"1", "10"} {
			output := w.Fails("moved {", "plan", "-input=false", "-parallelism="+parallelism)
			if !strings.Contains(output, `Brand "acme" is removed and created in one run`) || !strings.Contains(output, `{"name":"acme","display_name":"Acme"}`) {
				t.Errorf("another reason: %s", output)
			}
		}
		w.Configure(renamed + "moved {\n  from = otp_brand.acme\n  to   = otp_brand.renamed\n}\n").Apply()
	})
	w.Has(catalog.Brand, "acme")

	// Elements of a count that move up are the same mistake.
	count := "resource \"otp_brand\" \"b\" {\n  count        = length(local.names)\n  name         = local.names[count.index]\n  display_name = \"Brand\"\n}\n"
	w.Configure(renamed + count + "locals {\n  names = [\"one\", \"two\", \"three\"]\n}\n").Apply()
	stays(w, func() {
		w.Configure(renamed+count+"locals {\n  names = [\"two\", \"three\"]\n}\n").Fails("use for_each with the names as keys", "plan", "-input=false")
	})
}

func TestTwoResourcesOfOneNameAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	brand := func(label, display string) string {
		return "resource \"otp_brand\" \"" + label + "\" {\n  name = \"acme\"\n  display_name = \"" + display + "\"\n}\n"
	}
	for name, body := range map[string]string{
		"two values":  brand("one", "First") + brand("two", "Second"),
		"equal":       brand("one", "First") + brand("two", "First"),
		"two in each": "resource \"otp_brand\" \"each\" {\n  for_each     = toset([\"First\", \"Second\"])\n  name         = \"acme\"\n  display_name = each.key\n}\n",
	} {
		output := w.Configure(body).Fails(`Brand "acme" has two resources`, "plan", "-input=false")
		if !strings.Contains(output, `{"name":"acme","display_name":"First"}`) || name != "equal" && !strings.Contains(output, `{"name":"acme","display_name":"Second"}`) {
			t.Errorf("%s: not both values in: %s", name, output)
		}
		w.Fails(`has two resources`, "apply", "-auto-approve", "-input=false")
	}
	if _, err := os.Stat(strings.TrimPrefix(w.URL, "sqlite:")); err == nil {
		t.Error("the catalog was created")
	}

	// One that is there already keeps its object.
	w.Configure(brand("one", "First")).Apply()
	stays(w, func() {
		w.Configure(brand("one", "First")+brand("two", "Second")).Fails(`has two resources`, "plan", "-input=false")
		w.Configure(brand("one", "First")+brand("two", "First")+"import {\n  to = otp_brand.two\n  id = \"acme\"\n}\n").Fails(`has two resources`, "plan", "-input=false")
	})
	w.Configure(brand("one", "First")).Settled()
}

func TestAnObjectIsTakenOverOnRequestOnlyAndItsFormerOwnerIsTold(t *testing.T) {
	t.Parallel()
	w := live(t)
	other, plain := w.Beside(), []string(nil)
	plain, other.Env = other.Env, append(slices.Clone(other.Env), "OTP_CATALOG_ADOPT=identical")
	stays(w, func() { // Not what is another content, though all else is the same.
		other.Configure(strings.Replace(providertest.Setup("acme", "Acme", providertest.OverOctopush), `"{{brand}}: {{otp}}"`, `"{{otp}} {{brand}}"`, 1)).
			Fails("with another content", "apply", "-auto-approve", "-input=false", "-target=otp_message_template.login")
	})
	output := other.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	for _, name := range []string{`Brand "acme"`, `Message template "login"`, `Sender ID "europe"`, `Profile "login"`} {
		if strings.Count(output, name+" was taken over") != 1 {
			t.Errorf("the takeover of %s is not told once: %s", name, output)
		}
	}
	other.Env = plain
	other.Settled()

	// The former owner is told at once, and may change and delete nothing.
	stays(w, func() {
		output, code := w.TF("plan", "-input=false", "-detailed-exitcode")
		if code != 0 || !strings.Contains(output, `Brand "acme" belongs to another state now`) || !strings.Contains(output, "other@there took it over") {
			t.Errorf("plan of the former owner: %s", output)
		}
		w.Configure(providertest.Setup("acme", "Mine", providertest.OverOctopush))
		for _, command := range [][]string{
			{"plan", "-input=false"}, {"apply", "-auto-approve", "-input=false"}, {"apply", "-auto-approve", "-input=false", "-refresh=false"},
			{"destroy", "-auto-approve", "-input=false"}, {"destroy", "-auto-approve", "-input=false", "-refresh=false"},
		} {
			output := w.Fails("Object was changed by somebody else", command...)
			for _, part := range []string{"other@there took it over", "destroy = false"} {
				if !strings.Contains(output, part) {
					t.Errorf("%v: no %q in: %s", command, part, output)
				}
			}
		}
		// The way out that it names.
		w.Configure("removed {\n  from = otp_brand.acme\n  lifecycle {\n    destroy = false\n  }\n}\n" +
			"removed {\n  from = otp_message_template.login\n  lifecycle {\n    destroy = false\n  }\n}\n" +
			"removed {\n  from = otp_sender_id.europe\n  lifecycle {\n    destroy = false\n  }\n}\n" +
			"removed {\n  from = otp_profile.login\n  lifecycle {\n    destroy = false\n  }\n}\n").Apply()
	})
	// The new one may.
	other.Configure(providertest.Setup("acme", "Theirs", providertest.OverOctopush)).Apply()
	if output, code := other.TF("destroy", "-auto-approve", "-input=false"); code != 0 {
		t.Errorf("destroy of the new owner: %s", output)
	}
	w.Has(catalog.Brand)
}

func TestTheSettingToTakeOverIsChecked(t *testing.T) {
	t.Parallel()
	w := live(t)
	other := w.Beside().Configure("provider \"otp\" {\n  catalog = { adopt = \"all\" }\n}\n" + providertest.Setup("acme", "Acme", providertest.OverOctopush))
	other.Fails(`is "all"; write "identical"`, "plan", "-input=false")
	other.Configure("provider \"otp\" {\n  catalog = { adopt = \"identical\" }\n}\n" + providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	other.Settled()
}

// A state that is older than the object it knows: a destroy that was killed, and
// a create after it that was killed, too. The switch brings it back to both, an
// update and a deletion.
func TestAStateThatLostARunIsBroughtBackByTheSwitch(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *providertest.Workspace){
		"update": func(w *providertest.Workspace) {
			w.Configure(providertest.Setup("acme", "Acme Bank", providertest.OverOctopush)).Apply()
		},
		"destroy": func(w *providertest.Workspace) {
			if output, code := w.TF("destroy", "-auto-approve", "-input=false"); code != 0 || !strings.Contains(output, `Brand "acme" was taken over and deleted`) {
				t.Errorf("destroy: %s", output)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := live(t)
			state := filepath.Join(w.Folder, "terraform.tfstate")
			old := providertest.Read(t, state)
			if output, code := w.TF("destroy", "-auto-approve", "-input=false"); code != 0 {
				t.Fatal(output)
			}
			w.Apply()
			if err := os.WriteFile(state, []byte(old), 0o600); err != nil {
				t.Fatal(err)
			}
			w.Settled() // It is as configured, after all.
			w.Env = append(w.Env, "OTP_CATALOG_ADOPT=identical")
			end(w)
			if name == "destroy" {
				w.Has(catalog.Brand)
			} else {
				w.Settled()
			}
		})
	}
}
