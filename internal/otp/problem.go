package otp

import (
	"fmt"
	"regexp"
	"strings"
)

// Path says which attribute of an object a problem is about. Its steps are
// attribute names (string), list indexes (int) and map keys (Key).
type Path []any

// Key is a step of a Path into a map.
type Key string

// At begins a path at a top-level attribute.
func At(attribute string) Path { return Path{attribute} }

// Attribute is the path of a member of the object at p.
func (p Path) Attribute(name string) Path { return p.with(name) }

// Index is the path of an element of the list at p.
func (p Path) Index(i int) Path { return p.with(i) }

// Key is the path of an entry of the map at p.
func (p Path) Key(key string) Path { return p.with(Key(key)) }

func (p Path) with(step any) Path {
	return append(append(make(Path, 0, len(p)+1), p...), step)
}

// String is the path as HCL writes it: routes[2].octopush.voice.
func (p Path) String() string {
	var b strings.Builder
	for i, step := range p {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		case Key:
			fmt.Fprintf(&b, "[%q]", string(step))
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			fmt.Fprint(&b, step)
		}
	}
	return b.String()
}

// Problem is a rule that an object breaks (an error) or a risk in it (a
// warning), with the attribute to change.
type Problem struct {
	Warning bool
	Path    Path
	Summary string // what is wrong, a few words, no final stop
	Detail  string // the rule, whose it is, and the remedy, in sentences
}

// Problems is what is wrong with an object, in the order it was found.
type Problems []Problem

// Errorf adds an error.
func (ps *Problems) Errorf(path Path, summary, detail string, args ...any) {
	*ps = append(*ps, Problem{Path: path, Summary: summary, Detail: fmt.Sprintf(detail, args...)})
}

// Warnf adds a warning.
func (ps *Problems) Warnf(path Path, summary, detail string, args ...any) {
	*ps = append(*ps, Problem{Warning: true, Path: path, Summary: summary, Detail: fmt.Sprintf(detail, args...)})
}

// Failed reports whether any of the problems is an error.
func (ps Problems) Failed() bool {
	for _, p := range ps {
		if !p.Warning {
			return true
		}
	}
	return false
}

// Error is the errors among the problems as text, one a line.
func (ps Problems) Error() string {
	var lines []string
	for _, p := range ps {
		if !p.Warning {
			lines = append(lines, fmt.Sprintf("%s: %s. %s", p.Path, p.Summary, p.Detail))
		}
	}
	return strings.Join(lines, "\n")
}

// routeOfSentence is what differs where the same is wrong with several routes.
var routeOfSentence = regexp.MustCompile(`routes\[\d+\]`)

// once keeps the first of several problems that say the same of different
// routes: what is to be changed is not in the route, and one place.
func (ps Problems) once() Problems {
	if len(ps) < 2 {
		return ps
	}
	type key struct{ path, summary, detail string }
	var kept Problems
	vendors := vendorsOfSentence()
	said := map[key]bool{}
	for _, p := range ps {
		k := key{p.Path.String(), p.Summary, vendors.Replace(routeOfSentence.ReplaceAllString(p.Detail, ""))}
		if !said[k] {
			said[k], kept = true, append(kept, p)
		}
	}
	return kept
}

// vendorsOfSentence leaves the vendor out of a sentence.
func vendorsOfSentence() *strings.Replacer {
	var pairs []string
	for _, vendor := range Vendors() {
		pairs = append(pairs, vendor.Title(), "")
	}
	return strings.NewReplacer(pairs...)
}

// Fields names attributes whose value is not known yet. A rule that reads one
// of them is skipped now and checked again when the value is known.
type Fields map[string]bool

// Any reports whether one of the named attributes is not known.
func (f Fields) Any(names ...string) bool {
	for _, name := range names {
		if f[name] {
			return true
		}
	}
	return false
}

// With adds the top-level attribute that a path begins with.
func (f Fields) With(at Path) Fields {
	if f == nil {
		f = Fields{}
	}
	if name, ok := at[0].(string); ok {
		f[name] = true
	}
	return f
}
