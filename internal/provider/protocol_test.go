package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// Identity, lists and actions need a newer Terraform than a test may find, and
// would be skipped there; these tests speak the protocol with the provider
// themselves.

func TestListsGiveIdentityAndResource(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorld(t)
	for i := range 12 {
		w.Create(catalog.Brand, fmt.Sprintf("brand-%02d", i), fmt.Sprintf(`{"name":"brand-%02d","display_name":"Brand %d"}`, i, i))
	}
	s := w.Serve()
	results := s.List("otp_brand", true, 10)
	if len(results) != 10 {
		t.Fatalf("%d results, want the limit of 10", len(results))
	}
	identities, err := s.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for i, result := range results {
		s.None(result.Diagnostics)
		name := fmt.Sprintf("brand-%02d", i)
		if got := s.Attribute(result.Identity.IdentityData, identities.IdentitySchemas["otp_brand"].ValueType(), "name"); got != name || result.DisplayName != name {
			t.Errorf("result %d is %q (%q)", i, got, result.DisplayName)
		}
		if got := s.Attribute(result.Resource, s.Schema.ResourceSchemas["otp_brand"].ValueType(), "display_name"); got != fmt.Sprintf("Brand %d", i) {
			t.Errorf("result %d has the display name %q", i, got)
		}
	}
	for _, result := range s.List("otp_brand", false, 100) {
		if result.Resource != nil {
			if value, err := result.Resource.Unmarshal(s.Schema.ResourceSchemas["otp_brand"].ValueType()); err != nil || !value.IsNull() {
				t.Errorf("a resource was sent though nobody asked for it (%v)", err)
			}
		}
	}
	if results := s.List("otp_profile", true, 100); len(results) != 0 {
		t.Errorf("%d profiles, want none", len(results))
	}
}

func TestEveryNounCanBeListed(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorld(t)
	s := w.Serve()
	for name := range s.Schema.ResourceSchemas {
		if s.Schema.ListResourceSchemas[name] == nil {
			t.Errorf("%s has no list resource", name)
		}
	}
}

func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorld(t)
	w.Create(catalog.Brand, "acme", `{"name":"acme","display_name":"Acme"}`)
	s := w.Serve()
	identities, err := s.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	id := identities.IdentitySchemas["otp_brand"].ValueType()
	imported, err := s.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: "otp_brand", Identity: &tfprotov6.ResourceIdentityData{IdentityData: s.Dynamic(s.Object(id, map[string]any{"name": "acme"}))},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.None(imported.Diagnostics)
	first := imported.ImportedResources[0]
	read, err := s.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: "otp_brand", CurrentState: first.State, Private: first.Private, CurrentIdentity: first.Identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.None(read.Diagnostics)
	if got := s.Attribute(read.NewState, s.Schema.ResourceSchemas["otp_brand"].ValueType(), "display_name"); got != "Acme" {
		t.Errorf("imported the display name %q", got)
	}
	if got := s.Attribute(read.NewIdentity.IdentityData, id, "name"); got != "acme" {
		t.Errorf("imported the identity %q", got)
	}
}

func TestLookupsFindAndSuggest(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorld(t)
	for _, name := range []string{"acme", "acme-bank", "zenith"} {
		w.Create(catalog.Brand, name, `{"name":"`+name+`","display_name":"Acme"}`)
	}
	s := w.Serve()
	read := func(name string) *tfprotov6.ReadDataSourceResponse {
		config := s.Object(s.Schema.DataSourceSchemas["otp_brand"].ValueType(), map[string]any{"name": name})
		response, err := s.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "otp_brand", Config: s.Dynamic(config)})
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	found := read("acme")
	s.None(found.Diagnostics)
	if got := s.Attribute(found.State, s.Schema.DataSourceSchemas["otp_brand"].ValueType(), "display_name"); got != "Acme" {
		t.Errorf("found %q", got)
	}
	for name, want := range map[string]string{
		"acne":      `Did you mean "acme"?`,
		"bank":      `Did you mean "acme-bank"?`,
		"something": "It has 3 others, none with a similar name.",
	} {
		d := read(name).Diagnostics
		if len(d) != 1 || !strings.Contains(d[0].Detail, want) {
			t.Errorf("%s: %v", name, d)
		}
	}
}
