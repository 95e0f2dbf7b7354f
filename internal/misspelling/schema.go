package misspelling

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// shape is what a value may look like, as far as names of members go.
type shape interface{}

type (
	// object has members with fixed names.
	object map[string]shape
	// several is a list, a set or a map of values of one shape.
	several struct{ of shape }
	// anything has no fixed names.
	anything struct{}
)

func (o object) names() []string { return slices.Sorted(maps.Keys(o)) }

// body is the shape of a block.
type body struct {
	attributes map[string]shape
	blocks     map[string]body
}

// kinds are the bodies of all that a provider has, by the type of the block and
// its first label. The provider's own block has no label.
type kinds struct {
	provider body
	typed    map[string]map[string]body
}

func members(schema *tfprotov6.GetProviderSchemaResponse) kinds {
	k := kinds{typed: map[string]map[string]body{}}
	if schema.Provider != nil {
		k.provider = bodyOf(schema.Provider.Block)
	}
	k.typed["resource"] = bodies(schema.ResourceSchemas)
	k.typed["data"] = bodies(schema.DataSourceSchemas)
	k.typed["ephemeral"] = bodies(schema.EphemeralResourceSchemas)
	actions := map[string]body{}
	for name, action := range schema.ActionSchemas {
		// An action's arguments are in a block of their own.
		actions[name] = body{blocks: map[string]body{"config": bodyOf(action.Schema.Block)}}
	}
	k.typed["action"] = actions
	return k
}

func bodies(schemas map[string]*tfprotov6.Schema) map[string]body {
	of := map[string]body{}
	for name, schema := range schemas {
		of[name] = bodyOf(schema.Block)
	}
	return of
}

func bodyOf(block *tfprotov6.SchemaBlock) body {
	b := body{attributes: map[string]shape{}, blocks: map[string]body{}}
	for _, attribute := range block.Attributes {
		b.attributes[attribute.Name] = shapeOf(attribute)
	}
	for _, nested := range block.BlockTypes {
		b.blocks[nested.TypeName] = bodyOf(nested.Block)
	}
	return b
}

func shapeOf(attribute *tfprotov6.SchemaAttribute) shape {
	nested := attribute.NestedType
	if nested == nil {
		return typed(attribute.Type)
	}
	of := object{}
	for _, member := range nested.Attributes {
		of[member.Name] = shapeOf(member)
	}
	if nested.Nesting == tfprotov6.SchemaObjectNestingModeSingle {
		return of
	}
	return several{of}
}

func typed(of tftypes.Type) shape {
	switch t := of.(type) {
	case tftypes.Object:
		o := object{}
		for name, member := range t.AttributeTypes {
			o[name] = typed(member)
		}
		return o
	case tftypes.List:
		return several{typed(t.ElementType)}
	case tftypes.Set:
		return several{typed(t.ElementType)}
	case tftypes.Map:
		return several{typed(t.ElementType)}
	}
	return anything{}
}
