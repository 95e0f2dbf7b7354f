package providertest

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
)

// Server is a provider in this process, with its schema.
type Server struct {
	tfprotov6.ProviderServer
	T      *testing.T
	Schema *tfprotov6.GetProviderSchemaResponse
}

// Serve configures a provider on the world's catalog.
func (w *World) Serve() *Server {
	w.T.Helper()
	return w.ServeWith(map[string]any{})
}

// ServeWith is Serve with more of a provider block.
func (w *World) ServeWith(config map[string]any) *Server {
	w.T.Helper()
	raw, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		w.T.Fatal(err)
	}
	s := &Server{ProviderServer: raw, T: w.T}
	if s.Schema, err = raw.GetProviderSchema(w.T.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		w.T.Fatal(err)
	}
	config["catalog"] = map[string]any{"url": w.URL}
	s.Configure(config)
	return s
}

// Configure configures the provider.
func (s *Server) Configure(config map[string]any) {
	s.T.Helper()
	block := s.Dynamic(s.Object(s.Schema.Provider.ValueType(), config))
	response, err := s.ConfigureProvider(s.T.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: block})
	if err != nil {
		s.T.Fatal(err)
	}
	s.None(response.Diagnostics)
}

// None fails the test where there is an error.
func (s *Server) None(diagnostics []*tfprotov6.Diagnostic) {
	s.T.Helper()
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			s.T.Fatalf("%s: %s", d.Summary, d.Detail)
		}
	}
}

// Object is a value of a type from plain data: maps, slices of any, and what
// tftypes takes. What is left out of an object is null.
func (s *Server) Object(t tftypes.Type, data any) tftypes.Value {
	s.T.Helper()
	if data == nil || data == tftypes.UnknownValue {
		return tftypes.NewValue(t, data)
	}
	element := t
	switch t := t.(type) {
	case tftypes.Object:
		members := map[string]tftypes.Value{}
		for name, member := range t.AttributeTypes {
			members[name] = s.Object(member, data.(map[string]any)[name])
		}
		return tftypes.NewValue(t, members)
	case tftypes.Map:
		members := map[string]tftypes.Value{}
		for name, member := range data.(map[string]any) {
			members[name] = s.Object(t.ElementType, member)
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
			values = append(values, s.Object(element, item))
		}
		return tftypes.NewValue(t, values)
	}
	return tftypes.NewValue(t, data)
}

// Dynamic is a value as it travels.
func (s *Server) Dynamic(v tftypes.Value) *tfprotov6.DynamicValue {
	s.T.Helper()
	d, err := tfprotov6.NewDynamicValue(v.Type(), v)
	if err != nil {
		s.T.Fatal(err)
	}
	return &d
}

// Attribute is a string of an object.
func (s *Server) Attribute(d *tfprotov6.DynamicValue, t tftypes.Type, name string) string {
	s.T.Helper()
	value, err := d.Unmarshal(t)
	if err != nil {
		s.T.Fatal(err)
	}
	var members map[string]tftypes.Value
	var text string
	if err := value.As(&members); err != nil {
		s.T.Fatal(err)
	}
	if err := members[name].As(&text); err != nil {
		s.T.Fatal(err)
	}
	return text
}

// Create writes an object as another workspace would.
func (w *World) Create(kind catalog.Kind, name, spec string) {
	w.T.Helper()
	if _, err := w.Store.Create(w.T.Context(), catalog.Write{Ref: catalog.Ref{Kind: kind, Name: name}, Spec: []byte(spec)}); err != nil {
		w.T.Fatal(err)
	}
}

// List is what a list resource lists.
func (s *Server) List(typeName string, include bool, limit int64) []tfprotov6.ListResourceResult {
	s.T.Helper()
	lister, ok := s.ProviderServer.(tfprotov6.ListResourceServer)
	if !ok {
		s.T.Fatal("the provider lists nothing")
	}
	config := s.Object(s.Schema.ListResourceSchemas[typeName].ValueType(), map[string]any{})
	stream, err := lister.ListResource(s.T.Context(), &tfprotov6.ListResourceRequest{TypeName: typeName, Config: s.Dynamic(config), IncludeResource: include, Limit: limit})
	if err != nil {
		s.T.Fatal(err)
	}
	return slices.Collect(stream.Results)
}
