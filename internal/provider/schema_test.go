package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// schemas are everything that the provider offers, as a CLI is told.
func schemas(t *testing.T) (*tfprotov6.GetProviderSchemaResponse, *tfprotov6.GetResourceIdentitySchemasResponse) {
	t.Helper()
	server, err := providertest.Factories["otp"]()
	if err != nil {
		t.Fatal(err)
	}
	all, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range append(all.Diagnostics, identities.Diagnostics...) {
		t.Errorf("%s: %s", d.Summary, d.Detail)
	}
	return all, identities
}

// blocks are the top-level blocks of all kinds by kind and type.
func blocks(all *tfprotov6.GetProviderSchemaResponse) map[string]*tfprotov6.SchemaBlock {
	found := map[string]*tfprotov6.SchemaBlock{"provider": all.Provider.Block}
	for kind, schemas := range map[string]map[string]*tfprotov6.Schema{
		"resource": all.ResourceSchemas, "data source": all.DataSourceSchemas,
		"ephemeral resource": all.EphemeralResourceSchemas, "list resource": all.ListResourceSchemas,
	} {
		for name, schema := range schemas {
			found[kind+" "+name] = schema.Block
		}
	}
	for name, action := range all.ActionSchemas {
		found["action "+name] = action.Schema.Block
	}
	return found
}

// visit calls see for every attribute, however deep, with its address.
func visit(at string, block *tfprotov6.SchemaBlock, see func(at string, a *tfprotov6.SchemaAttribute)) {
	var attributes func(at string, list []*tfprotov6.SchemaAttribute)
	attributes = func(at string, list []*tfprotov6.SchemaAttribute) {
		for _, a := range list {
			see(at+"."+a.Name, a)
			if a.NestedType != nil {
				attributes(at+"."+a.Name, a.NestedType.Attributes)
			}
		}
	}
	attributes(at, block.Attributes)
	for _, nested := range block.BlockTypes {
		visit(at+"."+nested.TypeName, nested.Block, see)
	}
}

func TestEverythingIsDescribedInMarkdownSentences(t *testing.T) {
	t.Parallel()
	all, _ := schemas(t)
	check := func(at, text string, kind tfprotov6.StringKind) {
		switch {
		case kind != tfprotov6.StringKindMarkdown:
			t.Errorf("%s: the description is no Markdown", at)
		case !strings.HasSuffix(text, "."):
			t.Errorf("%s: the description is no sentence: %q", at, text)
		case strings.TrimSpace(text) != text:
			t.Errorf("%s: the description is padded: %q", at, text)
		}
	}
	for at, block := range blocks(all) {
		check(at, block.Description, block.DescriptionKind)
		visit(at, block, func(at string, a *tfprotov6.SchemaAttribute) { check(at, a.Description, a.DescriptionKind) })
	}
	for name, f := range all.Functions {
		if f.Summary == "" || f.Description == "" {
			t.Errorf("function %s has no summary or no description", name)
		}
		for _, p := range f.Parameters {
			check("function "+name+"."+p.Name, p.Description, p.DescriptionKind)
		}
	}
}

// secret matches names of attributes that hold a credential, or may: the URL of
// a catalog has a password in it, and a test send may return the code.
var secret = regexp.MustCompile(`[._](secret|password|token|api_key|api_login)$|\.(otp|code)$|^provider\.catalog\.url$`)

func TestWhatMayHoldASecretIsSensitive(t *testing.T) {
	t.Parallel()
	all, _ := schemas(t)
	found := map[string]bool{}
	for at, block := range blocks(all) {
		visit(at, block, func(at string, a *tfprotov6.SchemaAttribute) {
			if !secret.MatchString(at) || a.NestedType != nil {
				return
			}
			found[at] = true
			switch {
			case strings.HasPrefix(at, "action "):
				// The protocol has no sensitive attributes in actions, so
				// whoever writes one has to be told.
				if !strings.Contains(a.Description, "by a variable that is `sensitive`") {
					t.Errorf("%s: nothing says that plans show it", at)
				}
			case !a.Sensitive && !a.WriteOnly:
				t.Errorf("%s is neither sensitive nor write-only", at)
			}
		})
	}
	for _, at := range []string{
		"provider.androidapi.secret", "provider.myotp.api_key", "provider.octopush.api_key",
		"provider.octopush.api_login", "provider.way2api.api_key", "provider.catalog.url",
	} {
		if !found[at] {
			t.Errorf("%s was not looked at", at)
		}
	}
}

// Terraform (1.17 was tried) says of no action that its CLI takes write-only
// attributes, so that the framework refuses every value of one.
func TestNoActionHasAWriteOnlyAttribute(t *testing.T) {
	t.Parallel()
	all, _ := schemas(t)
	for at, block := range blocks(all) {
		visit(at, block, func(at string, a *tfprotov6.SchemaAttribute) {
			if strings.HasPrefix(at, "action ") && a.WriteOnly {
				t.Errorf("%s is write-only", at)
			}
		})
	}
}

