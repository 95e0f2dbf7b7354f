package catalog

import (
	"encoding/json"
	"testing"
)

func TestSameJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		same bool
	}{
		{`{"a":1,"b":[true,null,"x"]}`, "{ \"b\": [true, null, \"x\"],\n\"a\": 1 }", true},
		{`"\u00e9"`, `"é"`, true},
		{`1`, `1.0`, true},
		{`100`, `1e2`, true},
		{`9007199254740993`, `9007199254740993`, true},
		{`9007199254740993`, `9007199254740992`, false},
		{`9007199254740993`, `9007199254740992.0`, false},
		{`1e400`, `1e401`, false},
		{`1`, `"1"`, false},
		{`1`, `true`, false},
		{`null`, `false`, false},
		{`{}`, `[]`, false},
		{`{"a":null}`, `{}`, false},
		{`{"a":null}`, `{"b":null}`, false},
		{`{"a":1}`, `{"a":2}`, false},
		{`[1,2]`, `[2,1]`, false},
		{`[1]`, `[1,1]`, false},
		{`[[1]]`, `[["1"]]`, false},
		{`"a"`, `"A"`, false},
		{`{`, `{}`, false},
		{`{}`, `{`, false},
	}
	for _, test := range tests {
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			if got := sameJSON(json.RawMessage(pair[0]), json.RawMessage(pair[1])); got != test.same {
				t.Errorf("sameJSON(%s, %s) = %t, want %t", pair[0], pair[1], got, test.same)
			}
		}
	}
}
