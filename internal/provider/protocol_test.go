package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
)

// Identity, lists and actions need a newer Terraform than a test may find, and
// would be skipped there; these tests speak the protocol with the provider
// themselves.

type server struct {
	tfprotov6.ProviderServer
	t      *testing.T
	schema *tfprotov6.GetProviderSchemaResponse
}

// serve configures a provider on the world's catalog.
func (w *world) serve() *server {
	w.t.Helper()
	return w.serveWith(map[string]any{})
}

// serveWith is serve with more of a provider block.
func (w *world) serveWith(config map[string]any) *server {
	w.t.Helper()
	raw, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		w.t.Fatal(err)
	}
	s := &server{ProviderServer: raw, t: w.t}
	if s.schema, err = raw.GetProviderSchema(w.t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		w.t.Fatal(err)
	}
	config["catalog"] = map[string]any{"url": w.url}
	s.configure(config)
	return s
}

// configure configures the provider.
func (s *server) configure(config map[string]any) {
	s.t.Helper()
	block := s.dynamic(s.object(s.schema.Provider.ValueType(), config))
	response, err := s.ConfigureProvider(s.t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: block})
	if err != nil {
		s.t.Fatal(err)
	}
	s.none(response.Diagnostics)
}

// none fails the test where there is an error.
func (s *server) none(diagnostics []*tfprotov6.Diagnostic) {
	s.t.Helper()
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			s.t.Fatalf("%s: %s", d.Summary, d.Detail)
		}
	}
}

// object is a value of a type from plain data: maps, slices of any, and what
// tftypes takes. What is left out of an object is null.
func (s *server) object(t tftypes.Type, data any) tftypes.Value {
	s.t.Helper()
	if data == nil || data == tftypes.UnknownValue {
		return tftypes.NewValue(t, data)
	}
	element := t
	switch t := t.(type) {
	case tftypes.Object:
		members := map[string]tftypes.Value{}
		for name, member := range t.AttributeTypes {
			members[name] = s.object(member, data.(map[string]any)[name])
		}
		return tftypes.NewValue(t, members)
	case tftypes.Map:
		members := map[string]tftypes.Value{}
		for name, member := range data.(map[string]any) {
			members[name] = s.object(t.ElementType, member)
		}
		return tftypes.NewValue(t, members)
	case tftypes.List:
		element = t.ElementType
	case tftypes.Set:
		element = t.ElementType
	}
	if items, ok := data.([]any); ok {
		values := []tftypes.Value{}
		for _, item := range items {
			values = append(values, s.object(element, item))
		}
		return tftypes.NewValue(t, values)
	}
	return tftypes.NewValue(t, data)
}

func (s *server) dynamic(v tftypes.Value) *tfprotov6.DynamicValue {
	s.t.Helper()
	d, err := tfprotov6.NewDynamicValue(v.Type(), v)
	if err != nil {
		s.t.Fatal(err)
	}
	return &d
}

func (s *server) attribute(d *tfprotov6.DynamicValue, t tftypes.Type, name string) string {
	s.t.Helper()
	value, err := d.Unmarshal(t)
	if err != nil {
		s.t.Fatal(err)
	}
	var members map[string]tftypes.Value
	var text string
	if err := value.As(&members); err != nil {
		s.t.Fatal(err)
	}
	if err := members[name].As(&text); err != nil {
		s.t.Fatal(err)
	}
	return text
}

func (w *world) create(kind catalog.Kind, name, spec string) {
	w.t.Helper()
	if _, err := w.store.Create(w.t.Context(), catalog.Write{Ref: catalog.Ref{Kind: kind, Name: name}, Spec: []byte(spec)}); err != nil {
		w.t.Fatal(err)
	}
}

