package provider_test

import (
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// An action in an example is invoked as Terraform from 1.14 would. The CLI at
// hand may be older, or OpenTofu, and refuse it: it gets the rest.

// exampleAction is an action that an example declares.
type exampleAction struct {
	kind   string
	config *hclsyntax.Body // of its config block; nil: there is none
	before bool            // something that is created or changed triggers it before that
	known  map[string]cty.Value
}

// A variable of an example with an action has one of these values.
func variables(vendors *sandbox.Server) map[string]cty.Value {
	values := map[string]cty.Value{"test_phone": cty.StringVal("+33612345678"), "code": cty.NullVal(cty.String)}
	if messages := vendors.Messages(); len(messages) > 0 {
		values["code"] = cty.StringVal(messages[len(messages)-1].Code)
	}
	return values
}

// takeActions splits a configuration.
func takeActions(t *testing.T, text string) (rest string, actions []exampleAction) {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(text), "example.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatalf("no HCL: %T", file.Body)
	}
	before, known := triggered(t, body), literals(body)
	for _, block := range body.Blocks {
		if block.Type != "action" {
			continue
		}
		action := exampleAction{kind: block.Labels[0], before: slices.Contains(before, strings.Join(block.Labels, ".")), known: known}
		for _, nested := range block.Body.Blocks {
			action.config = nested.Body
		}
		actions = append(actions, action)
	}
	return withoutActions(t, text), actions
}

// withoutActions is a configuration for a CLI that knows no actions.
func withoutActions(t *testing.T, text string) string {
	t.Helper()
	file, diags := hclwrite.ParseConfig([]byte(text), "example.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, block := range file.Body().Blocks() {
		if block.Type() == "action" {
			file.Body().RemoveBlock(block)
		}
		for _, lifecycle := range block.Body().Blocks() {
			if lifecycle.Type() != "lifecycle" {
				continue
			}
			for _, trigger := range lifecycle.Body().Blocks() {
				if trigger.Type() == "action_trigger" {
					lifecycle.Body().RemoveBlock(trigger)
				}
			}
		}
	}
	return string(file.Bytes())
}

// triggered are the actions, as TYPE.NAME, that a resource triggers before it is
// created or changed.
func triggered(t *testing.T, body *hclsyntax.Body) []string {
	t.Helper()
	list := func(of *hclsyntax.Attribute) (names []string) {
		elements, diags := hcl.ExprList(of.Expr)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		for _, element := range elements {
			traversal, diags := hcl.AbsTraversalForExpr(element)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			var name []string
			for _, step := range traversal {
				switch step := step.(type) {
				case hcl.TraverseRoot:
					name = append(name, step.Name)
				case hcl.TraverseAttr:
					name = append(name, step.Name)
				}
			}
			names = append(names, strings.TrimPrefix(strings.Join(name, "."), "action."))
		}
		return names
	}
	var found []string
	for _, resource := range body.Blocks {
		for _, lifecycle := range resource.Body.Blocks {
			for _, trigger := range lifecycle.Body.Blocks {
				if trigger.Type != "action_trigger" {
					continue
				}
				events := list(trigger.Body.Attributes["events"])
				if slices.ContainsFunc(events, func(event string) bool { return strings.HasPrefix(event, "before_") }) {
					found = append(found, list(trigger.Body.Attributes["actions"])...)
				}
			}
		}
	}
	return found
}

// literals are the attributes of resources that the configuration itself tells,
// for references such as otp_profile.login.name.
func literals(body *hclsyntax.Body) map[string]cty.Value {
	kinds := map[string]map[string]cty.Value{}
	for _, block := range body.Blocks {
		if block.Type != "resource" {
			continue
		}
		attributes := map[string]cty.Value{}
		for name, attribute := range block.Body.Attributes {
			if value, diags := attribute.Expr.Value(nil); !diags.HasErrors() {
				attributes[name] = value
			}
		}
		if kinds[block.Labels[0]] == nil {
			kinds[block.Labels[0]] = map[string]cty.Value{}
		}
		kinds[block.Labels[0]][block.Labels[1]] = cty.ObjectVal(attributes)
	}
	known := map[string]cty.Value{}
	for kind, resources := range kinds {
		known[kind] = cty.ObjectVal(resources)
	}
	return known
}

