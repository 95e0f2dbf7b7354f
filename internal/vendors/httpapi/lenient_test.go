package httpapi

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLenientValues(t *testing.T) {
	t.Parallel()
	type values struct {
		Text    Text    `json:"text"`
		Int     Int     `json:"int"`
		Decimal Decimal `json:"decimal"`
		Bool    Bool    `json:"bool"`
		Code    Secret  `json:"code"`
	}
	tests := map[string]struct {
		raw  string
		want values
		bad  bool
	}{
		"as documented":          {`{"text":"a","int":7,"decimal":37.50,"bool":true,"code":"0471"}`, values{"a", 7, "37.5", true, NewSecret("0471")}, false},
		"in quotes":              {`{"int":"7","decimal":"37.5","bool":"true"}`, values{"", 7, "37.5", true, Secret{}}, false},
		"numbers for text":       {`{"text":14155550123,"code":482913}`, values{Text: "14155550123", Code: NewSecret("482913")}, false},
		"null":                   {`{"text":null,"decimal":null,"bool":null,"code":null}`, values{}, false},
		"0 and 1":                {`{"bool":1}`, values{Bool: true}, false},
		"an integer as a float":  {`{"int":7.0}`, values{Int: 7}, false},
		"an exponent":            {`{"decimal":1.5e3,"int":2E2}`, values{Decimal: "1500", Int: 200}, false},
		"a small exponent":       {`{"decimal":-25e-3}`, values{Decimal: "-0.025"}, false},
		"exact, never rounded":   {`{"decimal":0.1000000000000000055511151231}`, values{Decimal: "0.1000000000000000055511151231"}, false},
		"a fraction for an int":  {`{"int":7.5}`, values{}, true},
		"words for an int":       {`{"int":"many"}`, values{}, true},
		"null for an int":        {`{"int":null}`, values{}, true},
		"an int out of range":    {`{"int":9223372036854775808}`, values{}, true},
		"words for a decimal":    {`{"decimal":"1,50"}`, values{}, true},
		"an enormous exponent":   {`{"decimal":1e999999999}`, values{}, true},
		"words for a boolean":    {`{"bool":"perhaps"}`, values{}, true},
		"an object for text":     {`{"text":{}}`, values{}, true},
		"a list for a secret":    {`{"code":["482913"]}`, values{}, true},
		"a hexadecimal decimal":  {`{"decimal":"0x10"}`, values{}, true},
		"not a number, in words": {`{"decimal":"NaN"}`, values{}, true},
	}
	for name, test := range tests {
		var got values
		err := json.Unmarshal([]byte(test.raw), &got)
		if (err != nil) != test.bad || !test.bad && got != test.want {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, test.want)
		}
	}
}

func TestLenientTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 9, 2, 3, 2, 1, 0, time.UTC)
	for raw, test := range map[string]struct {
		moment time.Time
		text   string
	}{
		`"2026-09-02T03:02:01Z"`:      {want, "2026-09-02T03:02:01Z"},
		`"2026-09-02T03:02:01.000Z"`:  {want, "2026-09-02T03:02:01Z"},
		`"2026-09-02T05:02:01+02:00"`: {want, "2026-09-02T03:02:01Z"},
		`"2026-09-02T03:02:01"`:       {want, "2026-09-02T03:02:01Z"},
		`"2026-09-02 03:02:01"`:       {want, "2026-09-02T03:02:01Z"},
		`"next Tuesday"`:              {time.Time{}, "next Tuesday"},
		`1788318121`:                  {want, "2026-09-02T03:02:01Z"},
		`"1788318121000"`:             {want, "2026-09-02T03:02:01Z"},
		`20260902030201`:              {time.Time{}, "20260902030201"},
		`-5`:                          {time.Time{}, "-5"},
		`null`:                        {time.Time{}, ""},
	} {
		var got Time
		if err := json.Unmarshal([]byte(raw), &got); err != nil || !got.Equal(test.moment) || got.String() != test.text {
			t.Errorf("%s: got %s, %v", raw, got, err)
		}
		if again, err := json.Marshal(got); err != nil || string(again) != `"`+test.text+`"` {
			t.Errorf("%s: written as %s, %v", raw, again, err)
		}
	}
}

// TestDecimalHasOneSpelling: the same value, however a vendor formats it.
func TestDecimalHasOneSpelling(t *testing.T) {
	t.Parallel()
	read := func(raw string) Decimal {
		var d Decimal
		if err := json.Unmarshal([]byte(raw), &d); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		return d
	}
	for raw, want := range map[string]Decimal{
		"996": "996", "996.0": "996", `"996.00"`: "996", `"0996.50"`: "996.5", "0": "0", "0.0": "0", `"-0.00"`: "0", "-1.50": "-1.5",
		"1e3": "1000", "1.50e1": "15", "0e0": "0", "100": "100", `"0.10"`: "0.1", `""`: "", "null": "",
	} {
		if got := read(raw); got != want {
			t.Errorf("%s became %q, want %q", raw, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,12})?`).Draw(t, "number")
		zeros := rapid.StringMatching(`0{0,5}`).Draw(t, "zeros")
		longer := number + zeros
		if !strings.Contains(number, ".") {
			longer = number + "." + zeros + "0"
		}
		plain, padded := read(number), read(`"`+longer+`"`)
		before, ok := new(big.Rat).SetString(number)
		after, fine := new(big.Rat).SetString(string(plain))
		if plain != padded || !ok || !fine || before.Cmp(after) != 0 {
			t.Fatalf("%s became %s, %s became %s", number, plain, longer, padded)
		}
	})
}
