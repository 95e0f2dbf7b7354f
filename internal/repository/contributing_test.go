package repository

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
)

var (
	quotedPath = regexp.MustCompile("`((?:internal|examples|templates|docs|\\.github|\\.ci)/[^` ]*|\\.golangci\\.yml|[A-Z]+\\.md)`")
	oneTest    = regexp.MustCompile(`-run '?(Test\w+)`)
	counted    = regexp.MustCompile(`(\d+) (resources|data sources|list resources|actions|functions|vendors)`)
)

// What CONTRIBUTING.md names is there. NOUN, NAME and VENDOR stand for any.
func TestWhatContributingNamesIsThere(t *testing.T) {
	t.Parallel()
	page := contributing(t)
	paths := quotedPath.FindAllStringSubmatch(page, -1)
	for _, found := range paths {
		pattern := strings.NewReplacer("NOUN", "*", "NAME", "*", "VENDOR", "*").Replace(found[1])
		if there, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern))); err != nil || len(there) == 0 {
			t.Errorf("there is no %s", found[1])
		}
	}
	if len(paths) < 20 {
		t.Errorf("only %d paths were found", len(paths))
	}
	tests := testNames(t)
	for _, found := range oneTest.FindAllStringSubmatch(page, -1) {
		if !tests[found[1]] {
			t.Errorf("there is no test %s", found[1])
		}
	}
}

func TestTheCountsOfContributingAreTrue(t *testing.T) {
	t.Parallel()
	p := provider.New("test")()
	counts := map[string]int{"resources": len(p.Resources(t.Context())), "data sources": len(p.DataSources(t.Context())), "vendors": len(names())}
	if lists, ok := p.(frameworkprovider.ProviderWithListResources); ok {
		counts["list resources"] = len(lists.ListResources(t.Context()))
	}
	if actions, ok := p.(frameworkprovider.ProviderWithActions); ok {
		counts["actions"] = len(actions.Actions(t.Context()))
	}
	if functions, ok := p.(frameworkprovider.ProviderWithFunctions); ok {
		counts["functions"] = len(functions.Functions(t.Context()))
	}
	said := counted.FindAllStringSubmatch(contributing(t), -1)
	for _, found := range said {
		if found[1] != strconv.Itoa(counts[found[2]]) {
			t.Errorf("it says %q, and there are %d", found[0], counts[found[2]])
		}
	}
	if len(said) != len(counts) {
		t.Errorf("it says %v, want each of %v once", said, counts)
	}
}

// A file that grows over its bound is two files. Those of the consumer are few,
// because people copy them.
func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		most := 300
		switch {
		case strings.HasSuffix(path, "_test.go"):
			most = 500
		case strings.HasPrefix(filepath.ToSlash(path), root+"/examples/consumers/go/"):
			most = 420
		}
		content, err := os.ReadFile(path)
		if lines := strings.Count(string(content), "\n"); lines >= most {
			t.Errorf("%s has %d lines; make two files of what has fewer than %d", path, lines, most)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
