package provider_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// fractions are the number arguments that take more than whole numbers.
var fractions = map[string]bool{"http.max_requests_per_second": true}

// place is where an argument is: its names, and a configuration with a value
// there and nothing else.
type place struct {
	name string
	with func(value tftypes.Value) tftypes.Value
}

// numbers are the places of the number arguments of a schema.
func numbers(attributes []*tfprotov6.SchemaAttribute, whole tftypes.Object) []place {
	var found []place
	for _, attribute := range attributes {
		within := func(value tftypes.Value) tftypes.Value {
			members := map[string]tftypes.Value{}
			for name, t := range whole.AttributeTypes {
				members[name] = tftypes.NewValue(t, nil)
			}
			members[attribute.Name] = value
			return tftypes.NewValue(whole, members)
		}
		if !attribute.Optional && !attribute.Required {
			continue
		}
		if attribute.NestedType == nil {
			if attribute.Type.Is(tftypes.Number) {
				found = append(found, place{attribute.Name, within})
			}
			continue
		}
		t := attribute.ValueType()
		element, wrap := t, func(v tftypes.Value) tftypes.Value { return v }
		switch of := t.(type) {
		case tftypes.List:
			element, wrap = of.ElementType, func(v tftypes.Value) tftypes.Value { return tftypes.NewValue(t, []tftypes.Value{v}) }
		case tftypes.Map:
			element, wrap = of.ElementType, func(v tftypes.Value) tftypes.Value {
				return tftypes.NewValue(t, map[string]tftypes.Value{"fr": v})
			}
		}
		for _, inner := range numbers(attribute.NestedType.Attributes, element.(tftypes.Object)) {
			found = append(found, place{attribute.Name + "." + inner.name, func(value tftypes.Value) tftypes.Value { return within(wrap(inner.with(value))) }})
		}
	}
	return found
}

// Every number that has to be whole is told so by a sentence of ours, wherever it
// stands.
func TestEveryNumberThatIsNotWholeIsToldSo(t *testing.T) {
	t.Parallel()
	s := providertest.NewWorld(t).Serve()
	huge, _, err := big.ParseFloat("99999999999999999999", 10, 512, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]struct {
		value *big.Float
		want  string
	}{
		"fraction":          {big.NewFloat(1.5), "Number is not whole: %s is 1.5, and takes whole numbers only. Write 1 or 2."},
		"negative fraction": {big.NewFloat(-0.25), "Number is not whole: %s is -0.25, and takes whole numbers only. Write -1 or 0."},
		"out of range":      {huge, "Number is out of range: %s is 99999999999999999999, which is out of every range."},
	}
	seen := 0
	check := func(what string, schema *tfprotov6.Schema, validate func(*tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error)) {
		for _, place := range numbers(schema.Block.Attributes, schema.ValueType().(tftypes.Object)) {
			if fractions[place.name] {
				continue
			}
			for name, test := range values {
				seen++
				diagnostics, err := validate(s.Dynamic(place.with(tftypes.NewValue(tftypes.Number, test.value))))
				if err != nil {
					t.Fatal(err)
				}
				texts := strings.Join(providertest.Texts(diagnostics), "\n")
				last := place.name[strings.LastIndex(place.name, ".")+1:]
				title, rest, _ := strings.Cut(test.want, "%s")
				if !strings.Contains(texts, title) || !strings.Contains(texts, last+rest) || strings.Contains(texts, "error in the provider") {
					t.Errorf("%s %s, %s: %s", what, place.name, name, texts)
				}
				if strings.Count(texts, title) != 1 {
					t.Errorf("%s %s, %s: not told once: %s", what, place.name, name, texts)
				}
			}
		}
	}
	ctx := t.Context()
	check("provider", s.Schema.Provider, func(config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
		r, err := s.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: config})
		if err != nil {
			return nil, err
		}
		return r.Diagnostics, nil
	})
	for typeName, schema := range s.Schema.ResourceSchemas {
		check(typeName, schema, func(config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			r, err := s.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: typeName, Config: config})
			if err != nil {
				return nil, err
			}
			return r.Diagnostics, nil
		})
	}
	for typeName, schema := range s.Schema.DataSourceSchemas {
		check("data "+typeName, schema, func(config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			r, err := s.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeName, Config: config})
			if err != nil {
				return nil, err
			}
			return r.Diagnostics, nil
		})
	}
	actions, ok := s.ProviderServer.(tfprotov6.ActionServer)
	if !ok {
		t.Fatal("the provider has no actions")
	}
	for typeName, schema := range s.Schema.ActionSchemas {
		check("action "+typeName, schema.Schema, func(config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			r, err := actions.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: typeName, Config: config})
			if err != nil {
				return nil, err
			}
			return r.Diagnostics, nil
		})
	}
	if seen < 3*15 {
		t.Errorf("%d values were tried; there are more number arguments than that", seen)
	}
}
