// Package misspelling finds arguments inside nested ones that Terraform drops.
//
// An attribute that is an object takes an object with more members than its
// type has: Terraform drops the others without a word, before any provider sees
// them. routes = [{ vendor = "octopush", countris = ["FR"] }] then serves every
// country. So the configuration is read here as it is written, and its literal
// objects are compared with the schema.
//
// For the same reason names are found that are written out where a reference
// belongs: a provider gets "acme" either way, and Terraform knows no order then.
//
// Only what is written literally is judged: a value that comes from a variable,
// a local value, a function or another object is somebody else's, and may have
// members that other readers want. Whatever cannot be read is left to Terraform.
package misspelling

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Place is where a provider runs.
type Place struct {
	// Folder is the root module: the working directory of the provider, which
	// is Terraform's own after -chdir.
	Folder string
	// Data is Terraform's data folder, which says where child modules are;
	// relative to Folder. Empty: .terraform.
	Data string
	// Executable is the provider's binary. Where Terraform has installed it, its
	// path says under which address. Empty: not known.
	Executable string
}

// Finding is a member that the type of an argument does not have.
type Finding struct {
	File   string // as Terraform would name it
	Line   int
	Object string   // otp_profile.login
	Path   string   // routes[0]
	Member string   // countris
	Meant  []string // quoted, the likeliest first; nil: nothing is alike
	Known  []string // what there is, sorted
}

// String says it in a sentence.
func (f Finding) String() string {
	sentence := fmt.Sprintf("%s line %d: %s of %s has no %q.", f.File, f.Line, f.Path, f.Object, f.Member)
	if len(f.Meant) > 0 {
		return sentence + fmt.Sprintf(" Did you mean %s?", f.Meant[0])
	}
	return sentence + fmt.Sprintf(" It takes %s.", strings.Join(f.Known, ", "))
}

// Configuration is a root module with its child modules, as it is written.
type Configuration struct {
	modules []module
	ours    map[address]bool
}

// Read reads a configuration. What cannot be read is not in it.
func Read(place Place) Configuration {
	return Configuration{modules(place), owner(place.Executable)}
}

// Dropped compares what a configuration says of this provider with its schema.
// Nil: there is nothing to say.
func (c Configuration) Dropped(schema *tfprotov6.GetProviderSchemaResponse) []Finding {
	known := members(schema)
	var found []Finding
	for _, module := range c.modules {
		found = append(found, module.judge(known, c.ours)...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Member, b.Member))
	})
	return found
}

// Summary and detail of the one warning of a run.
const (
	Summary = "Arguments that Terraform drops"
	most    = 20
)

// Detail lists findings.
func Detail(found []Finding) string {
	lines := []string{"These arguments are unknown to the provider, and Terraform drops them without a word: what they were meant to say does not count.", ""}
	return strings.Join(append(append(lines, listed(found)...), "", "Correct them, or remove them."), "\n")
}

// meant is a finding about a member.
func meant(at position, member string, known object) Finding {
	names := known.names()
	return Finding{
		File: filepath.ToSlash(at.file), Line: at.line, Object: at.object, Path: at.path, Member: member,
		Meant: otp.Nearest(member, names), Known: names,
	}
}
