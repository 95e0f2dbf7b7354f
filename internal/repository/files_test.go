package repository

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var image = regexp.MustCompile(`(?:src|srcset)="([^"]+)"`)

// What is read in the repository itself leads to files that are there, pictures
// included.
func TestLinksOfTheRepositoryLeadToFiles(t *testing.T) {
	t.Parallel()
	links := 0
	for _, page := range []string{"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ".github/RELEASING.md", "examples/consumers/README.md"} {
		text := content(t, page)
		for _, found := range append(link.FindAllStringSubmatch(text, -1), image.FindAllStringSubmatch(text, -1)...) {
			target, _, _ := strings.Cut(found[1], "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			links++
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(page), target)); err != nil {
				t.Errorf("%s links to %s: %v", page, found[1], err)
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links were looked at", links)
	}
}
