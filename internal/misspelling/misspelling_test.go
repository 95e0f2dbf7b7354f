package misspelling_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/misspelling"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
)

// folder holds a configuration: its files, each after a line "-- NAME --".
func folder(t *testing.T, configuration string) string {
	t.Helper()
	folder := t.TempDir()
	var name string
	files := map[string]string{}
	for line := range strings.Lines(configuration) {
		if header := strings.TrimSpace(line); strings.HasPrefix(header, "-- ") {
			name = strings.Trim(header, "- ")
			continue
		}
		files[name] += line
	}
	for name, content := range files {
		if name == "" {
			name = "main.tf"
		}
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// find is what is said of a configuration, one sentence a line.
func find(t *testing.T, configuration, executable string) string {
	t.Helper()
	var sentences []string
	for _, finding := range misspelling.Read(misspelling.Place{Folder: folder(t, configuration), Executable: executable}).Dropped(schema(t)) {
		sentences = append(sentences, finding.String())
	}
	return strings.Join(sentences, "\n")
}

func schema(t *testing.T) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	server, err := provider.NewServer(provider.New("test")())
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return schemas
}

func profile(more string) string {
	return "resource \"otp_profile\" \"login\" {\n" + more + "\n}\n"
}

const modulesJSON = `{"Modules":[{"Key":"","Dir":"."},{"Key":"a","Dir":"modules/a"},{"Key":"a.b","Dir":"modules/b"},{"Key":"former","Dir":"modules/former"}]}`

func TestMisspeltArgumentsAreFound(t *testing.T) {
	t.Parallel()
	const did = `Did you mean `
	for name, test := range map[string][2]string{
		"in an object":          {profile(`code = { lenght = 8 }`), `main.tf line 2: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
		"in a list":             {profile("routes = [\n{ vendor = \"myotp\" },\n{ vendor = \"octopush\",\n countris = [\"FR\"] },\n]"), `main.tf line 5: routes[1] of otp_profile.login has no "countris". ` + did + `"countries"?`},
		"in an object of those": {profile(`routes = [{ octopush = { voice = { langauge = "x" } } }]`), `main.tf line 2: routes[0].octopush.voice of otp_profile.login has no "langauge". ` + did + `"language"?`},
		"in a map":              {"resource \"otp_message_template\" \"a\" {\nmyotp = { translations = { es = { templat_order = 1 } } }\n}", `main.tf line 2: myotp.translations["es"] of otp_message_template.a has no "templat_order". ` + did + `"template_order"?`},
		"quoted":                {profile(`code = { "lenght" = 8 }`), `main.tf line 2: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
		"with a colon":          {profile(`code = { lenght : 8 }`), `main.tf line 2: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
		"in parentheses":        {profile(`code = ({ lenght = 8 })`), `main.tf line 2: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
		"in a condition":        {profile(`code = var.long ? { lenght = 8 } : null`), `main.tf line 2: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
		"in a for expression":   {profile(`routes = [for c in var.countries : { vendor = "octopush", countris = [c] }]`), `main.tf line 2: routes[…] of otp_profile.login has no "countris". ` + did + `"countries"?`},
		"beside a dynamic key":  {profile(`code = { (var.key) = 1, lenght = 8 }`), `main.tf line 2: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
		"like nothing":          {profile(`resend_route = "next"` + "\n" + `limits = { zzzzzzzz = 1 }`), `main.tf line 3: limits of otp_profile.login has no "zzzzzzzz". It takes `},
		"in a provider block":   {"provider \"otp\" {\nhttp = { timout = \"3s\" }\n}", `main.tf line 2: http of provider "otp" has no "timout". ` + did + `"timeout"?`},
		"in an alias":           {"provider \"otp\" {\nalias = \"eu\"\nmyotp = { apikey = \"x\" }\n}", `main.tf line 3: myotp of provider "otp" has no "apikey". ` + did + `"api_key"?`},
		"in an action":          {"action \"otp_whatsapp_link\" \"a\" {\nconfig {\nphone = \"+1\"\ntimeouts = { invok = \"1m\" }\n}\n}", `main.tf line 4: timeouts of action.otp_whatsapp_link.a has no "invok". ` + did + `"invoke"?`},
		"of a chosen provider":  {"terraform {\nrequired_providers {\ncodes = { source = \"registry.terraform.io/otp-as-code/otp\" }\notp = { source = \"acme/otp\" }\n}\n}\nresource \"otp_profile\" \"login\" {\nprovider = codes.eu\ncode = { lenght = 8 }\n}", `main.tf line 9: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
		"in an override file":   {"-- main_override.tf --\n" + profile(`code = { lenght = 8 }`), `main_override.tf line 2: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
		"for OpenTofu":          {"-- main.tofu --\n" + profile(`code = { lenght = 8 }`), `main.tofu line 2: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
		"in JSON":               {"-- main.tf.json --\n{\"resource\": {\"otp_profile\": {\"login\": {\n\"routes\": [{\"vendor\": \"myotp\", \"//\": \"cheap\",\n\"countris\": []}]}}}}", `main.tf.json line 3: routes[0] of otp_profile.login has no "countris". ` + did + `"countries"?`},
		"in child modules": {"module \"a\" {\nsource = \"./modules/a\"\n}\n-- .terraform/modules/modules.json --\n" + modulesJSON + "\n-- modules/a/main.tf --\nmodule \"b\" {\nsource = \"../b\"\n}\n-- modules/b/main.tf --\n" + profile(`code = { lenght = 8 }`) + "-- modules/former/main.tf --\n" + profile(`code = { lenght = 8 }`),
			`modules/b/main.tf line 2: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
		"beside a file that is none": {profile(`code = { lenght = 8 }`) + "-- broken.tf --\nresource {{{\n", `main.tf line 2: code of otp_profile.login has no "lenght". ` + did + `"length"?`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := find(t, test[0], ""); got != test[1] && (!strings.HasSuffix(test[1], "It takes ") || !strings.HasPrefix(got, test[1])) {
				t.Error(cmp.Diff(test[1], got))
			}
		})
	}
}

func TestNothingRightIsBlamed(t *testing.T) {
	t.Parallel()
	wrong := profile(`code = { lenght = 8 }`)
	required := func(source string) string {
		return fmt.Sprintf("terraform {\nrequired_providers {\notp = { source = %q }\n}\n}\n", source)
	}
	for name, configuration := range map[string]string{
		"nothing at all":                   "",
		"what is right":                    profile(`code = { length = 8, digits = true }` + "\n" + `routes = [{ vendor = "octopush", octopush = { voice = { language = "fr-FR" } } }]`),
		"a variable":                       profile(`routes = var.routes`),
		"a local value":                    "locals {\nroutes = [{ vendor = \"myotp\", note = \"cheap\" }]\n}\n" + profile(`routes = local.routes`),
		"a function":                       profile(`code = merge({ note = 1 }, var.code)`),
		"what a for goes over":             profile(`routes = [for r in [{ vendor = "myotp", enabled = true }] : r if r.enabled]`),
		"a dynamic key":                    profile(`code = { (var.key) = 1 }`),
		"a dynamic key of one word":        profile(`routes = [for lenght in ["length"] : { (lenght) = 1 }]`),
		"a template as key":                profile(`code = { "${var.key}" = 1 }`),
		"keys of a map":                    "resource \"otp_message_template\" \"a\" {\ntranslations = { fr = \"x\", de = \"y\" }\nmyotp = { translations = { fr = { template_order = 1 } } }\n}",
		"another resource":                 "resource \"aws_thing\" \"a\" {\ncode = { lenght = 8 }\n}",
		"a type that we do not have":       "resource \"otp_thing\" \"a\" {\ncode = { lenght = 8 }\n}",
		"another provider":                 required("acme/otp") + wrong,
		"another registry's":               required("tf.acme.com/acme/otp") + wrong,
		"a provider by another name":       "terraform {\nrequired_providers {\nacme = { source = \"acme/otp\" }\n}\n}\nresource \"otp_profile\" \"a\" {\nprovider = acme\ncode = { lenght = 8 }\n}",
		"its provider block":               required("acme/otp") + "provider \"otp\" {\nhttp = { timout = 1 }\n}",
		"a hidden file":                    "-- .main.tf --\n" + wrong,
		"what an editor leaves behind":     "-- main.tf~ --\n" + wrong,
		"a test":                           "-- tests/a.tftest.hcl --\n" + wrong,
		"a folder that is no module":       "-- other/main.tf --\n" + wrong,
		"a file that is none":              profile(`code = { lenght = 8 `),
		"a comment in JSON":                "-- main.tf.json --\n{\"resource\": {\"otp_profile\": {\"login\": {\"code\": {\"//\": \"long\", \"length\": 8}}}}}",
		"a template in JSON":               "-- main.tf.json --\n{\"resource\": {\"otp_profile\": {\"login\": {\"code\": {\"${var.key}\": 8}, \"routes\": \"${var.routes}\"}}}}",
		"a child module that is not there": "module \"a\" {\nsource = \"./modules/a\"\n}\n-- .terraform/modules/modules.json --\n" + modulesJSON + "\n-- modules/x --\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := find(t, configuration, ""); got != "" {
				t.Error(got)
			}
		})
	}
}

func TestTheAddressOfAnInstalledProviderIsItsFolder(t *testing.T) {
	t.Parallel()
	mirrored := "/srv/infra/.terraform/providers/tf.acme.com/platform/otp/1.0.0/linux_amd64/terraform-provider-otp"
	wrong := func(source string) string {
		return fmt.Sprintf("terraform {\nrequired_providers {\notp = { source = %q }\n}\n}\n", source) + profile(`code = { lenght = 8 }`)
	}
	if find(t, wrong("tf.acme.com/platform/otp"), mirrored) == "" {
		t.Error("nothing was found under the address that the provider was installed from")
	}
	if got := find(t, wrong("otp-as-code/otp"), mirrored); got != "" {
		t.Errorf("another provider was blamed: %s", got)
	}
}

func TestAWarningListsTwentyAtMost(t *testing.T) {
	t.Parallel()
	detail := misspelling.Detail(make([]misspelling.Finding, 25))
	if n := strings.Count(detail, "\n- "); n != 21 || !strings.Contains(detail, "and 5 more") {
		t.Error(detail)
	}
}