func TestEveryResourceHasAnIdentityOfItsOwnAttributes(t *testing.T) {
	t.Parallel()
	all, identities := schemas(t)
	for name, schema := range all.ResourceSchemas {
		identity := identities.IdentitySchemas[name]
		if identity == nil || len(identity.IdentityAttributes) == 0 {
			t.Errorf("resource %s has no identity", name)
			continue
		}
		known := map[string]bool{}
		for _, a := range schema.Block.Attributes {
			known[a.Name] = !a.Sensitive
		}
		for _, a := range identity.IdentityAttributes {
			if !known[a.Name] {
				t.Errorf("identity of %s: %s is no attribute of the resource, or a secret one", name, a.Name)
			}
			if !strings.HasSuffix(a.Description, ".") {
				t.Errorf("identity of %s: the description of %s is no sentence: %q", name, a.Name, a.Description)
			}
		}
	}
	for name := range all.ListResourceSchemas {
		if all.ResourceSchemas[name] == nil {
			t.Errorf("list resource %s lists no resource of that name", name)
		}
	}
}

// Terraform refuses a value that the configuration neither may nor must give.
func TestEveryAttributeCanHaveAValue(t *testing.T) {
	t.Parallel()
	all, _ := schemas(t)
	for at, block := range blocks(all) {
		visit(at, block, func(at string, a *tfprotov6.SchemaAttribute) {
			if !a.Required && !a.Optional && !a.Computed {
				t.Errorf("%s is neither required, optional nor computed", at)
			}
		})
	}
}

// pages are the documentation and the examples that each type needs: folder of
// docs/, folder of examples/, and the names of the example files there.
var pages = []struct {
	docs, examples string
	files          []string
	behaves        bool
	types          func(*tfprotov6.GetProviderSchemaResponse) []string
}{
	{"resources", "resources", []string{"resource.tf", "import.sh", "import-by-string-id.tf", "import-by-identity.tf"}, true,
		func(all *tfprotov6.GetProviderSchemaResponse) []string { return names(all.ResourceSchemas) }},
	{"data-sources", "data-sources", []string{"data-source.tf"}, true,
		func(all *tfprotov6.GetProviderSchemaResponse) []string { return names(all.DataSourceSchemas) }},
	{"ephemeral-resources", "ephemeral-resources", []string{"ephemeral-resource.tf"}, true,
		func(all *tfprotov6.GetProviderSchemaResponse) []string { return names(all.EphemeralResourceSchemas) }},
	{"list-resources", "list-resources", []string{"list-resource.tfquery.hcl"}, false,
		func(all *tfprotov6.GetProviderSchemaResponse) []string { return names(all.ListResourceSchemas) }},
	{"actions", "actions", []string{"action.tf"}, true,
		func(all *tfprotov6.GetProviderSchemaResponse) []string { return names(all.ActionSchemas) }},
	{"functions", "functions", []string{"function.tf"}, false,
		func(all *tfprotov6.GetProviderSchemaResponse) []string { return names(all.Functions) }},
}

func names[T any](schemas map[string]T) []string {
	var found []string
	for name := range schemas {
		found = append(found, name)
	}
	return found
}

func TestEveryTypeHasADocumentationPageWithItsNotesAndExamples(t *testing.T) {
	t.Parallel()
	all, _ := schemas(t)
	for _, kind := range pages {
		wanted := map[string]bool{}
		for _, name := range kind.types(all) {
			page := filepath.Join(providertest.Root, "docs", kind.docs, strings.TrimPrefix(name, "otp_")+".md")
			wanted[page] = true
			text, err := os.ReadFile(page)
			if err != nil {
				t.Errorf("%s has no page: %v; run `make generate`", name, err)
				continue
			}
			for _, heading := range headings(kind.behaves) {
				if !strings.Contains(string(text), "\n"+heading+"\n") {
					t.Errorf("%s has no %q", page, heading)
				}
			}
			for _, file := range kind.files {
				if _, err := os.Stat(filepath.Join(providertest.Root, "examples", kind.examples, name, file)); err != nil {
					t.Errorf("%s has no example: %v", name, err)
				}
			}
		}
		there, err := filepath.Glob(filepath.Join(providertest.Root, "docs", kind.docs, "*.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range there {
			if !wanted[page] {
				t.Errorf("%s is about a type that the provider does not have; run `make generate`", page)
			}
		}
	}
}

func headings(behaves bool) []string {
	if behaves {
		return []string{"## Example Usage", "## Behavioral notes"}
	}
	return []string{"## Example Usage"}
}
