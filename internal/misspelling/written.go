package misspelling

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Reference is an argument that takes the name of an object of another resource.
type Reference struct {
	Resource string // otp_profile
	Path     string // routes.sender_id; a list or map between two members is looked through
	To       string // otp_sender_id
}

// Written is a name that is written out although a resource of the same module
// has it. Terraform knows no order of the two then.
type Written struct {
	File   string // as Terraform would name it
	Line   int
	Object string // otp_profile.login
	Path   string // routes[0].sender_id
	Name   string // europe
	Owner  string // otp_sender_id.europe
}

// String says it in a sentence, with the reference to write.
func (w Written) String() string {
	return fmt.Sprintf("%s line %d: %s of %s is %q, which is the name of %s. Write %s.name.", w.File, w.Line, w.Path, w.Object, w.Name, w.Owner, w.Owner)
}

// WrittenSummary and the detail are those of the one warning of a run about names.
const WrittenSummary = "Names that are written out"

// WrittenDetail lists names.
func WrittenDetail(found []Written) string {
	lines := []string{"Terraform takes its order from references. Where a name is written out, an apply that creates or changes both objects succeeds only by luck.", ""}
	return strings.Join(append(lines, listed(found)...), "\n")
}

// listed is a list of the first findings.
func listed[F fmt.Stringer](found []F) (lines []string) {
	for _, finding := range found[:min(len(found), most)] {
		lines = append(lines, "- "+finding.String())
	}
	if more := len(found) - most; more > 0 {
		lines = append(lines, fmt.Sprintf("- and %d more", more))
	}
	return lines
}

// WrittenOut finds names in place of references. A name counts only where it is
// literal in both places, and where the other resource is surely there: not one
// with count or for_each, and none of another provider configuration, which may
// have another catalog.
func (c Configuration) WrittenOut(references []Reference) []Written {
	var found []Written
	for _, m := range c.modules {
		found = append(found, m.writtenOut(references, c.ours)...)
	}
	slices.SortStableFunc(found, func(a, b Written) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path))
	})
	return found
}

// declared is a resource with the arguments that count: those of override files
// take the place of others.
type declared struct {
	kind, label string
	arguments   map[string]argument
}

type argument struct {
	file  string
	value hcl.Expression
}

// source is the traversal of an argument, as it is written; "": there is none.
func (d declared) source(name string) string {
	a, has := d.arguments[name]
	if !has {
		return ""
	}
	return path(a.value)
}

// path is a reference as it is written, such as otp_brand.acme; "": it is none.
func path(value hcl.Expression) string {
	traversal, diags := hcl.AbsTraversalForExpr(value)
	if diags.HasErrors() {
		return ""
	}
	var words []string
	for _, step := range traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			words = append(words, step.Name)
		case hcl.TraverseAttr:
			words = append(words, step.Name)
		}
	}
	return strings.Join(words, ".")
}

// waitsFor reports whether a resource is told to come after another.
func (d declared) waitsFor(other declared) bool {
	after, has := d.arguments["depends_on"]
	if !has {
		return false
	}
	elements, diags := hcl.ExprList(after.value)
	return diags.HasErrors() || slices.ContainsFunc(elements, func(element hcl.Expression) bool {
		return path(element) == other.kind+"."+other.label
	})
}

func (m module) writtenOut(references []Reference, ours map[address]bool) []Written {
	all := m.declared(references, ours)
	var found []Written
	for _, reference := range references {
		first, rest, _ := strings.Cut(reference.Path, ".")
		for _, user := range all {
			argument, has := user.arguments[first]
			if user.kind != reference.Resource || !has {
				continue
			}
			inside := position{file: argument.file, object: user.kind + "." + user.label, path: first}
			names(argument.value, rest, inside, func(name string, at position) {
				for _, owner := range all {
					its, named := owner.arguments["name"]
					if owner.kind != reference.To || !named || owner.has("count") || owner.has("for_each") || owner.source("provider") != user.source("provider") || user.waitsFor(owner) {
						continue
					}
					if known, literal := text(its.value); literal && known == name {
						found = append(found, Written{filepath.ToSlash(at.file), at.line, at.object, at.path, name, owner.kind + "." + owner.label})
					}
				}
			})
		}
	}
	return found
}

func (d declared) has(name string) bool {
	_, has := d.arguments[name]
	return has
}

// declared are the resources that refer and those that are referred to.
func (m module) declared(references []Reference, ours map[address]bool) []declared {
	kinds := map[string][]string{}
	for _, reference := range references {
		first, _, _ := strings.Cut(reference.Path, ".")
		kinds[reference.Resource] = append(kinds[reference.Resource], first)
		kinds[reference.To] = append(kinds[reference.To], "name")
	}
	providers := m.providers()
	var all []declared
	for _, override := range []bool{false, true} {
		for _, f := range m.files {
			if overrides(f.name) != override {
				continue
			}
			for _, block := range blocks(f.body, hcl.BlockHeaderSchema{Type: "resource", LabelNames: []string{"type", "name"}}) {
				kind, label := block.Labels[0], block.Labels[1]
				arguments, refers := kinds[kind]
				if !refers || !isOurs(kind, provider(block.Body), providers, ours) {
					continue
				}
				i := slices.IndexFunc(all, func(d declared) bool { return d.kind == kind && d.label == label })
				if i < 0 {
					i = len(all)
					all = append(all, declared{kind, label, map[string]argument{}})
				}
				schema := &hcl.BodySchema{}
				for _, name := range append(arguments, "count", "for_each", "provider", "depends_on") {
					if !slices.ContainsFunc(schema.Attributes, func(a hcl.AttributeSchema) bool { return a.Name == name }) {
						schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: name})
					}
				}
				content, _, _ := block.Body.PartialContent(schema)
				if content == nil {
					continue
				}
				for name, attribute := range content.Attributes {
					all[i].arguments[name] = argument{f.name, attribute.Expr}
				}
			}
		}
	}
	return all
}

// overrides says which files are merged into the others.
func overrides(file string) bool {
	base, _, _ := strings.Cut(filepath.Base(file), ".")
	return base == "override" || strings.HasSuffix(base, "_override")
}

// names gives the literal names at a path inside a value.
func names(value hcl.Expression, path string, at position, see func(name string, at position)) {
	switch native := value.(type) {
	case *hclsyntax.ParenthesesExpr:
		names(native.Expression, path, at, see)
		return
	case *hclsyntax.ConditionalExpr:
		names(native.TrueResult, path, at, see)
		names(native.FalseResult, path, at, see)
		return
	case *hclsyntax.ForExpr:
		names(native.ValExpr, path, at.element("…"), see)
		return
	}
	if path == "" {
		if name, literal := text(value); literal {
			at.line = value.Range().Start.Line
			see(name, at)
		}
		return
	}
	if elements, diags := hcl.ExprList(value); !diags.HasErrors() {
		for i, element := range elements {
			names(element, path, at.element(fmt.Sprint(i)), see)
		}
		return
	}
	members, diags := hcl.ExprMap(value)
	if diags.HasErrors() {
		return
	}
	first, rest, _ := strings.Cut(path, ".")
	for _, member := range members {
		if name, ok := literal(member.Key); ok && name == first {
			names(member.Value, rest, at.member(name), see)
		}
	}
}