// value is the configuration of the action.
func (a exampleAction) value(t *testing.T, s *providertest.Server, vendors *sandbox.Server) tftypes.Value {
	t.Helper()
	schema := s.Schema.ActionSchemas[a.kind]
	if schema == nil {
		t.Fatalf("the provider has no action %s", a.kind)
	}
	known, attributes := maps.Clone(a.known), map[string]cty.Value{}
	known["var"] = cty.ObjectVal(variables(vendors))
	if a.config != nil {
		for name, attribute := range a.config.Attributes {
			value, diags := attribute.Expr.Value(&hcl.EvalContext{Variables: known})
			if diags.HasErrors() {
				t.Fatalf("%s is not told by the example itself: %v", name, diags)
			}
			attributes[name] = value
		}
	}
	object, ok := schema.Schema.ValueType().(tftypes.Object)
	for name := range attributes {
		if _, known := object.AttributeTypes[name]; !ok || !known {
			t.Errorf("%s has no attribute %q", a.kind, name)
		}
	}
	return protocolValue(t, object, cty.ObjectVal(attributes))
}

// protocolValue is a value as the protocol has it; what is left out is null.
func protocolValue(t *testing.T, as tftypes.Type, v cty.Value) tftypes.Value {
	t.Helper()
	if v.IsNull() {
		return tftypes.NewValue(as, nil)
	}
	elements := func(of tftypes.Type) []tftypes.Value {
		all := []tftypes.Value{}
		for _, element := range v.AsValueSlice() {
			all = append(all, protocolValue(t, of, element))
		}
		return all
	}
	switch as := as.(type) {
	case tftypes.Object:
		members := map[string]tftypes.Value{}
		for name, member := range as.AttributeTypes {
			given := cty.NullVal(cty.DynamicPseudoType)
			if v.Type().HasAttribute(name) {
				given = v.GetAttr(name)
			}
			members[name] = protocolValue(t, member, given)
		}
		return tftypes.NewValue(as, members)
	case tftypes.Map:
		members := map[string]tftypes.Value{}
		for name, member := range v.AsValueMap() {
			members[name] = protocolValue(t, as.ElementType, member)
		}
		return tftypes.NewValue(as, members)
	case tftypes.List:
		return tftypes.NewValue(as, elements(as.ElementType))
	case tftypes.Set:
		return tftypes.NewValue(as, elements(as.ElementType))
	}
	switch v.Type() {
	case cty.String:
		return tftypes.NewValue(as, v.AsString())
	case cty.Bool:
		return tftypes.NewValue(as, v.True())
	case cty.Number:
		return tftypes.NewValue(as, new(big.Float).Copy(v.AsBigFloat()))
	}
	t.Fatalf("a value of the type %s is not understood; extend the test", v.Type().FriendlyName())
	return tftypes.Value{}
}

// invoke validates, plans and invokes the actions that come before the apply, or
// after it. What an example is about stands first in it, and what that needs
// below it.
func (e example) invoke(t *testing.T, vendors *sandbox.Server, before bool) {
	t.Helper()
	if !slices.ContainsFunc(e.actions, func(a exampleAction) bool { return a.before == before }) {
		return
	}
	raw, err := e.factories(vendors)["otp"]()
	if err != nil {
		t.Fatal(err)
	}
	s := &providertest.Server{ProviderServer: raw, T: t}
	if s.Schema, err = raw.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	config := s.Object(s.Schema.Provider.ValueType(), map[string]any{})
	configured, err := raw.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: s.Dynamic(config)})
	if err != nil {
		t.Fatal(err)
	}
	s.None(configured.Diagnostics)
	for _, action := range slices.Backward(e.actions) {
		if action.before != before {
			continue
		}
		i := s.InvokeAction(t.Context(), action.kind, action.value(t, s, vendors), nil)
		if i.Fine(); i.Warnings != "" || len(i.Progress) == 0 {
			t.Errorf("%s told %q and warned %q", action.kind, i.Progress, i.Warnings)
		}
	}
}
