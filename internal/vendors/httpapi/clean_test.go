package httpapi

import (
	"encoding/base64"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a vendor says reaches terminals, states and logs through many doors. It
// is cleaned at the one that it comes in by.
func TestEveryStringOfAnAnswerIsClean(t *testing.T) {
	t.Parallel()
	const dirty = `a\u001b]52;c;aGk=\u0007\n\r\t\u0000\u202eb\u2066\u200bc\u009b31m\ufeff\ue000`
	const want = "a]52;c;aGk= bc31m"
	address, _ := answering(t, body(http.StatusOK, "application/json", `{"text": "`+dirty+`", "list": [{"`+dirty+`": "`+dirty+`"}], "number": 12345678901234567890, "name": "علی\u200cرضا"}`))
	var out struct {
		Text   string
		List   []map[string]Text
		Number Decimal
		Name   string
	}
	if _, err := newTestClient(t, testConfig(address)).Do(t.Context(), Call{Endpoint: readEndpoint}, &out); err != nil {
		t.Fatal(err)
	}
	squeeze := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	for _, got := range []string{out.Text, string(out.List[0][out.Text])} {
		if squeeze(got) != want || strings.ContainsAny(got, "\n\r\t\x1b") {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if out.Number != "12345678901234567890" || out.Name != "علی\u200cرضا" {
		t.Errorf("got %q and %q", out.Number, out.Name)
	}
}

func TestCleanLeavesCleanTextAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " a  b ", "Zoë", "नमस्ते", "می\u200cخواهم", "👨\u200d👩\u200d👧"} {
		if got := Clean(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestASecretIsKnownInEveryEncoding(t *testing.T) {
	t.Parallel()
	const secret = `p"a'ss/<wörd>&\ 1\"`
	hide := newRedactor([]string{secret})
	for name, quoted := range map[string]string{
		"as it is": secret, "JSON": `p\"a'ss/\u003cwörd\u003e\u0026\\ 1\\\"`, "JSON without HTML escapes": `p\"a'ss/<wörd>&\\ 1\\\"`,
		"JSON of PHP": `p\"a'ss\/<w\u00f6rd>&\\ 1\\\"`, "HTML": html.EscapeString(secret), "HTML of PHP": `p&quot;a&#039;ss/&lt;wörd&gt;&amp;\ 1\&quot;`,
		"query": url.QueryEscape(secret), "path": url.PathEscape(secret), "lower case": strings.ReplaceAll(url.QueryEscape(secret), "%C3%B6", "%c3%b6"),
		"base64": base64.StdEncoding.EncodeToString([]byte(secret)), "base64 of URLs": base64.RawURLEncoding.EncodeToString([]byte(secret)),
	} {
		if name == "lower case" {
			quoted = lowerEscapes.ReplaceAllStringFunc(url.QueryEscape(secret), strings.ToLower)
		}
		if diff := cmp.Diff("the key "+redacted+" is wrong", hide.known("the key "+quoted+" is wrong")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
