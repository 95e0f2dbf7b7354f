package repository

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// lacks says what a listed vendor has not in this repository, a sentence each.
func lacks(repository fs.FS, v httpapi.Vendor) []string {
	var missing []string
	need := func(has bool, format string, a ...any) {
		if !has {
			missing = append(missing, v.Title+" "+fmt.Sprintf(format, a...))
		}
	}
	exists := func(pattern string) bool {
		found, err := fs.Glob(repository, pattern)
		return err == nil && len(found) > 0
	}
	says := func(pattern string, words ...string) bool {
		found, err := fs.Glob(repository, pattern)
		if err != nil {
			return false
		}
		return slices.ContainsFunc(found, func(file string) bool {
			content, err := fs.ReadFile(repository, file)
			return err == nil && slices.ContainsFunc(strings.Split(string(content), "\n"), func(line string) bool {
				return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(line, word) })
			})
		})
	}
	folder := path.Join("internal/vendors", string(v.Name))
	for _, endpoint := range v.Endpoints {
		contracts := path.Join(folder, "testdata/contract", endpoint.Operation)
		need(exists(contracts+"/*.json"), "has no contract file of its call %s. Write the reference's request and answer into %s.", endpoint.Operation, contracts)
	}
	vendor := fmt.Sprintf("%q: %q", "vendor", v.Name)
	need(says("internal/vendors/testdata/documents/*.json", vendor) || says(folder+"/testdata/documents/*.json", vendor),
		"has no setup that compiles to a golden document. Add rows to `accepted` in internal/vendors/valid_test.go.")
	need(says("internal/vendors/testdata/invalid.txt", "error at ", v.Title), "has no setup that a rule refuses. Add rows to `invalid` in internal/vendors/invalid_test.go.")
	need(says("internal/vendors/testdata/warned.txt", v.Title), "has no setup that a rule warns of. Add rows to `warned` in internal/vendors/warned_test.go.")
	need(exists(path.Join("internal/sandbox", string(v.Name))+"/*.go"), "has no sandbox. Write one from the reference, without a look at the client, into internal/sandbox/%s.", v.Name)
	need(says("templates/guides/vendor-parameters.md", "## "+v.Title+": "), "has no section in templates/guides/vendor-parameters.md. Say where each of its parameters comes from.")
	return missing
}

func TestEveryListedVendorIsComplete(t *testing.T) {
	t.Parallel()
	for _, v := range vendors.All() {
		for _, sentence := range lacks(os.DirFS(root), v) {
			t.Error(sentence)
		}
	}
}

func TestWhatAVendorLacksIsSaid(t *testing.T) {
	t.Parallel()
	pigeon := httpapi.Vendor{Name: otp.Vendor("pigeon"), Title: "Pigeon Post", Endpoints: []httpapi.Endpoint{{Operation: "send"}, {Operation: "check"}}}
	files := map[string]string{
		"internal/vendors/pigeon/testdata/contract/send/ok.json":  "{}",
		"internal/vendors/pigeon/testdata/contract/check/ok.json": "{}",
		"internal/vendors/testdata/documents/pigeon.json":         "{\n  \"routes\": [{\n    \"vendor\": \"pigeon\"\n  }]\n}",
		"internal/vendors/testdata/invalid.txt":                   "hawk\n    error at routes[0]: Pigeon Post takes no hawk.\n",
		"internal/vendors/testdata/warned.txt":                    "rain\n    warning at routes[0]: Pigeon Post may be late.\n",
		"internal/sandbox/pigeon/pigeon.go":                       "package pigeon\n",
		"templates/guides/vendor-parameters.md":                   "## Pigeon Post: send\n",
	}
	// Of another vendor each of these would be enough.
	others := map[string]string{
		"internal/vendors/octopush/testdata/contract/send/ok.json": "{}",
		"internal/vendors/testdata/documents/octopush.json":        "{\n    \"vendor\": \"octopush\"\n}",
		"internal/vendors/testdata/invalid.txt":                    "x\n    error at routes[0]: Octopush takes no x.\nPigeon Post\n",
		"internal/vendors/testdata/warned.txt":                     "x\n    warning at routes[0]: Octopush may be late.\n",
		"internal/sandbox/octopush/octopush.go":                    "package octopush\n",
		"templates/guides/vendor-parameters.md":                    "## Octopush: service/otp/generate\n",
	}
	mapFS := func(without string) fs.FS {
		all := fstest.MapFS{}
		for name, content := range others {
			all[name] = &fstest.MapFile{Data: []byte(content)}
		}
		for name, content := range files {
			if name != without {
				all[name] = &fstest.MapFile{Data: []byte(content)}
			}
		}
		return all
	}
	if found := lacks(mapFS(""), pigeon); len(found) > 0 {
		t.Errorf("nothing is missing: %v", found)
	}
	want := map[string]string{
		"internal/vendors/pigeon/testdata/contract/send/ok.json":  "Pigeon Post has no contract file of its call send. Write the reference's request and answer into internal/vendors/pigeon/testdata/contract/send.",
		"internal/vendors/pigeon/testdata/contract/check/ok.json": "Pigeon Post has no contract file of its call check. Write the reference's request and answer into internal/vendors/pigeon/testdata/contract/check.",
		"internal/vendors/testdata/documents/pigeon.json":         "Pigeon Post has no setup that compiles to a golden document. Add rows to `accepted` in internal/vendors/valid_test.go.",
		"internal/vendors/testdata/invalid.txt":                   "Pigeon Post has no setup that a rule refuses. Add rows to `invalid` in internal/vendors/invalid_test.go.",
		"internal/vendors/testdata/warned.txt":                    "Pigeon Post has no setup that a rule warns of. Add rows to `warned` in internal/vendors/warned_test.go.",
		"internal/sandbox/pigeon/pigeon.go":                       "Pigeon Post has no sandbox. Write one from the reference, without a look at the client, into internal/sandbox/pigeon.",
		"templates/guides/vendor-parameters.md":                   "Pigeon Post has no section in templates/guides/vendor-parameters.md. Say where each of its parameters comes from.",
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if diff := cmp.Diff([]string{want[file]}, lacks(mapFS(file), pigeon)); diff != "" {
			t.Errorf("without %s (-want +got):\n%s", file, diff)
		}
	}
	if found := lacks(fstest.MapFS{}, pigeon); len(found) != len(want) {
		t.Errorf("of an empty repository: %v", found)
	}
}
