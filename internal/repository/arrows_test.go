package repository

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/otp-as-code/terraform-provider-otp/"

// house is the picture in CONTRIBUTING.md: folders from top to bottom, and which
// of ours each may import.
type house struct {
	order []string            // folders as the picture calls them
	may   map[string][]string // what each may import
	tests []string            // folders that serve tests alone
}

var (
	pictureLine = regexp.MustCompile(`^(\S+) +(.*?) *→ *(.*)$`)
	memberLine  = regexp.MustCompile(`^    (\S.*)$`)
)

// drawn reads the picture. Words that stand for several folders are nouns, which
// the indented lines below it name, and VENDOR.
func drawn(picture string, vendors []string) (house, error) {
	h := house{may: map[string][]string{}}
	var groups = map[string][]string{}
	group := ""
	expand := func(names []string) []string {
		var all []string
		for _, name := range names {
			switch {
			case strings.Contains(name, "VENDOR"):
				for _, vendor := range vendors {
					all = append(all, strings.ReplaceAll(name, "VENDOR", vendor))
				}
			case groups[name] != nil:
				all = append(all, groups[name]...)
			default:
				all = append(all, name)
			}
		}
		return all
	}
	var lines [][]string
	for line := range strings.Lines(picture) {
		line = strings.TrimRight(line, "\n")
		if found := memberLine.FindStringSubmatch(line); found != nil && group != "" {
			groups[group] = append(groups[group], strings.Fields(found[1])...)
			continue
		}
		found := pictureLine.FindStringSubmatch(line)
		if found == nil {
			return h, fmt.Errorf("the picture has a line that is no folder with an arrow: %q", line)
		}
		group = found[1]
		lines = append(lines, found[1:])
	}
	for _, line := range lines {
		for _, name := range expand(line[:1]) {
			if line[2] == "anything" {
				h.tests = append(h.tests, name)
				continue
			}
			h.order = append(h.order, name)
			h.may[name] = expand(strings.Fields(line[2]))
		}
	}
	for at, name := range h.order {
		for _, other := range h.may[name] {
			switch below := slices.Index(h.order, other); {
			case below < 0:
				return h, fmt.Errorf("the picture lets %s import %s, which is not in it", name, other)
			case below <= at:
				return h, fmt.Errorf("the picture lets %s import %s, which does not stand below it: arrows point down", name, other)
			}
		}
	}
	return h, nil
}

// forbidden says what is wrong with the imports of a folder.
func (h house) forbidden(folder string, imports []string) []string {
	if slices.Contains(h.tests, folder) {
		return nil
	}
	may, known := h.may[folder]
	if !known {
		return []string{folder + " is not in the picture of CONTRIBUTING.md. Draw it there, with what it may import."}
	}
	var wrong []string
	for _, other := range imports {
		switch {
		case slices.Contains(h.tests, other):
			wrong = append(wrong, fmt.Sprintf("%s imports %s, which is for tests.", folder, other))
		case !slices.Contains(may, other):
			wrong = append(wrong, fmt.Sprintf("%s imports %s. Of ours it may import: %s (CONTRIBUTING.md).", folder, other, strings.Join(append(may, "nothing else"), ", ")))
		}
	}
	return wrong
}

