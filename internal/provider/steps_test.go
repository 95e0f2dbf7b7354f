package provider_test

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

// newPostgresWorld is a world whose catalog is a database of the shared server.
func newPostgresWorld(t *testing.T) *world {
	t.Helper()
	server := pgtest.Shared(t)
	return worldAt(t, server.URL(pgtest.Administrator, server.Database(t)))
}

func (s *server) resource(typeName string) tftypes.Type {
	return s.schema.ResourceSchemas[typeName].ValueType()
}

// null is what stands for a resource that is not there.
func (s *server) null(typeName string) *tfprotov6.DynamicValue {
	return s.dynamic(tftypes.NewValue(s.resource(typeName), nil))
}

// held is a resource as Terraform keeps it; nil: it is not there.
func (s *server) held(typeName string, state *tfprotov6.DynamicValue, private []byte, identity *tfprotov6.ResourceIdentityData) *tracked {
	s.t.Helper()
	value, err := state.Unmarshal(s.resource(typeName))
	if err != nil {
		s.t.Fatal(err)
	}
	if value.IsNull() {
		return nil
	}
	return &tracked{state, private, identity}
}

// imports imports an object of the catalog by its name.
func (s *server) imports(typeName, name string) (*tracked, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	return s.importBy(&tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: name})
}

// importBy imports and reads.
func (s *server) importBy(request *tfprotov6.ImportResourceStateRequest) (*tracked, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	imported, err := s.ImportResourceState(s.t.Context(), request)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(imported.ImportedResources) == 0 {
		return nil, imported.Diagnostics
	}
	first := imported.ImportedResources[0]
	return s.refresh(request.TypeName, &tracked{first.State, first.Private, first.Identity})
}

// refresh reads a resource.
func (s *server) refresh(typeName string, from *tracked) (*tracked, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	read, err := s.ReadResource(s.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: from.state, Private: from.private, CurrentIdentity: from.identity,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.held(typeName, read.NewState, read.Private, read.NewIdentity), read.Diagnostics
}

// plan plans a configuration; nil: to destroy the resource. It gives what is to
// be applied, or nil where there is nothing to do.
func (s *server) plan(typeName string, from *tracked, config map[string]any) (*tfprotov6.ApplyResourceChangeRequest, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	value := tftypes.NewValue(s.resource(typeName), nil)
	if config != nil {
		value = s.object(s.resource(typeName), config)
	}
	return s.planValue(typeName, from, value)
}

// planValue is plan for a configuration that is a value already.
func (s *server) planValue(typeName string, from *tracked, config tftypes.Value) (*tfprotov6.ApplyResourceChangeRequest, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	request := &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: s.null(typeName), Config: s.dynamic(config),
		ProposedNewState: s.dynamic(s.proposed(typeName, from, config)),
	}
	if from != nil {
		request.PriorState, request.PriorPrivate, request.PriorIdentity = from.state, from.private, from.identity
	}
	planned, err := s.PlanResourceChange(s.t.Context(), request)
	if err != nil {
		s.t.Fatal(err)
	}
	if from != nil && !config.IsNull() && maps.EqualFunc(s.members(typeName, from.state), s.members(typeName, planned.PlannedState), tftypes.Value.Equal) {
		return nil, planned.Diagnostics
	}
	return &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: request.PriorState, PlannedState: planned.PlannedState, Config: request.Config,
		PlannedPrivate: planned.PlannedPrivate, PlannedIdentity: planned.PlannedIdentity,
	}, planned.Diagnostics
}

// proposed is a configuration with the computed attributes that it leaves out as
// they were, or not known yet.
func (s *server) proposed(typeName string, from *tracked, config tftypes.Value) tftypes.Value {
	s.t.Helper()
	if config.IsNull() {
		return config
	}
	members, before := map[string]tftypes.Value{}, map[string]tftypes.Value{}
	if err := config.As(&members); err != nil {
		s.t.Fatal(err)
	}
	if from != nil {
		before = s.members(typeName, from.state)
	}
	for _, attribute := range s.schema.ResourceSchemas[typeName].Block.Attributes {
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

// members are the attributes of a state.
func (s *server) members(typeName string, state *tfprotov6.DynamicValue) map[string]tftypes.Value {
	s.t.Helper()
	value, err := state.Unmarshal(s.resource(typeName))
	if err != nil {
		s.t.Fatal(err)
	}
	members := map[string]tftypes.Value{}
	if err := value.As(&members); err != nil {
		s.t.Fatal(err)
	}
	return members
}

// apply carries a plan out. What failed leaves what was there before, or
// nothing.
func (s *server) apply(request *tfprotov6.ApplyResourceChangeRequest) (*tracked, []*tfprotov6.Diagnostic) {
	s.t.Helper()
	applied, err := s.ApplyResourceChange(s.t.Context(), request)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.held(request.TypeName, applied.NewState, applied.Private, applied.NewIdentity), applied.Diagnostics
}

// kept is what a resource keeps in its private state.
type kept struct {
	Revision int64
	Claim    string
}

func (s *server) kept(from *tracked) kept {
	s.t.Helper()
	var keys map[string][]byte
	var found kept
	if err := json.Unmarshal(from.private, &keys); err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(keys["catalog"], &found); err != nil {
		s.t.Fatal(err)
	}
	return found
}

// failures are the titles of the errors among diagnostics.
func failures(diagnostics []*tfprotov6.Diagnostic) []string {
	var titles []string
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			titles = append(titles, d.Summary)
		}
	}
	return titles
}
