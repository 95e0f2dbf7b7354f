package repository

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// sources are the folders with Go code that is no test, as the picture calls them,
// and what each imports. Modules of their own are left out.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && file != root {
			_, own := os.Stat(filepath.Join(file, "go.mod"))
			if own == nil || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules" {
				return filepath.SkipDir
			}
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, filepath.Dir(file))
		folder := called(filepath.ToSlash(relative))
		found[folder] = append(found[folder], []string{}...)
		for _, spec := range parsed.Imports {
			if name, unquoted := strconv.Unquote(spec.Path.Value); unquoted == nil && !slices.Contains(found[folder], name) {
				found[folder] = append(found[folder], name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// imported is what of ours each folder imports.
func imported(t *testing.T) map[string][]string {
	t.Helper()
	ours := map[string][]string{}
	for folder, imports := range sources(t) {
		ours[folder] = nil
		for _, name := range imports {
			if other, own := strings.CutPrefix(name, module); own {
				ours[folder] = append(ours[folder], called(other))
			}
		}
	}
	return ours
}

// outside is what of other modules each folder imports.
func outside(t *testing.T) map[string][]string {
	t.Helper()
	others := sources(t)
	for folder, imports := range others {
		others[folder] = slices.DeleteFunc(imports, func(name string) bool {
			first, _, _ := strings.Cut(name, "/")
			return strings.HasPrefix(name, module) || !strings.Contains(first, ".")
		})
	}
	return others
}

// called is what the picture calls a folder.
func called(folder string) string {
	if folder == "." {
		return "main.go"
	}
	return strings.TrimPrefix(folder, "internal/")
}

func names() []string {
	var all []string
	for _, v := range vendors.All() {
		all = append(all, string(v.Name))
	}
	return all
}

func contributing(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
