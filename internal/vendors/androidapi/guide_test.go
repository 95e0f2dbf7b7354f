package androidapi

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The guide asks for the permissions that calls need, and for no others.
func TestTheGuideNamesThePermissionsThatCallsNeed(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../../templates/guides/androidapi.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(guide), "| what you want | permission of the key |")
	table, _, _ = strings.Cut(table, "\n\n")
	named, needed := map[string]bool{}, map[string]bool{}
	for _, found := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(table, -1) {
		named[found[1]] = true
	}
	for _, permission := range permissions {
		needed[permission] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(needed)), slices.Sorted(maps.Keys(named))); diff != "" {
		t.Errorf("needed and named:\n%s", diff)
	}
}
