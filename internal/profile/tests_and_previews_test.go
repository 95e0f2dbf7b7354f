package profile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

const testsAndPreviews = "../../examples/tests-and-previews"

// Every file of the guide's example runs: the configuration in production, its
// tests, and a preview, with production's catalog as it was.
func TestTestsAndPreviewsLeaveProductionAlone(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	if err := os.Remove(filepath.Join(w.Folder, "versions.tf")); err != nil {
		t.Fatal(err)
	}
	vendors := sandbox.StartForTest(t, sandbox.Options{})
	for name, value := range vendors.Environment() {
		w.Env = append(w.Env, name+"="+value)
	}
	w.Env = append(w.Env, "TF_VAR_catalog_url="+w.URL)
	runs := 0
	err := filepath.WalkDir(testsAndPreviews, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(testsAndPreviews, path)
		text := providertest.Read(t, path)
		w.File(name, text)
		runs += strings.Count("\n"+text, "\nrun \"")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Apply()
	before, err := w.Store.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	output, code := w.TF("test")
	if code != 0 || !strings.Contains(output, "Success!") || strings.Count(output, "... pass") < runs {
		t.Errorf("not all of %d runs passed: %s", runs, output)
	}
	if output, code = w.TF("workspace", "new", "pr-12"); code != 0 {
		t.Fatal(output)
	}
	w.Apply("-var=display_name=Preview")
	preview := providertest.WorldAt(t, "sqlite:"+filepath.Join(w.Folder, "preview-pr-12.db"))
	if got := preview.Document("login")["brand"]; got != "Preview" {
		t.Errorf("the preview has the brand %q", got)
	}
	if output, code = w.TF("destroy", "-auto-approve", "-input=false"); code != 0 {
		t.Fatal(output)
	}
	for _, url := range []string{"preview-pr-12.db", "test-catalog.db"} {
		other := providertest.WorldAt(t, "sqlite:"+filepath.Join(w.Folder, url))
		if live, err := other.Store.List(t.Context(), catalog.Profile); err != nil || len(live) != 0 {
			t.Errorf("%s: %v is left (%v)", url, live, err)
		}
	}
	after, err := w.Store.Export(t.Context())
	if err != nil || len(before.History) != len(after.History) {
		t.Errorf("production's catalog has %d events, and had %d (%v)", len(after.History), len(before.History), err)
	}
	if output, code = w.TF("workspace", "select", "default"); code != 0 {
		t.Fatal(output)
	}
	w.Settled()
}

// The guide shows what the files say.
func TestTheGuideShowsItsFiles(t *testing.T) {
	t.Parallel()
	var files string
	err := filepath.WalkDir(testsAndPreviews, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files += strings.Join(strings.Fields(providertest.Read(t, path)), " ") + " "
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(providertest.Read(t, "../../templates/guides/tests-and-previews.md"), "```hcl\n")[1:]
	if len(blocks) < 4 {
		t.Errorf("%d blocks", len(blocks))
	}
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		for _, part := range strings.Split(strings.TrimSpace(block), "\n\n") {
			part = strings.Join(strings.Fields(part), " ")
			if strings.HasSuffix(part, "} }") && strings.HasPrefix(part, "mock_provider") {
				part = strings.TrimSuffix(part, " }") // the file goes on
			}
			if !strings.Contains(files, part) {
				t.Errorf("no file has %q", part)
			}
		}
	}
}
