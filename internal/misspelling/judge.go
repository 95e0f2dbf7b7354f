package misspelling

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// position is where a value is.
type position struct {
	file   string
	line   int
	object string
	path   string
}

func (p position) member(name string) position {
	p.path = p.path + "." + name
	return p
}

func (p position) element(key string) position {
	p.path = fmt.Sprintf("%s[%s]", p.path, key)
	return p
}

// prefixes of addresses in sentences.
var prefixes = map[string]string{"resource": "", "data": "data.", "ephemeral": "ephemeral.", "action": "action."}

// judge compares the blocks of this provider with what it knows.
func (m module) judge(known kinds, ours map[address]bool) []Finding {
	named := m.providers()
	var found []Finding
	for _, f := range m.files {
		for _, block := range blocks(f.body, hcl.BlockHeaderSchema{Type: "provider", LabelNames: []string{"name"}}) {
			if isOurs(block.Labels[0], nil, named, ours) {
				found = append(found, inBody(block.Body, known.provider, position{file: f.name, object: fmt.Sprintf("provider %q", block.Labels[0])})...)
			}
		}
		bodies := []hcl.Body{f.body}
		for _, check := range blocks(f.body, hcl.BlockHeaderSchema{Type: "check", LabelNames: []string{"name"}}) {
			bodies = append(bodies, check.Body) // may have a data source of its own
		}
		for _, in := range bodies {
			for _, kind := range slices.Sorted(maps.Keys(known.typed)) {
				for _, block := range blocks(in, hcl.BlockHeaderSchema{Type: kind, LabelNames: []string{"type", "name"}}) {
					body, has := known.typed[kind][block.Labels[0]]
					if has && isOurs(block.Labels[0], provider(block.Body), named, ours) {
						at := position{file: f.name, object: prefixes[kind] + block.Labels[0] + "." + block.Labels[1]}
						found = append(found, inBody(block.Body, body, at)...)
					}
				}
			}
		}
	}
	return found
}

// provider is the provider argument of a block; nil: it has none.
func provider(in hcl.Body) hcl.Expression {
	content, _, _ := in.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "provider"}}})
	if content == nil || content.Attributes["provider"] == nil {
		return nil
	}
	return content.Attributes["provider"].Expr
}

// inBody judges the arguments of a block, and those of blocks in it. Names at
// this level are Terraform's to check.
func inBody(in hcl.Body, known body, at position) []Finding {
	schema := &hcl.BodySchema{}
	for name := range known.attributes {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: name})
	}
	for name := range known.blocks {
		schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: name})
	}
	content, _, _ := in.PartialContent(schema)
	if content == nil {
		return nil
	}
	var found []Finding
	for name, attribute := range content.Attributes {
		inside := at
		inside.path = name
		found = append(found, inValue(attribute.Expr, known.attributes[name], inside)...)
	}
	for _, block := range content.Blocks {
		found = append(found, inBody(block.Body, known.blocks[block.Type], at)...)
	}
	for _, dynamic := range blocks(in, hcl.BlockHeaderSchema{Type: "dynamic", LabelNames: []string{"type"}}) {
		nested, has := known.blocks[dynamic.Labels[0]]
		for _, each := range blocks(dynamic.Body, hcl.BlockHeaderSchema{Type: "content"}) {
			if has {
				found = append(found, inBody(each.Body, nested, at)...)
			}
		}
	}
	return found
}

// inValue judges a value as far as it is written literally.
func inValue(value hcl.Expression, known shape, at position) []Finding {
	var found []Finding
	switch native := value.(type) {
	case *hclsyntax.ParenthesesExpr:
		return inValue(native.Expression, known, at)
	case *hclsyntax.ConditionalExpr:
		return append(inValue(native.TrueResult, known, at), inValue(native.FalseResult, known, at)...)
	case *hclsyntax.ForExpr:
		if of, many := known.(several); many && !native.Group {
			return inValue(native.ValExpr, of.of, at.element("…"))
		}
		return nil
	}
	switch of := known.(type) {
	case several:
		if elements, diags := hcl.ExprList(value); !diags.HasErrors() {
			for i, element := range elements {
				found = append(found, inValue(element, of.of, at.element(fmt.Sprint(i)))...)
			}
			return found
		}
		members, diags := hcl.ExprMap(value)
		if diags.HasErrors() {
			return nil
		}
		for _, member := range members {
			key, ok := literal(member.Key)
			if !ok {
				key = "…"
			}
			found = append(found, inValue(member.Value, of.of, at.element(fmt.Sprintf("%q", key)))...)
		}
	case object:
		members, diags := hcl.ExprMap(value)
		if diags.HasErrors() {
			return nil
		}
		for _, member := range members {
			name, ok := literal(member.Key)
			if !ok || name == "//" { // what JSON has in place of comments
				continue
			}
			next, has := of[name]
			if !has {
				where := at
				where.line = member.Key.Range().Start.Line
				found = append(found, meant(where, name, of))
				continue
			}
			found = append(found, inValue(member.Value, next, at.member(name))...)
		}
	}
	return found
}
