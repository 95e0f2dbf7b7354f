package misspelling_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/misspelling"
)

// writtenOut is what is said of the names in a configuration, one sentence a line.
func writtenOut(t *testing.T, configuration string) string {
	t.Helper()
	var sentences []string
	for _, found := range misspelling.Read(misspelling.Place{Folder: folder(t, configuration)}).WrittenOut([]misspelling.Reference{
		{Resource: "otp_profile", Path: "brand", To: "otp_brand"},
		{Resource: "otp_profile", Path: "routes.sender_id", To: "otp_sender_id"},
	}) {
		sentences = append(sentences, found.String())
	}
	return strings.Join(sentences, "\n")
}

const (
	brand  = "resource \"otp_brand\" \"acme\" {\nname = \"acme\"\n}\n"
	europe = "resource \"otp_sender_id\" \"eu\" {\nname = \"europe\"\n}\n"
)

func TestNamesInPlaceOfReferencesAreFound(t *testing.T) {
	t.Parallel()
	const brandSaid, senderSaid = ` is "acme", which is the name of otp_brand.acme. Write otp_brand.acme.name.`, ` is "europe", which is the name of otp_sender_id.eu. Write otp_sender_id.eu.name.`
	for name, test := range map[string][2]string{
		"an argument":         {profile(`brand = "acme"`) + brand, `main.tf line 2: brand of otp_profile.login` + brandSaid},
		"in a route":          {profile("routes = [\n{ vendor = \"myotp\" },\n{ sender_id = \"europe\" }]") + europe, `main.tf line 4: routes[1].sender_id of otp_profile.login` + senderSaid},
		"in parentheses":      {profile(`brand = ("acme")`) + brand, `main.tf line 2: brand of otp_profile.login` + brandSaid},
		"in a condition":      {profile(`brand = var.a ? "acme" : otp_brand.other.name`) + brand, `main.tf line 2: brand of otp_profile.login` + brandSaid},
		"in a for expression": {profile(`routes = [for c in var.countries : { sender_id = "europe", countries = [c] }]`) + europe, `main.tf line 2: routes[…].sender_id of otp_profile.login` + senderSaid},
		"with for_each":       {profile("for_each = var.names\nbrand = \"acme\"") + brand, `main.tf line 3: brand of otp_profile.login` + brandSaid},
		"of the same alias":   {profile("provider = otp.eu\nbrand = \"acme\"") + strings.Replace(brand, "{", "{\nprovider = otp.eu", 1), `main.tf line 3: brand of otp_profile.login` + brandSaid},
		"beside depends_on":   {profile("depends_on = [otp_sender_id.eu]\nbrand = \"acme\"") + brand + europe, `main.tf line 3: brand of otp_profile.login` + brandSaid},
		"in an override":      {profile(`brand = otp_brand.acme.name`) + brand + "-- main_override.tf --\n" + profile(`brand = "acme"`), `main_override.tf line 2: brand of otp_profile.login` + brandSaid},
		"in two files":        {profile(`brand = "acme"`) + "-- brands.tf --\n" + brand, `main.tf line 2: brand of otp_profile.login` + brandSaid},
		"in JSON":             {"-- main.tf.json --\n{\"resource\": {\"otp_profile\": {\"login\": {\n\"routes\": [{\"sender_id\": \"europe\"}]}}}}\n-- b.tf --\n" + europe, `main.tf.json line 2: routes[0].sender_id of otp_profile.login` + senderSaid},
		"in a child module": {"module \"a\" {\nsource = \"./modules/a\"\n}\n-- .terraform/modules/modules.json --\n" + modulesJSON + "\n-- modules/a/main.tf --\n" + profile(`brand = "acme"`) + brand,
			`modules/a/main.tf line 2: brand of otp_profile.login` + brandSaid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := writtenOut(t, test[0]); got != test[1] {
				t.Errorf("is   %s\nwant %s", got, test[1])
			}
		})
	}
}

func TestWhatIsNoNameInPlaceOfAReferenceIsLeftAlone(t *testing.T) {
	t.Parallel()
	counted := func(how string) string { return strings.Replace(brand, "{", "{\n"+how, 1) }
	for name, configuration := range map[string]string{
		"a reference":                      profile(`brand = otp_brand.acme.name`) + brand,
		"a reference in a template":        profile(`brand = "${otp_brand.acme.name}"`) + brand,
		"a variable":                       profile(`brand = var.brand`) + brand + "variable \"brand\" {\ndefault = \"acme\"\n}\n",
		"a local value":                    profile(`brand = local.brand`) + brand + "locals {\nbrand = \"acme\"\n}\n",
		"each.key":                         profile("for_each = toset([\"acme\"])\nbrand = each.key") + brand,
		"a function":                       profile(`brand = lower("acme")`) + brand,
		"an object of somebody else":       profile(`brand = "other"`) + brand,
		"a brand whose name is not known":  profile(`brand = "acme"`) + "resource \"otp_brand\" \"acme\" {\nname = var.name\n}\n",
		"a brand that may not be there":    profile(`brand = "acme"`) + counted("count = var.own ? 1 : 0"),
		"one of several":                   profile(`brand = "acme"`) + counted("for_each = var.names"),
		"another catalog":                  profile("provider = otp.eu\nbrand = \"acme\"") + brand,
		"an order that is told":            profile("depends_on = [otp_brand.acme]\nbrand = \"acme\"") + brand,
		"a data source":                    profile(`brand = "acme"`) + "data \"otp_brand\" \"acme\" {\nname = \"acme\"\n}\n",
		"another provider":                 "terraform {\nrequired_providers {\notp = { source = \"acme/otp\" }\n}\n}\n" + profile(`brand = "acme"`) + brand,
		"an override that refers":          profile(`brand = "acme"`) + brand + "-- override.tf --\n" + profile(`brand = otp_brand.acme.name`),
		"a brand of another module":        "module \"a\" {\nsource = \"./modules/a\"\n}\n" + profile(`brand = "acme"`) + "-- .terraform/modules/modules.json --\n" + modulesJSON + "\n-- modules/a/main.tf --\n" + brand,
		"a sender ID with a brand's name":  profile(`routes = [{ sender_id = "acme" }]`) + brand,
		"a reference in JSON":              "-- main.tf.json --\n{\"resource\": {\"otp_profile\": {\"login\": {\"brand\": \"${otp_brand.acme.name}\"}}}}\n-- b.tf --\n" + brand,
		"a configuration with an odd file": profile(`brand = otp_brand.acme.name`) + brand + "-- odd.tf --\nresource {{{\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := writtenOut(t, configuration); got != "" {
				t.Error(got)
			}
		})
	}
}
