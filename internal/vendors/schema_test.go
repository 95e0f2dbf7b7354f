package vendors_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

const schemaFile = "../../docs/document.schema.json"

func TestEveryGoldenDocumentKeepsThePublishedSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/documents/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents (%v)", err)
	}
	for _, file := range files {
		if err := schema.Validate(document(t, file)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func document(t *testing.T, file string) any {
	t.Helper()
	opened, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	}()
	tree, err := jsonschema.UnmarshalJSON(opened)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// What the schema says is kept; keys that it does not name are for applications
// to ignore.
func TestThePublishedSchemaRefusesWhatIsNoDocument(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(document map[string]any){
		"another version":            func(d map[string]any) { d["schema_version"] = json.Number("2") },
		"a host behind the variable": func(d map[string]any) { send(d)["url"] = "${OTP_OCTOPUSH_BASE_URL}.api.example/x" },
		"a way up":                   func(d map[string]any) { send(d)["url"] = "${OTP_OCTOPUSH_BASE_URL}/../x" },
		"a list in a form": func(d map[string]any) {
			send(d)["encoding"], send(d)["fields"] = "form", map[string]any{"x": []any{"y"}}
		},
		"requires of nothing":  func(d map[string]any) { d["requires"] = []any{} },
		"another resend_route": func(d map[string]any) { d["resend_route"] = "random" },
		"no limit of a phone":  func(d map[string]any) { d["limits"].(map[string]any)["per_phone_hour"] = nil },
		"no routes":            func(d map[string]any) { d["routes"] = []any{} },
		"a host in a URL":      func(d map[string]any) { send(d)["url"] = "https://api.example/x" },
		"null in a field":      func(d map[string]any) { send(d)["fields"].(map[string]any)["x"] = nil },
		"a condition of no form": func(d map[string]any) {
			send(d)["outcomes"].([]any)[0].(map[string]any)["when"] = []any{map[string]any{}}
		},
		"an unknown outcome": func(d map[string]any) { send(d)["outcomes"].([]any)[0].(map[string]any)["outcome"] = "maybe" },
		"an unknown duty":    func(d map[string]any) { route(d)["application_must_enforce"] = []any{"pray"} },
		"a call left out":    func(d map[string]any) { delete(route(d), "extend") },
	} {
		d := document(t, "testdata/documents/octopush.json").(map[string]any)
		spoil(d)
		if schema.Validate(d) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestThePublishedSchemaTakesWhatTheFormatMayGrowBy(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, grow := range map[string]func(document map[string]any){
		"keys that nobody knows": func(d map[string]any) {
			d["news"], route(d)["news"], send(d)["news"] = 1, []any{nil}, map[string]any{"x": 1.5}
		},
		"requires of document and call": func(d map[string]any) { d["requires"], send(d)["requires"] = []any{"news"}, []any{"hedge"} },
		"fields within fields": func(d map[string]any) {
			send(d)["fields"].(map[string]any)["to"] = []any{map[string]any{"phone": "{{phone_e164}}", "tries": json.Number("1")}}
		},
		"a placeholder in the path": func(d map[string]any) { send(d)["url"] = "${OTP_OCTOPUSH_BASE_URL}/to/{{phone_digits}}/send" },
	} {
		d := document(t, "testdata/documents/octopush.json").(map[string]any)
		grow(d)
		if err := schema.Validate(d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func route(d map[string]any) map[string]any { return d["routes"].([]any)[0].(map[string]any) }

func send(d map[string]any) map[string]any { return route(d)["send"].(map[string]any) }

// TestThePublishedSchemaHasTheKeysOfTheGoTypes compares names and which of
// them are always there.
func TestThePublishedSchemaHasTheKeysOfTheGoTypes(t *testing.T) {
	raw, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	type object struct {
		Properties map[string]any
		Required   []string
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &schema.object); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		object object
		value  any
	}{
		"document":  {schema.object, otp.Document{}},
		"code":      {schema.Defs["code"], otp.DocumentCode{}},
		"limits":    {schema.Defs["limits"], otp.DocumentLimits{}},
		"route":     {schema.Defs["route"], otp.DocumentRoute{}},
		"call":      {schema.Defs["call"], otp.Call{}},
		"outcome":   {schema.Defs["outcome"], otp.Outcome{}},
		"condition": {schema.Defs["condition"], otp.Condition{}},
	} {
		var names, always []string
		for i := range reflect.TypeOf(test.value).NumField() {
			key, options, _ := strings.Cut(reflect.TypeOf(test.value).Field(i).Tag.Get("json"), ",")
			names = append(names, key)
			if options != "omitempty" {
				always = append(always, key)
			}
		}
		slices.Sort(names)
		slices.Sort(always)
		required := slices.Sorted(slices.Values(test.object.Required))
		if diff := cmp.Diff(names, slices.Sorted(maps.Keys(test.object.Properties))); diff != "" {
			t.Errorf("%s: properties (-Go +schema):\n%s", name, diff)
		}
		if diff := cmp.Diff(always, required); diff != "" {
			t.Errorf("%s: required (-Go +schema):\n%s", name, diff)
		}
	}
}
