package repository

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var required = regexp.MustCompile(`(?m)^\t(\S+) v\S+$`) // directly

// direct are the modules that go.mod requires directly: those of the provider, and
// those that its comment says are for tests.
func direct(mod string) (provider, tests []string) {
	modules := func(part string) (names []string) {
		for _, found := range required.FindAllStringSubmatch(part, -1) {
			names = append(names, found[1])
		}
		return names
	}
	before, rest, _ := strings.Cut(mod, "// Only tests and what serves them import these")
	block, _, _ := strings.Cut(rest, "\n)")
	return modules(before), modules(block)
}

// TestModulesOfTestsAreNamedAsSuch compares the two lists of go.mod with what
// folders import that serve more than tests.
func TestModulesOfTestsAreNamedAsSuch(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	ours, tests := direct(string(mod))
	if len(ours) < 5 || len(tests) < 3 {
		t.Fatalf("go.mod has %v, and for tests %v", ours, tests)
	}
	imports, forTests := outside(t), picture(t).tests
	used := map[string]bool{}
	for _, folder := range slices.Sorted(maps.Keys(imports)) {
		for _, name := range imports[folder] {
			within := func(module string) bool { return name == module || strings.HasPrefix(name, module+"/") }
			if slices.Contains(forTests, folder) {
				continue
			}
			if i := slices.IndexFunc(tests, within); i >= 0 {
				t.Errorf("%s imports %s, and go.mod says that only tests do", folder, tests[i])
			}
			// The longest that fits: one module may be in another's name.
			longest := ""
			for _, module := range ours {
				if within(module) && len(module) > len(longest) {
					longest = module
				}
			}
			used[longest] = true
		}
	}
	for _, module := range ours {
		if !used[module] {
			t.Errorf("only tests import %s; move it to their block of go.mod", module)
		}
	}
}
