package repository

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The oldest versions that the workflows test are the oldest that pages promise,
// and tools have one version wherever they are named.
func TestVersionsAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	workflow := content(t, ".github/workflows/test.yml")
	terraform := first(t, workflow, `terraform: \["([\d.]+)\.\*"`)
	opentofu := first(t, workflow, `opentofu: \["([\d.]+)\.x"`)
	promise := "Terraform " + terraform + " or OpenTofu " + opentofu + ", or later"
	for _, page := range []string{"README.md", "templates/index.md.tmpl", "templates/guides/getting-started.md.tmpl"} {
		if !strings.Contains(content(t, page), promise) {
			t.Errorf("%s does not say %q", page, promise)
		}
	}
	if page := content(t, "templates/guides/opentofu.md.tmpl"); !strings.Contains(page, "OpenTofu "+opentofu+" or later") || !strings.Contains(page, "| "+terraform+" | "+opentofu+" |") {
		t.Errorf("the page about OpenTofu does not say %s and %s", terraform, opentofu)
	}

	makefile := content(t, "GNUmakefile")
	if built, released := first(t, makefile, `(?m)^GORELEASER := (\S+)$`), first(t, content(t, ".github/workflows/release.yml"), `(?s)goreleaser-action.*?version: v(\S+)`); built != released {
		t.Errorf("`make release-check` builds with goreleaser %s, and a release is made with %s", built, released)
	}
	// What is released is compiled with the newest Go of the version that go.mod
	// names, and looked at for vulnerabilities with the same.
	oldest := first(t, content(t, "go.mod"), `(?m)^go (\d+\.\d+)`)
	for name, text := range map[string]string{"release.yml": content(t, ".github/workflows/release.yml"), "test.yml": workflow} {
		if newest := first(t, text, `go-version: "([\d.]+)\.x"`); newest != oldest {
			t.Errorf("%s takes Go %s, and go.mod says %s", name, newest, oldest)
		}
	}
	// The plugin protocol that is served is the one that registries are told.
	served := first(t, content(t, "internal/provider/server.go"), `tfprotov?(\d)server|providerserver\.NewProtocol(\d)`)
	if told := first(t, content(t, "terraform-registry-manifest.json"), `"protocol_versions": \["(\d)\.0"\]`); told != served {
		t.Errorf("the manifest says protocol %s, and %s is served", told, served)
	}
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// first is the first group of the form that is not empty.
func first(t *testing.T, text, form string) string {
	t.Helper()
	for _, group := range regexp.MustCompile(form).FindStringSubmatch(text)[1:] {
		if group != "" {
			return group
		}
	}
	t.Fatalf("there is nothing like %s", form)
	return ""
}
