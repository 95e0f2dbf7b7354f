// Package guides tests what the guides say: their configurations are applied,
// their commands are run, and what they print is what comes out.
package guides

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

const (
	templates = "../../templates/guides"
	examples  = "../../examples/guides"
)

func TestMain(m *testing.M) { providertest.Main(m) }

// Each configuration of examples/guides is a module here, with a catalog of its
// own: one apply serves all, and none of them shows a change afterwards. What a
// guide prints of its outputs is what comes out.
func TestTheConfigurationsOfTheGuidesApply(t *testing.T) {
	t.Parallel()
	w := workspace(t)
	vendors := sandbox.StartForTest(t, sandbox.Options{})
	for name, value := range vendors.Environment() {
		w.Env = append(w.Env, name+"="+value)
	}
	var root strings.Builder
	root.WriteString("terraform {\n  required_providers {\n    otp = { source = \"otp-as-code/otp\" }\n  }\n}\n")
	for _, name := range configurations(t) {
		w.File(filepath.Join(name, "main.tf"), providertest.Read(t, filepath.Join(examples, name, "main.tf")))
		fmt.Fprintf(&root, "provider \"otp\" {\n  alias   = %[1]q\n  catalog = { url = \"sqlite:%[1]s.db\" }\n}\n", name)
		fmt.Fprintf(&root, "module %[1]q {\n  source    = \"./%[1]s\"\n  providers = { otp = otp.%[1]s }\n}\noutput %[1]q { value = module.%[1]s }\n", name)
	}
	w.Configure(root.String())
	if output, code := w.TF("init"); code != 0 {
		t.Fatal(output)
	}
	said := compact(w.Apply())
	for _, name := range configurations(t) {
		for _, found := range outputs.FindAllStringSubmatch(providertest.Read(t, filepath.Join("../../docs/guides", name+".md")), -1) {
			if want := compact(fmt.Sprintf("%q = %s", found[1], found[2])); !strings.Contains(said, want) {
				t.Errorf("%s says %s, which is not in %s", name, want, said)
			}
		}
	}
}

// outputs are what a guide says that its configuration puts out.
var outputs = regexp.MustCompile("(?ms)^```text\\n(\\w+) = (.*?)^```$")

// compact is a value however it is broken into lines.
func compact(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), ""), ",]", "]")
}

// configurations are the guides that have one.
func configurations(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(examples, "*", "main.tf"))
	if err != nil || len(found) < 8 {
		t.Fatal(found, err)
	}
	for i := range found {
		found[i] = filepath.Base(filepath.Dir(found[i]))
	}
	return found
}

// workspace is one whose `init` installs the provider that people run, from a
// folder in the place of the registry.
func workspace(t *testing.T) *providertest.Workspace {
	t.Helper()
	w := providertest.NewWorkspace(t)
	mirror := t.TempDir()
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := filepath.Join(mirror, host, "otp-as-code/otp/0.1.0", runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(providertest.Program(t), filepath.Join(folder, "terraform-provider-otp_v0.1.0")); err != nil {
			t.Fatal(err)
		}
	}
	w.File("cli.rc", fmt.Sprintf("provider_installation {\n  filesystem_mirror { path = %q }\n}\n", mirror))
	if err := os.Remove(filepath.Join(w.Folder, "versions.tf")); err != nil {
		t.Fatal(err)
	}
	return w
}

// What a guide shows of a configuration is in a file that is applied: a whole one
// comes from there by the template, and a part of one is found in one.
func TestTheGuidesShowWhatIsApplied(t *testing.T) {
	t.Parallel()
	var files strings.Builder
	err := filepath.WalkDir("../../examples", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".tf") && !strings.Contains(path, "consumers") {
			files.WriteString(strings.Join(strings.Fields(providertest.Read(t, path)), " ") + " ")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	guides, err := filepath.Glob(filepath.Join(templates, "*.tmpl"))
	if err != nil || len(guides) < 10 {
		t.Fatal(guides, err)
	}
	for _, guide := range guides {
		text := providertest.Read(t, guide)
		if strings.Contains(text, "```terraform") {
			t.Errorf("%s holds a configuration; put it below examples/guides, and write {{ tffile … }}", guide)
		}
		for _, block := range strings.Split(text, "```hcl\n")[1:] {
			block, _, _ = strings.Cut(block, "```")
			block = unescaped.Replace(block)
			if !strings.Contains(files.String(), strings.Join(strings.Fields(block), " ")) {
				t.Errorf("%s: no example has\n%s", guide, block)
			}
		}
	}
}

// unescaped undoes how a template spells what is no action of its own.
var unescaped = strings.NewReplacer("{{`", "", "`}}", "")
