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
