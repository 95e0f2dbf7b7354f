package repository

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// manifests are the folders with a file of that name, as Dependabot calls them.
func manifests(t *testing.T, name string) []string {
	t.Helper()
	var folders []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if err == nil && entry.Name() == name {
			folders = append(folders, "/"+strings.TrimPrefix(filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), filepath.Clean(root))), "/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(folders)
	return folders
}

// Dependabot looks at everything that names versions, and in groups: a pull
// request for each module is one that nobody reads.
func TestDependabotKnowsEveryModule(t *testing.T) {
	t.Parallel()
	var config struct {
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directory   string
			Directories []string
			Groups      map[string]any
		}
	}
	if err := yaml.Unmarshal([]byte(content(t, ".github/dependabot.yml")), &config); err != nil {
		t.Fatal(err)
	}
	looked := map[string][]string{}
	for _, update := range config.Updates {
		if len(update.Groups) == 0 {
			t.Errorf("%s of %s has no groups", update.Ecosystem, update.Directory)
		}
		folders := update.Directories
		if update.Directory != "" {
			folders = append(folders, update.Directory)
		}
		looked[update.Ecosystem] = append(looked[update.Ecosystem], folders...)
	}
	for ecosystem, want := range map[string][]string{"gomod": manifests(t, "go.mod"), "npm": manifests(t, "package.json"), "github-actions": {"/"}} {
		if got := slices.Sorted(slices.Values(looked[ecosystem])); !slices.Equal(got, want) {
			t.Errorf("%s: Dependabot looks at %v, and there are %v", ecosystem, got, want)
		}
	}
}

// The form for a bug asks for what one would ask for next: versions, and what
// doctor prints. GitHub shows no form that it cannot read.
func TestTheFormsOfIssuesAskForWhatIsNeeded(t *testing.T) {
	t.Parallel()
	for file, ids := range map[string][]string{"bug.yml": {"happened", "configuration", "versions", "doctor", "vendor", "catalog"}, "idea.yml": {"task", "source"}} {
		var form struct {
			Name, Description string
			Body              []struct {
				Type, ID   string
				Attributes struct {
					Label, Value, Description, Render, Placeholder string
					Options                                        []string
				}
				Validations struct{ Required bool }
			}
			Labels []string
		}
		decoder := yaml.NewDecoder(strings.NewReader(content(t, ".github/ISSUE_TEMPLATE/"+file)))
		decoder.KnownFields(true)
		if err := decoder.Decode(&form); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var asked []string
		for _, part := range form.Body {
			switch {
			case part.Type == "markdown" && part.Attributes.Value != "":
			case part.ID == "" || part.Attributes.Label == "" || !slices.Contains([]string{"textarea", "input", "dropdown", "checkboxes"}, part.Type) || (part.Type == "dropdown") != (len(part.Attributes.Options) > 0):
				t.Errorf("%s: GitHub does not take %+v", file, part)
			default:
				asked = append(asked, part.ID)
			}
		}
		if form.Name == "" || form.Description == "" || !slices.Equal(asked, ids) {
			t.Errorf("%s, %q, asks for %v, want %v", file, form.Name, asked, ids)
		}
	}
	if bug := content(t, ".github/ISSUE_TEMPLATE/bug.yml"); !strings.Contains(bug, "terraform-provider-otp doctor") || !strings.Contains(bug, "terraform-provider-otp --version") {
		t.Error("the form for a bug does not say which commands to run")
	}
}
