package cli

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// damage changes the tables of a catalog by hand.
func damage(t *testing.T, url string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(url, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCheckFindsDamage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ statement, fault string }{
		"view":                 {"DROP VIEW otp_profile_documents", "the catalog has lost its view otp_profile_documents: no application can read"},
		"history":              {"DROP TABLE otp_history", "the catalog has lost its table otp_history"},
		"references":           {"DROP TABLE otp_reference", "the catalog has lost its table otp_reference"},
		"objects":              {"DROP VIEW otp_profile_documents; DROP TABLE otp_reference; DROP TABLE otp_object", "the catalog has lost its table otp_object"},
		"identity":             {"DROP TABLE otp_catalog", "the catalog has lost its table otp_catalog"},
		"ID":                   {"DELETE FROM otp_catalog", "the catalog has lost its ID"},
		"spec":                 {"UPDATE otp_object SET spec = '{' WHERE kind = 'brand'", `brand "acme" has a spec that is not a JSON object`},
		"null spec":            {"UPDATE otp_object SET spec = 'null' WHERE kind = 'brand'", `brand "acme" has a spec that is not a JSON object`},
		"spec of a wrong type": {`UPDATE otp_object SET spec = '{"name":7}' WHERE kind = 'brand'`, `brand "acme" has a spec that cannot be read`},
		"spec of another":      {`UPDATE otp_object SET spec = '{"name":"other"}' WHERE kind = 'brand'`, `brand "acme" has the spec of another one`},
		"no document":          {"UPDATE otp_object SET document = '' WHERE kind = 'profile'", `profile "login" has no document`},
		"text as a document":   {"UPDATE otp_object SET document = 'hello' WHERE kind = 'profile'", `profile "login" has a document that is none`},
		"another document":     {`UPDATE otp_object SET document = replace(document, '"profile":"login"', '"profile":"other"')`, `profile "login" has the document of another profile`},
		"newer document":       {`UPDATE otp_object SET document = replace(document, '"schema_version":1', '"schema_version":2')`, `profile "login" has a document that is none`},
		"terminal":             {"UPDATE otp_object SET document = char(27) || ']52;' WHERE kind = 'profile'", `profile "login" has a document that is none`},
	} {
		url := filled(t)
		damage(t, url, test.statement)
		out, _, err := perform(t, url, "check")
		if Report(err) != exitFaults || !strings.Contains(out, "FAULT  "+test.fault) || strings.ContainsRune(out, 27) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		out, _, err = perform(t, url, "check", "--json")
		var report catalog.Report
		if bad := json.Unmarshal([]byte(out), &report); bad != nil || Report(err) != exitFaults || len(report.Faults) == 0 || report.Sound() {
			t.Errorf("%s: %v, %v\n%s", name, err, bad, out)
		}
	}
}

func TestCheckTellsFaultsFromNoCatalog(t *testing.T) {
	t.Parallel()
	nowhere := "sqlite:" + filepath.Join(t.TempDir(), "none.db")
	if _, _, err := perform(t, nowhere, "check"); Report(err) != exitNotMade {
		t.Error(err)
	}
	if _, _, err := perform(t, filled(t), "check"); Report(err) != 0 {
		t.Error(err)
	}
}

func TestWithJSONAnErrorIsJSONToo(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.json")
	if err := os.WriteFile(empty, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	nowhere := "sqlite:" + filepath.Join(t.TempDir(), "none.db")
	for _, test := range []struct {
		url  string
		args []string
	}{
		{nowhere, []string{"check"}},
		{nowhere, []string{"export"}},
		{nowhere, []string{"history", "brand", "acme"}},
		{nowhere, []string{"import", empty}},
		{nowhere, []string{"import", empty + ".missing"}},
		{"mysql:x", []string{"check"}},
		{filled(t), []string{"history", "brands", "acme"}},
		{filled(t), []string{"history", "brand", "nobody"}},
	} {
		out, _, err := perform(t, test.url, append(test.args, "--json")...)
		var answer struct{ Error string }
		if bad := json.Unmarshal([]byte(out), &answer); bad != nil || Report(err) != exitNotMade || answer.Error == "" || !strings.HasPrefix(err.Error(), answer.Error) {
			t.Errorf("%v: %v, %v\n%s", test.args, err, bad, out)
		}
	}
}

func TestImportRefusesAnExportThatIsNotWhole(t *testing.T) {
	t.Parallel()
	export, _, err := perform(t, filled(t), "export")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(export map[string]any)
		words  string
	}{
		"no objects":         {func(e map[string]any) { delete(e, "objects") }, "objects or its history are missing"},
		"null as history":    {func(e map[string]any) { e["history"] = nil }, "objects or its history are missing"},
		"an object less":     {func(e map[string]any) { e["objects"] = e["objects"].([]any)[:1] }, `profile "login" is missing`},
		"none of them":       {func(e map[string]any) { e["objects"] = []any{} }, "is missing, which its history does not delete"},
		"text as a document": {func(e map[string]any) { last(e)["document"] = "hello" }, `profile "login" has a document that is none`},
		"no document":        {func(e map[string]any) { delete(last(e), "document") }, `profile "login" has no document`},
		"another spec":       {func(e map[string]any) { last(e)["spec"] = `{"name":"other"}` }, `profile "login" has the spec of another one`},
		"list as a spec":     {func(e map[string]any) { last(e)["spec"] = `[]` }, `profile "login" has a spec that is not a JSON object`},
		"retired by hand": {func(e map[string]any) {
			last(e)["retired_at"], last(e)["retired_by"] = "2026-01-02T03:04:05Z", "somebody"
		}, "is retired or live, and its history ends otherwise"},
	} {
		var changed map[string]any
		if err := json.Unmarshal([]byte(export), &changed); err != nil {
			t.Fatal(err)
		}
		test.change(changed)
		raw, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		directory := t.TempDir()
		if err := os.WriteFile(filepath.Join(directory, "catalog.json"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		place := filepath.Join(directory, "catalog.db")
		_, _, err = perform(t, "sqlite:"+place, "import", filepath.Join(directory, "catalog.json"))
		if err == nil || !strings.Contains(err.Error(), test.words) || !strings.Contains(err.Error(), "Nothing was written") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(place); err == nil {
			t.Errorf("%s: a catalog was made", name)
		}
	}
}

// last is the last object of an export, its profile.
func last(export map[string]any) map[string]any {
	objects := export["objects"].([]any)
	return objects[len(objects)-1].(map[string]any)
}
