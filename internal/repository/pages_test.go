package repository

import (
	"path/filepath"
	"strings"
	"testing"
)

// Every page of a type says what it is for, shows it, and says how it behaves.
func TestEveryPageHasNotesAndAnExample(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*", "*.md"))
	if err != nil || len(pages) < 50 {
		t.Fatal(len(pages), err)
	}
	for _, page := range append(pages, filepath.Join(root, "docs", "index.md")) {
		if filepath.Base(filepath.Dir(page)) == "guides" {
			continue
		}
		text := content(t, strings.TrimPrefix(page, root))
		for _, part := range []string{"## Example Usage\n\n```terraform\n", "\n## Behavioral notes\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s has no part %q", page, part)
			}
		}
		if filepath.Base(page) != "index.md" && !strings.Contains(text, "It is for ") {
			t.Errorf("%s does not say what it is for", page)
		}
	}
}

// People find the provider by the words that they have for it, which are not
// always ours.
func TestTheWordsThatPeopleSearchForAreThere(t *testing.T) {
	t.Parallel()
	for page, words := range map[string][]string{
		"README.md":           {"One-time passwords", "OTP", "2FA", "verification codes", "Zender", "SMS pumping", "AndroidAPI", "MyOTP.App", "Octopush", "Way2API"},
		"docs/index.md":       {"One-time passwords", "OTP", "2FA", "verification codes", "Zender", "AndroidAPI", "MyOTP.App", "Octopush", "Way2API"},
		"docs/guides/cost.md": {"SMS pumping", "toll fraud"},
	} {
		text := content(t, page)
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%s does not say %q", page, word)
			}
		}
	}
}