func (s *server) list(typeName string, include bool, limit int64) []tfprotov6.ListResourceResult {
	s.t.Helper()
	lister, ok := s.ProviderServer.(tfprotov6.ListResourceServer)
	if !ok {
		s.t.Fatal("the provider lists nothing")
	}
	config := s.object(s.schema.ListResourceSchemas[typeName].ValueType(), map[string]any{})
	stream, err := lister.ListResource(s.t.Context(), &tfprotov6.ListResourceRequest{TypeName: typeName, Config: s.dynamic(config), IncludeResource: include, Limit: limit})
	if err != nil {
		s.t.Fatal(err)
	}
	return slices.Collect(stream.Results)
}

func TestListsGiveIdentityAndResource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 12 {
		w.create(catalog.Brand, fmt.Sprintf("brand-%02d", i), fmt.Sprintf(`{"name":"brand-%02d","display_name":"Brand %d"}`, i, i))
	}
	s := w.serve()
	results := s.list("otp_brand", true, 10)
	if len(results) != 10 {
		t.Fatalf("%d results, want the limit of 10", len(results))
	}
	identities, err := s.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for i, result := range results {
		s.none(result.Diagnostics)
		name := fmt.Sprintf("brand-%02d", i)
		if got := s.attribute(result.Identity.IdentityData, identities.IdentitySchemas["otp_brand"].ValueType(), "name"); got != name || result.DisplayName != name {
			t.Errorf("result %d is %q (%q)", i, got, result.DisplayName)
		}
		if got := s.attribute(result.Resource, s.schema.ResourceSchemas["otp_brand"].ValueType(), "display_name"); got != fmt.Sprintf("Brand %d", i) {
			t.Errorf("result %d has the display name %q", i, got)
		}
	}
	for _, result := range s.list("otp_brand", false, 100) {
		if result.Resource != nil {
			if value, err := result.Resource.Unmarshal(s.schema.ResourceSchemas["otp_brand"].ValueType()); err != nil || !value.IsNull() {
				t.Errorf("a resource was sent though nobody asked for it (%v)", err)
			}
		}
	}
	if results := s.list("otp_profile", true, 100); len(results) != 0 {
		t.Errorf("%d profiles, want none", len(results))
	}
}

func TestEveryNounCanBeListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.serve()
	for name := range s.schema.ResourceSchemas {
		if s.schema.ListResourceSchemas[name] == nil {
			t.Errorf("%s has no list resource", name)
		}
	}
}

func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create(catalog.Brand, "acme", `{"name":"acme","display_name":"Acme"}`)
	s := w.serve()
	identities, err := s.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	id := identities.IdentitySchemas["otp_brand"].ValueType()
	imported, err := s.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: "otp_brand", Identity: &tfprotov6.ResourceIdentityData{IdentityData: s.dynamic(s.object(id, map[string]any{"name": "acme"}))},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.none(imported.Diagnostics)
	first := imported.ImportedResources[0]
	read, err := s.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: "otp_brand", CurrentState: first.State, Private: first.Private, CurrentIdentity: first.Identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.none(read.Diagnostics)
	if got := s.attribute(read.NewState, s.schema.ResourceSchemas["otp_brand"].ValueType(), "display_name"); got != "Acme" {
		t.Errorf("imported the display name %q", got)
	}
	if got := s.attribute(read.NewIdentity.IdentityData, id, "name"); got != "acme" {
		t.Errorf("imported the identity %q", got)
	}
}

func TestLookupsFindAndSuggest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"acme", "acme-bank", "zenith"} {
		w.create(catalog.Brand, name, `{"name":"`+name+`","display_name":"Acme"}`)
	}
	s := w.serve()
	read := func(name string) *tfprotov6.ReadDataSourceResponse {
		config := s.object(s.schema.DataSourceSchemas["otp_brand"].ValueType(), map[string]any{"name": name})
		response, err := s.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "otp_brand", Config: s.dynamic(config)})
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	found := read("acme")
	s.none(found.Diagnostics)
	if got := s.attribute(found.State, s.schema.DataSourceSchemas["otp_brand"].ValueType(), "display_name"); got != "Acme" {
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