// picture is the picture of the house in CONTRIBUTING.md.
func picture(t *testing.T) house {
	t.Helper()
	_, rest, _ := strings.Cut(contributing(t), "## The house\n")
	_, rest, _ = strings.Cut(rest, "```text\n")
	text, _, closed := strings.Cut(rest, "```")
	if !closed {
		t.Fatal("CONTRIBUTING.md has no picture under the heading \"The house\"")
	}
	h, err := drawn(text, names())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestArrowsPointDown(t *testing.T) {
	t.Parallel()
	h, all := picture(t), imported(t)
	for _, folder := range slices.Sorted(maps.Keys(all)) {
		for _, sentence := range h.forbidden(folder, all[folder]) {
			t.Error(sentence)
		}
	}
	for _, folder := range h.order {
		if _, there := all[folder]; !there {
			t.Errorf("the picture has %s, which has no Go code", folder)
		}
	}
}

func TestAForbiddenImportIsCaught(t *testing.T) {
	t.Parallel()
	h := picture(t)
	for _, edge := range [][2]string{
		{"otp", "catalog"}, {"vendors/octopush", "vendors/myotp"}, {"vendors/httpapi", "vendors/way2api"}, {"sandbox", "vendors"},
		{"sandbox/octopush", "vendors/octopush"}, {"sandbox/octopush", "sandbox"}, {"catalog", "vendors"}, {"delivery", "catalog"}, {"delivery", "vendors"},
		{"application", "tf"}, {"tf", "brand"}, {"brand", "profile"}, {"profile", "provider"}, {"cli", "provider"}, {"cli", "tf"}, {"provider", "cli"},
		{"provider", "sandbox"}, {"message", "sandbox"}, {"pairing", "catalog"}, {"clock", "otp"}, {"tf", "catalog/pgtest"}, {"examples/consumers/go", "otp"},
	} {
		if found := h.forbidden(edge[0], edge[1:]); len(found) != 1 || !strings.HasPrefix(found[0], edge[0]+" imports "+edge[1]) {
			t.Errorf("%s may import %s: %v", edge[0], edge[1], found)
		}
	}
	if found := h.forbidden("doorbell", nil); len(found) != 1 || !strings.Contains(found[0], "Draw it there") {
		t.Errorf("a folder that is not in the picture: %v", found)
	}
	for want, text := range map[string]string{
		"arrows point down":  "a  one → b\nb  two → a\n",
		"which is not in it": "a  one → c\n",
		"no folder with an":  "a  one\n",
	} {
		if _, err := drawn(text, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	small, err := drawn("top    the top → group VENDOR/x\ngroup  several → low\n    a b\nVENDOR/x  each → low\nlow  down →\nhelp  for tests → anything\n", []string{"v", "w"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"top": {"a", "b", "v/x", "w/x"}, "a": {"low"}, "b": {"low"}, "v/x": {"low"}, "w/x": {"low"}, "low": nil}
	if diff := cmp.Diff(want, small.may); diff != "" {
		t.Error(diff)
	}
}

var inRules = regexp.MustCompile(`(?m)^            - "\*\*/([^"]+)"`)

// TestTheLinterKnowsEveryFolder: an editor shows what depguard finds, so that its
// rules cover every folder of the picture. A rule names the files that it is for.
func TestTheLinterKnowsEveryFolder(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile(filepath.Join(root, ".golangci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if missing := uncovered(string(config), picture(t).order); len(missing) > 0 {
		t.Errorf("no rule of depguard in .golangci.yml is for %s", strings.Join(missing, ", "))
	}
	if missing := uncovered("            - \"**/internal/{a,b}/*.go\"\n            - \"**/internal/c/**\"\n            - \"!**/internal/e/*.go\"\n", []string{"a", "b", "c/d", "a/x", "e", "main.go"}); !slices.Equal(missing, []string{"a/x", "e"}) {
		t.Errorf("without a rule are %v", missing)
	}
}

// uncovered are the folders that no rule is for. main.go has nothing below it
// that it may not import.
func uncovered(config string, folders []string) []string {
	covers := func(pattern, file string) bool {
		before, rest, braces := strings.Cut(pattern, "{")
		choices, after, _ := strings.Cut(rest, "}")
		if !braces {
			choices = ""
		}
		for _, choice := range strings.Split(choices, ",") {
			glob := before + choice + after
			if folder, below := strings.CutSuffix(glob, "/**"); below && strings.HasPrefix(file, folder+"/") {
				return true
			}
			if matched, err := path.Match(glob, file); err == nil && matched {
				return true
			}
		}
		return false
	}
	var missing []string
	for _, folder := range folders {
		file := path.Join("internal", folder, "x.go")
		if strings.HasPrefix(folder, "examples/") {
			file = path.Join(folder, "x.go")
		}
		if folder != "main.go" && !slices.ContainsFunc(inRules.FindAllStringSubmatch(config, -1), func(found []string) bool { return covers(found[1], file) }) {
			missing = append(missing, folder)
		}
	}
	return missing
}
