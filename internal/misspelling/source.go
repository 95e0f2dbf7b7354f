package misspelling

import (
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// address is where a provider comes from, without the host: two registries may
// have the same one.
type address struct{ namespace, name string }

// published is ours in both registries, and implied is what a configuration
// without required_providers asks for: development overrides answer to it.
var (
	published = address{"otp-as-code", "otp"}
	implied   = address{"hashicorp", "otp"}
)

// owner is how configurations may call this provider. Where Terraform has
// installed the binary, folders named after the address lead to it:
// HOST/NAMESPACE/TYPE/VERSION/PLATFORM.
func owner(executable string) map[address]bool {
	parts := strings.Split(filepath.ToSlash(executable), "/")
	if n := len(parts); n >= 6 && strings.Contains(parts[n-6], ".") && strings.Contains(parts[n-2], "_") && strings.Contains(parts[n-3], ".") {
		return map[address]bool{{parts[n-5], parts[n-4]}: true}
	}
	return map[address]bool{published: true, implied: true}
}

// providers are the addresses of the providers of a module by their local name.
func (m module) providers() map[string]address {
	of := map[string]address{}
	for _, f := range m.files {
		for _, settings := range blocks(f.body, hcl.BlockHeaderSchema{Type: "terraform"}) {
			for _, required := range blocks(settings.Body, hcl.BlockHeaderSchema{Type: "required_providers"}) {
				attributes, _ := required.Body.JustAttributes()
				for name, attribute := range attributes {
					of[name] = sourceOf(name, attribute.Expr)
				}
			}
		}
	}
	return of
}

// sourceOf is the address that an entry of required_providers gives. The zero
// address is one that cannot be read.
func sourceOf(name string, entry hcl.Expression) address {
	members, diags := hcl.ExprMap(entry)
	if diags.HasErrors() {
		return address{"hashicorp", name} // a version alone
	}
	for _, member := range members {
		if key, ok := literal(member.Key); ok && key == "source" {
			source, ok := text(member.Value)
			parts := strings.Split(strings.ToLower(source), "/")
			switch {
			case !ok:
				return address{}
			case len(parts) == 1:
				return address{"hashicorp", parts[0]}
			}
			return address{parts[len(parts)-2], parts[len(parts)-1]}
		}
	}
	return address{"hashicorp", name}
}

// text is a literal text.
func text(expression hcl.Expression) (string, bool) {
	value, diags := expression.Value(nil)
	if diags.HasErrors() || !value.IsKnown() || value.IsNull() || value.Type() != cty.String {
		return "", false
	}
	return value.AsString(), true
}

// literal is a name of a member that is written as it is: a word or a text
// without template.
func literal(key hcl.Expression) (string, bool) {
	if native, ok := key.(*hclsyntax.ObjectConsKeyExpr); ok && native.ForceNonLiteral {
		return text(native.Wrapped) // (name) is a reference, not a word
	}
	if word := hcl.ExprAsKeyword(key); word != "" {
		return word, true
	}
	name, ok := text(key)
	if !ok || strings.Contains(name, "${") || strings.Contains(name, "%{") { // JSON has templates in texts
		return "", false
	}
	return name, true
}

// isOurs reports whether a block belongs to this provider: by its provider
// argument, or else by the first word of its type.
func isOurs(kind string, chosen hcl.Expression, named map[string]address, ours map[address]bool) bool {
	name, _, _ := strings.Cut(kind, "_")
	if chosen != nil {
		traversal, diags := hcl.AbsTraversalForExpr(chosen)
		if diags.HasErrors() {
			return false
		}
		name = traversal.RootName()
	}
	if from, said := named[name]; said {
		return ours[from]
	}
	return ours[address{"hashicorp", name}]
}
