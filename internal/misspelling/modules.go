package misspelling

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
)

// Bounds of what is read: a configuration beyond them is left alone.
const (
	maxFiles = 5000
	maxBytes = 4 << 20 // of one file
)

// module is a folder with its files, each parsed.
type module struct {
	files []file
}

type file struct {
	name string // relative to the root module
	body hcl.Body
}

// modules are the root module and the child modules that it calls, directly and
// through others. What Terraform's list names besides was called by an earlier
// configuration.
func modules(place Place) []module {
	var all []module
	left := maxFiles
	listed := installed(place)
	var visit func(key, folder string) bool
	visit = func(key, folder string) bool {
		m, ok := read(place.Folder, folder, &left)
		if !ok {
			return false
		}
		all = append(all, m)
		for _, name := range m.calls() {
			child := strings.TrimPrefix(key+"."+name, ".")
			if at, known := listed[child]; known && !visit(child, at) {
				return false
			}
		}
		return true
	}
	if !visit("", ".") {
		return nil
	}
	return all
}

// installed are the folders of child modules by their path, such as a.b, as
// `terraform init` has listed them.
func installed(place Place) map[string]string {
	data := cmp.Or(place.Data, ".terraform")
	if !filepath.IsAbs(data) {
		data = filepath.Join(place.Folder, data)
	}
	content, err := os.ReadFile(filepath.Join(data, "modules", "modules.json"))
	if err != nil {
		return nil
	}
	var list struct {
		Modules []struct{ Key, Dir string }
	}
	if json.Unmarshal(content, &list) != nil {
		return nil
	}
	folders := map[string]string{}
	for _, m := range list.Modules {
		folders[m.Key] = filepath.FromSlash(m.Dir)
	}
	return folders
}

// read parses the files of a module. Where one cannot be parsed, Terraform says
// so, and the module is judged without it; ok is false where the folder cannot be
// read or there is too much in it.
func read(root, folder string, left *int) (m module, ok bool) {
	path := folder
	if !filepath.IsAbs(path) {
		path = filepath.Join(root, folder)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return module{}, false
	}
	for _, entry := range entries {
		if entry.IsDir() || !isConfiguration(entry.Name()) {
			continue
		}
		if *left--; *left < 0 {
			return module{}, false
		}
		if info, err := os.Stat(filepath.Join(path, entry.Name())); err != nil || !info.Mode().IsRegular() || info.Size() > maxBytes {
			continue
		}
		content, err := os.ReadFile(filepath.Join(path, entry.Name()))
		if err != nil {
			continue
		}
		name := filepath.Join(folder, entry.Name())
		parse := hcljson.Parse
		if !strings.HasSuffix(name, ".json") {
			parse = func(content []byte, name string) (*hcl.File, hcl.Diagnostics) {
				return hclsyntax.ParseConfig(content, name, hcl.InitialPos)
			}
		}
		if parsed, diags := parse(content, name); !diags.HasErrors() && parsed != nil {
			m.files = append(m.files, file{name, parsed.Body})
		}
	}
	return m, true
}

// isConfiguration says which files Terraform and OpenTofu read: no hidden ones,
// and none that editors leave behind.
func isConfiguration(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") {
		return false
	}
	for _, ending := range []string{".tf", ".tofu", ".tf.json", ".tofu.json"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

// calls are the names of the modules that a module calls.
func (m module) calls() []string {
	var names []string
	for _, f := range m.files {
		for _, block := range blocks(f.body, hcl.BlockHeaderSchema{Type: "module", LabelNames: []string{"name"}}) {
			names = append(names, block.Labels[0])
		}
	}
	return names
}

// blocks are those of a type. Everything else in the body is skipped.
func blocks(in hcl.Body, header hcl.BlockHeaderSchema) hcl.Blocks {
	content, _, _ := in.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{header}})
	if content == nil {
		return nil
	}
	return content.Blocks.OfType(header.Type)
}
