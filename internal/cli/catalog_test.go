package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// filled is a catalog with a brand, a profile on it, and a change of the brand
// since; it returns the URL.
func filled(t *testing.T) string {
	t.Helper()
	url := "sqlite:" + filepath.Join(t.TempDir(), "catalog.db")
	store, err := catalog.Open(url, catalog.WithActor("ann@laptop"))
	if err != nil {
		t.Fatal(err)
	}
	brand := catalog.Ref{Kind: catalog.Brand, Name: "acme"}
	_, err = store.Create(t.Context(), catalog.Write{Ref: brand, Spec: json.RawMessage(`{"name":"acme","display_name":"Acme"}`)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Create(t.Context(), catalog.Write{
		Ref: catalog.Ref{Kind: catalog.Profile, Name: "login"}, Spec: json.RawMessage(`{"name":"login"}`), References: []catalog.Ref{brand},
		Compile: func(func(catalog.Ref) (catalog.Object, error)) (string, error) { return documentOf(t, "login"), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Update(t.Context(), catalog.Write{Ref: brand, Spec: json.RawMessage(`{"name":"acme","display_name":"Acme Bank"}`)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return url
}

// documentOf is a document that an application can run.
func documentOf(t *testing.T, profile string) string {
	t.Helper()
	document, complete, problems := vendors.Compilers().Compile(
		otp.Profile{Name: profile, Brand: "acme", Template: "login", Routes: []otp.Route{{Vendor: otp.MyOTP, Channel: "sms"}}},
		otp.References{
			Brand:    &otp.Brand{Name: "acme", DisplayName: "Acme"},
			Template: &otp.MessageTemplate{Name: "login", MyOTP: &otp.MyOTPTemplate{TemplateOrder: new(int64(1))}},
		})
	if !complete || problems.Failed() {
		t.Fatal(problems)
	}
	text, err := document.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// perform runs a command line on a catalog.
func perform(t *testing.T, url string, arguments ...string) (out, notes string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := root("test")
	command.SetArgs(append([]string{"catalog", "--url", url}, arguments...))
	command.SetOut(&stdout)
	command.SetErr(&stderr)
	err = command.ExecuteContext(t.Context())
	return stdout.String(), stderr.String(), err
}

func TestAnExportIsImportedElsewhereWithItsID(t *testing.T) {
	url := filled(t)
	export, _, err := perform(t, url, "export")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "catalog.json")
	if err := os.WriteFile(file, []byte(export), 0o600); err != nil {
		t.Fatal(err)
	}
	elsewhere := "sqlite:" + filepath.Join(t.TempDir(), "other.db")
	_, notes, err := perform(t, elsewhere, "import", file)
	if err != nil || !strings.Contains(notes, "Imported 2 objects and 3 events") {
		t.Fatalf("%v: %s", err, notes)
	}
	again, _, err := perform(t, elsewhere, "export")
	if err != nil || again != export {
		t.Errorf("the export of the import differs (%v)", err)
	}
	if _, _, err := perform(t, filled(t), "import", file); err == nil || !strings.Contains(err.Error(), "Nothing was written") {
		t.Errorf("an import over another catalog: %v", err)
	}
}

func TestImportRefusesWhatIsNoExport(t *testing.T) {
	for _, content := range []string{"", "{}", `{"format":1,"later":true}`, "not JSON"} {
		file := filepath.Join(t.TempDir(), "catalog.json")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		empty := filepath.Join(t.TempDir(), "empty.db")
		if _, _, err := perform(t, "sqlite:"+empty, "import", file); err == nil || !strings.Contains(err.Error(), "The export cannot be used") {
			t.Errorf("%q: %v", content, err)
		}
		if _, err := os.Stat(empty); err == nil {
			t.Errorf("%q: a catalog was made", content)
		}
	}
}

func TestCheckNamesWhatIsNotUpToDate(t *testing.T) {
	out, _, err := perform(t, filled(t), "check")
	if err != nil || !strings.Contains(out, `Not up to date: profile "login" was made from brand "acme" (revision 1, now 2)`) {
		t.Errorf("%v: %s", err, out)
	}
	raw, _, err := perform(t, filled(t), "check", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var report map[string]any
	if err := json.Unmarshal([]byte(raw), &report); err != nil {
		t.Fatal(err)
	}
	delete(report, "catalog_id")
	want := map[string]any{
		"objects": 2., "faults": []any{}, "dangling": []any{}, "retired": []any{},
		"outdated": []any{map[string]any{
			"profile": map[string]any{"kind": "profile", "name": "login"},
			"changed": []any{map[string]any{"ref": map[string]any{"kind": "brand", "name": "acme"}, "made_from": 1., "current": 2.}},
		}},
	}
	if !reflect.DeepEqual(report, want) {
		t.Errorf("the JSON is %s", raw)
	}
}

func TestHistoryTellsWhoDidWhat(t *testing.T) {
	out, _, err := perform(t, filled(t), "history", "brand", "acme")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"WHEN", "ann@laptop", "create", "0 → 1", "update", "1 → 2", "Acme Bank"} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in\n%s", part, out)
		}
	}
	raw, _, err := perform(t, filled(t), "history", "brand", "acme", "--json")
	if err != nil || !strings.Contains(raw, `"actor": "ann@laptop"`) || !strings.Contains(raw, `"new_revision": 2`) {
		t.Errorf("%v: %s", err, raw)
	}
	for arguments, want := range map[string]string{"history brand nobody": "has never had the brand", "history brands acme": "write brand, message_template", "history brand": "accepts 2 arg", "histry": "unknown command"} {
		if _, _, err := perform(t, filled(t), strings.Fields(arguments)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", arguments, err)
		}
	}
}

func TestADocumentIsWrittenAsApplicationsReadIt(t *testing.T) {
	t.Parallel()
	url := filled(t)
	out, notes, err := perform(t, url, "document", "login")
	if err != nil || out != documentOf(t, "login")+"\n" {
		t.Errorf("got %q, %v", out, err)
	}
	if !strings.Contains(notes, `profile "login" is not up to date with brand`) {
		t.Errorf("the operator is told %q", notes)
	}
	if out, _, err := perform(t, url, "document", "logon"); err == nil || out != "" || !strings.Contains(err.Error(), "login") {
		t.Errorf("got %q, %v, want an error that names what is near", out, err)
	}
}
