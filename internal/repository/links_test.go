// Package repository checks what belongs to no package: links, licences, and
// that what pages promise has a test.
package repository

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// registry is where docs/ is shown. Its first page has no slash at the end, so
// what is relative there starts one folder higher than in the repository.
const registry = "https://registry.terraform.io/providers/otp-as-code/otp/latest/docs"

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinksOfTheDocumentationWorkInTheRegistry(t *testing.T) {
	t.Parallel()
	pages := map[string]string{} // by address
	folder := filepath.Join(root, "docs")
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, strings.TrimSuffix(path, ".md"))
		pages[address(filepath.ToSlash(name))] = string(content)
		return err
	})
	if err != nil || len(pages) < 20 {
		t.Fatal(len(pages), err)
	}
	links := 0
	for at, content := range pages {
		base, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(content, -1) {
			to, err := base.Parse(found[1])
			if err != nil {
				t.Errorf("%s: %v", at, err)
				continue
			}
			anchor := to.Fragment
			to.Fragment = ""
			page := strings.TrimSuffix(to.String(), ".md")
			if !strings.HasPrefix(page, strings.TrimSuffix(registry, "/docs")) || strings.HasSuffix(page, ".json") {
				continue
			}
			links++
			target, has := pages[page]
			if !has {
				t.Errorf("%s links to %s, which is %s there: no such page", at, found[1], page)
			} else if anchor != "" && !hasAnchor(target, anchor) {
				t.Errorf("%s links to %s: the page has no such heading", at, found[1])
			}
		}
	}
	if links < 50 {
		t.Errorf("only %d links were looked at", links)
	}
}

func address(name string) string {
	if name == "index" {
		return registry
	}
	return registry + "/" + name
}

var (
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	odd     = regexp.MustCompile(`[^\p{L}\p{N}\- _]`)
)

func hasAnchor(page, anchor string) bool {
	if strings.Contains(page, `id="`+anchor+`"`) {
		return true
	}
	for _, found := range heading.FindAllStringSubmatch(page, -1) {
		if strings.ReplaceAll(odd.ReplaceAllString(strings.ToLower(found[1]), ""), " ", "-") == anchor {
			return true
		}
	}
	return false
}
