package providertest

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// The steps of a Terraform run with any resource, spoken to the provider
// directly, so that thousands of them take seconds.

// NewPostgresWorld is a world whose catalog is a database of the shared server.
func NewPostgresWorld(t *testing.T) *World {
	t.Helper()
	server := pgtest.Shared(t)
	return WorldAt(t, server.URL(pgtest.Administrator, server.Database(t)))
}

// Resource is the type of a resource in the state.
func (s *Server) Resource(typeName string) tftypes.Type {
	return s.Schema.ResourceSchemas[typeName].ValueType()
}

// null is what stands for a resource that is not there.
func (s *Server) null(typeName string) *tfprotov6.DynamicValue {
	return s.Dynamic(tftypes.NewValue(s.Resource(typeName), nil))
}

// held is a resource as Terraform keeps it; nil: it is not there.
func (s *Server) held(typeName string, state *tfprotov6.DynamicValue, private []byte, identity *tfprotov6.ResourceIdentityData) *Tracked {
	s.T.Helper()
	value, err := state.Unmarshal(s.Resource(typeName))
	if err != nil {
		s.T.Fatal(err)
	}
	if value.IsNull() {
		return nil
	}
	return &Tracked{state, private, identity}
}

// Imports imports an object of the catalog by its name.
func (s *Server) Imports(typeName, name string) (*Tracked, []*tfprotov6.Diagnostic) {
	s.T.Helper()
	return s.ImportBy(&tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: name})
}

// ImportBy imports and reads.
func (s *Server) ImportBy(request *tfprotov6.ImportResourceStateRequest) (*Tracked, []*tfprotov6.Diagnostic) {
	s.T.Helper()
	imported, err := s.ImportResourceState(s.T.Context(), request)
	if err != nil {
		s.T.Fatal(err)
	}
	if len(imported.ImportedResources) == 0 {
		return nil, imported.Diagnostics
	}
	first := imported.ImportedResources[0]
	return s.Refresh(request.TypeName, &Tracked{first.State, first.Private, first.Identity})
}

// Refresh reads a resource.
func (s *Server) Refresh(typeName string, from *Tracked) (*Tracked, []*tfprotov6.Diagnostic) {
	s.T.Helper()
	read, err := s.ReadResource(s.T.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: from.State, Private: from.Private, CurrentIdentity: from.Identity,
	})
	if err != nil {
		s.T.Fatal(err)
	}
	return s.held(typeName, read.NewState, read.Private, read.NewIdentity), read.Diagnostics
}

// Plan plans a configuration; nil: to destroy the resource. It gives what is to
// be applied, or nil where there is nothing to do.
func (s *Server) Plan(typeName string, from *Tracked, config map[string]any) (*tfprotov6.ApplyResourceChangeRequest, []*tfprotov6.Diagnostic) {
	s.T.Helper()
	value := tftypes.NewValue(s.Resource(typeName), nil)
	if config != nil {
		value = s.Object(s.Resource(typeName), config)
	}
	return s.PlanValue(typeName, from, value)
}

// PlanValue is Plan for a configuration that is a value already.
func (s *Server) PlanValue(typeName string, from *Tracked, config tftypes.Value) (*tfprotov6.ApplyResourceChangeRequest, []*tfprotov6.Diagnostic) {
	s.T.Helper()
	request := &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: s.null(typeName), Config: s.Dynamic(config),
		ProposedNewState: s.Dynamic(s.proposed(typeName, from, config)),
	}
	if from != nil {
		request.PriorState, request.PriorPrivate, request.PriorIdentity = from.State, from.Private, from.Identity
	}
	planned, err := s.PlanResourceChange(s.T.Context(), request)
	if err != nil {
		s.T.Fatal(err)
	}
	if from != nil && !config.IsNull() && maps.EqualFunc(s.Members(typeName, from.State), s.Members(typeName, planned.PlannedState), tftypes.Value.Equal) {
		return nil, planned.Diagnostics
	}
	return &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: request.PriorState, PlannedState: planned.PlannedState, Config: request.Config,
		PlannedPrivate: planned.PlannedPrivate, PlannedIdentity: planned.PlannedIdentity,
	}, planned.Diagnostics
}

// proposed is a configuration with the computed attributes that it leaves out as
// they were, or not known yet.
func (s *Server) proposed(typeName string, from *Tracked, config tftypes.Value) tftypes.Value {
	s.T.Helper()
	if config.IsNull() {
		return config
	}
	members, before := map[string]tftypes.Value{}, map[string]tftypes.Value{}
	if err := config.As(&members); err != nil {
		s.T.Fatal(err)
	}
	if from != nil {
		before = s.Members(typeName, from.State)
	}
	for _, attribute := range s.Schema.ResourceSchemas[typeName].Block.Attributes {
		if !attribute.Computed || !members[attribute.Name].IsNull() {
			continue
		}
		value, known := before[attribute.Name]
		if !known {
			value = tftypes.NewValue(attribute.ValueType(), tftypes.UnknownValue)
		}
		members[attribute.Name] = value
	}
	return tftypes.NewValue(config.Type(), members)
}

// Members are the attributes of a state.
func (s *Server) Members(typeName string, state *tfprotov6.DynamicValue) map[string]tftypes.Value {
	s.T.Helper()
	value, err := state.Unmarshal(s.Resource(typeName))
	if err != nil {
		s.T.Fatal(err)
	}
	members := map[string]tftypes.Value{}
	if err := value.As(&members); err != nil {
		s.T.Fatal(err)
	}
	return members
}

// Apply carries a plan out. What failed leaves what was there before, or
// nothing.
func (s *Server) Apply(request *tfprotov6.ApplyResourceChangeRequest) (*Tracked, []*tfprotov6.Diagnostic) {
	s.T.Helper()
	applied, err := s.ApplyResourceChange(s.T.Context(), request)
	if err != nil {
		s.T.Fatal(err)
	}
	return s.held(request.TypeName, applied.NewState, applied.Private, applied.NewIdentity), applied.Diagnostics
}

// Private is what a resource keeps in its private state.
type Private struct {
	Revision int64
	Claim    string
}

// Kept is what a resource's private state holds.
func (s *Server) Kept(from *Tracked) Private {
	s.T.Helper()
	var keys map[string][]byte
	var found Private
	if err := json.Unmarshal(from.Private, &keys); err != nil {
		s.T.Fatal(err)
	}
	if err := json.Unmarshal(keys["catalog"], &found); err != nil {
		s.T.Fatal(err)
	}
	return found
}

// Failures are the titles of the errors among diagnostics.
func Failures(diagnostics []*tfprotov6.Diagnostic) []string {
	var titles []string
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			titles = append(titles, d.Summary)
		}
	}
	return titles
}
