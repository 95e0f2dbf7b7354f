package tf

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"
)

// thing has every shape that a noun's spec has.
type thing struct {
	Name    string            `json:"name"`
	Count   *int64            `json:"count,omitempty"`
	On      *bool             `json:"on,omitempty"`
	Words   map[string]string `json:"words,omitempty"`
	Tags    []string          `json:"tags,omitempty"` // a set
	Nested  *nested           `json:"nested,omitempty"`
	Entries []nested          `json:"entries,omitempty"`
}

type nested struct {
	Text  string            `json:"text,omitempty"`
	Words map[string]nested `json:"words,omitempty"`
}

func nestedType(depth int) tftypes.Object {
	attributes := map[string]tftypes.Type{"text": tftypes.String}
	if depth > 0 {
		attributes["words"] = tftypes.Map{ElementType: nestedType(depth - 1)}
	}
	return tftypes.Object{AttributeTypes: attributes}
}

var thingType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"name":     tftypes.String,
	"count":    tftypes.Number,
	"on":       tftypes.Bool,
	"words":    tftypes.Map{ElementType: tftypes.String},
	"tags":     tftypes.Set{ElementType: tftypes.String},
	"nested":   nestedType(1),
	"entries":  tftypes.List{ElementType: nestedType(1)},
	"computed": tftypes.String,
}}

func TestWhatIsStoredComesBack(t *testing.T) {
	t.Parallel()
	text := rapid.StringN(0, 8, -1)
	leaf := rapid.Custom(func(t *rapid.T) nested {
		n := nested{Text: text.Draw(t, "text")}
		if rapid.Bool().Draw(t, "has words") {
			n.Words = map[string]nested{text.Draw(t, "key"): {Text: text.Draw(t, "value")}}
		}
		return n
	})
	rapid.Check(t, func(t *rapid.T) {
		want := thing{Name: text.Draw(t, "name")}
		if rapid.Bool().Draw(t, "has count") {
			want.Count = new(rapid.Int64().Draw(t, "count"))
		}
		if rapid.Bool().Draw(t, "has on") {
			want.On = new(rapid.Bool().Draw(t, "on"))
		}
		if rapid.Bool().Draw(t, "has words") {
			want.Words = rapid.MapOfN(text, text, 1, 3).Draw(t, "words")
		}
		if rapid.Bool().Draw(t, "has nested") {
			want.Nested = new(leaf.Draw(t, "nested"))
		}
		want.Entries = rapid.SliceOfN(leaf, 1, 3).Draw(t, "entries")

		spec, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		value, err := toTerraform(thingType, spec, map[string]any{"computed": "x"})
		if err != nil {
			t.Fatal(err)
		}
		got, unknowns, err := toDomain[thing](value, "computed")
		if err != nil || unknowns != nil {
			t.Fatalf("%v, unknown %v", err, unknowns)
		}
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if string(again) != string(spec) {
			t.Fatalf("%s came back as %s", spec, again)
		}
	})
}

func TestSetsAreSorted(t *testing.T) {
	t.Parallel()
	value := objectWith(t, "tags", tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{
		tftypes.NewValue(tftypes.String, "PK"), tftypes.NewValue(tftypes.String, "FR"), tftypes.NewValue(tftypes.String, "IN"),
	}))
	got, _, err := toDomain[thing](value, "computed")
	if err != nil || strings.Join(got.Tags, " ") != "FR IN PK" {
		t.Errorf("got %v (%v)", got.Tags, err)
	}
}

func objectWith(t *testing.T, name string, value tftypes.Value) tftypes.Value {
	t.Helper()
	members := map[string]tftypes.Value{}
	for attribute, kind := range thingType.AttributeTypes {
		members[attribute] = tftypes.NewValue(kind, nil)
	}
	members["computed"] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	members[name] = value
	return tftypes.NewValue(thingType, members)
}

func TestUnknownValuesAreNotedWithTheirPath(t *testing.T) {
	t.Parallel()
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	entry := func(text tftypes.Value) tftypes.Value {
		return tftypes.NewValue(nestedType(1), map[string]tftypes.Value{
			"text": text, "words": tftypes.NewValue(tftypes.Map{ElementType: nestedType(0)}, nil),
		})
	}
	for name, test := range map[string]struct {
		attribute string
		value     tftypes.Value
		want      string
	}{
		"string":        {"name", unknown, "[name]"},
		"whole list":    {"entries", tftypes.NewValue(tftypes.List{ElementType: nestedType(1)}, tftypes.UnknownValue), "[entries]"},
		"map entry":     {"words", tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"fr": unknown}), `[words["fr"]]`},
		"element part":  {"entries", tftypes.NewValue(tftypes.List{ElementType: nestedType(1)}, []tftypes.Value{entry(tftypes.NewValue(tftypes.String, "a")), entry(unknown)}), "[entries[1].text]"},
		"set element":   {"tags", tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{unknown}), "[tags[0]]"},
		"computed only": {"name", tftypes.NewValue(tftypes.String, "x"), "[]"},
	} {
		_, unknowns, err := toDomain[thing](objectWith(t, test.attribute, test.value), "computed")
		if err != nil || fmt.Sprint(unknowns) != test.want {
			t.Errorf("%s: got %v (%v), want %s", name, unknowns, err, test.want)
		}
	}
}

func TestASpecOfANewerReleaseIsReadAsFarAsItIsUnderstood(t *testing.T) {
	t.Parallel()
	value, err := toTerraform(thingType, json.RawMessage(`{"name":"x","later":{"a":1}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := toDomain[thing](value, "computed")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(thing{Name: "x"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestASpecOfAnotherShapeIsAnError(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{`{"name":{}}`, `{"words":[]}`, `{"tags":"FR"}`, `{"count":"1"}`, `{"entries":[1]}`, `[]`, `{`} {
		if _, err := toTerraform(thingType, json.RawMessage(spec), nil); err == nil {
			t.Errorf("%s was accepted", spec)
		}
	}
}
