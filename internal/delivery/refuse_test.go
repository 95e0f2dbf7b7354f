package delivery_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// tree is a part of a document as plain JSON.
type tree = map[string]any

func asTree(t *testing.T) tree {
	t.Helper()
	text, err := sample().Canonical()
	if err != nil {
		t.Fatal(err)
	}
	var out tree
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func routeOf(doc tree) tree { return doc["routes"].([]any)[0].(tree) }

func callOf(doc tree, verb string) tree { return routeOf(doc)[verb].(tree) }

func TestDocumentsThatAreRefused(t *testing.T) {
	t.Parallel()
	set := func(verb, key string, value any) func(tree) {
		return func(doc tree) { callOf(doc, verb)[key] = value }
	}
	within := func(verb, group, key string, value any) func(tree) {
		return func(doc tree) { callOf(doc, verb)[group].(tree)[key] = value }
	}
	when := func(condition tree) func(tree) {
		return set("send", "outcomes", []any{tree{"outcome": "ok", "when": []any{condition}}, tree{"outcome": "unknown", "when": []any{}}})
	}
	for name, test := range map[string]struct {
		change func(tree)
		want   string
	}{
		"a later version":                     {func(d tree) { d["schema_version"], d["news"] = 2, true }, "schema_version is 2"},
		"no version":                          {func(d tree) { delete(d, "schema_version") }, "schema_version is <nil>"},
		"a vendor that is not known":          {func(d tree) { routeOf(d)["vendor"] = "nobody" }, "not a vendor"},
		"a vendor that is a pattern":          {func(d tree) { routeOf(d)["vendor"] = ".*" }, "not a vendor"},
		"a duty that is not known":            {func(d tree) { routeOf(d)["application_must_enforce"] = []any{"sing"} }, `"sing"`},
		"no send":                             {func(d tree) { routeOf(d)["send"] = nil }, "no send"},
		"no verification at all":              {func(d tree) { routeOf(d)["verify"] = nil }, "nobody verifies"},
		"verify_code without make_code":       {func(d tree) { routeOf(d)["application_must_enforce"] = []any{"verify_code"} }, "make_code"},
		"no alphabet":                         {func(d tree) { d["code"].(tree)["digits"] = false }, "code policy"},
		"no length":                           {func(d tree) { d["code"].(tree)["length"] = 0 }, "code policy"},
		"no validity":                         {func(d tree) { d["validity_seconds"] = 0 }, "validity_seconds"},
		"a host instead of a variable":        {set("send", "url", "https://evil.example/x"), "url"},
		"a host behind the variable":          {set("send", "url", "${OTP_OCTOPUSH_BASE_URL}.evil.example/x"), "url"},
		"a user behind the variable":          {set("send", "url", "${OTP_OCTOPUSH_BASE_URL}@evil.example/x"), "url"},
		"a port behind the variable":          {set("send", "url", "${OTP_OCTOPUSH_BASE_URL}:81/x"), "url"},
		"something before the variable":       {set("send", "url", " ${OTP_OCTOPUSH_BASE_URL}/x"), "url"},
		"nothing behind the variable":         {set("send", "url", "${OTP_OCTOPUSH_BASE_URL}"), "url"},
		"the base URL of another vendor":      {set("verify", "url", "${OTP_MYOTP_BASE_URL}/x"), "OTP_MYOTP_BASE_URL"},
		"a credential as base URL":            {set("verify", "url", "${OTP_OCTOPUSH_API_KEY}/x"), "OTP_OCTOPUSH_API_KEY"},
		"a placeholder in half a segment":     {set("verify", "url", "${OTP_OCTOPUSH_BASE_URL}/x/a{{code}}"), "url"},
		"a credential in the path":            {set("send", "url", "${OTP_OCTOPUSH_BASE_URL}/${OTP_OCTOPUSH_API_KEY}"), "url"},
		"a number in the path":                {set("extend", "url", "${OTP_OCTOPUSH_BASE_URL}/{{duration_seconds:number}}"), "url"},
		"a second variable in the URL":        {set("send", "url", "${OTP_OCTOPUSH_BASE_URL}/${OTP_OCTOPUSH_API_KEY}"), "url"},
		"a query in the URL":                  {set("send", "url", "${OTP_OCTOPUSH_BASE_URL}/x?y=z"), "url"},
		"a fragment in the URL":               {set("send", "url", "${OTP_OCTOPUSH_BASE_URL}/x#y"), "url"},
		"a way up in the URL":                 {set("send", "url", "${OTP_OCTOPUSH_BASE_URL}/../x"), "url"},
		"an escape in the URL":                {set("send", "url", "${OTP_OCTOPUSH_BASE_URL}/%2e%2e/x"), "url"},
		"a credential of another vendor":      {within("send", "headers", "api-key", "${OTP_MYOTP_API_KEY}"), "OTP_MYOTP_API_KEY"},
		"a variable that is none of ours":     {within("send", "fields", "x", "${AWS_SECRET_ACCESS_KEY}"), "AWS_SECRET_ACCESS_KEY"},
		"a variable hidden in by_locale":      {set("send", "by_locale", tree{"fr": tree{"x": "${HOME}"}}), "HOME"},
		"a variable hidden in resend":         {set("send", "resend", tree{"x": "${HOME}"}), "HOME"},
		"a variable with a lower-case letter": {within("send", "fields", "x", "${OTP_OCTOPUSH_eu_API_KEY}"), "OTP_OCTOPUSH_eu_API_KEY"},
		"a base URL in a field":               {within("verify", "fields", "x", "${OTP_OCTOPUSH_BASE_URL}"), "OTP_OCTOPUSH_BASE_URL"},
		"a field that is no credential":       {within("verify", "fields", "x", "${OTP_OCTOPUSH_PASSWORD}"), "OTP_OCTOPUSH_PASSWORD"},
		"a variable without end":              {within("send", "fields", "x", "${OTP_OCTOPUSH_API_KEY"), "never closed"},
		"an empty variable":                   {within("send", "fields", "x", "${}"), `""`},
		"a Host header":                       {within("send", "headers", "hOST", "evil.example"), `"hOST"`},
		"a Content-Length header":             {within("send", "headers", "content-length", "1"), "content-length"},
		"a header that is two":                {within("send", "headers", "a: b\r\nc", "d"), "header"},
		"a code as a number":                  {within("verify", "fields", "code", "{{code:number}}"), "{{code:number}}"},
		"a phone as a number":                 {within("send", "fields", "to", "{{phone_digits:number}}"), "{{phone_digits:number}}"},
		"a number in the middle of a string":  {within("extend", "fields", "x", "no {{token:number}}"), "{{token:number}}"},
		"a number in a header":                {within("extend", "headers", "x", "{{token:number}}"), "{{token:number}}"},
		"an encoding that is not known":       {set("verify", "encoding", "xml"), `"xml"`},
		"a method that is not known":          {set("verify", "method", "CONNECT"), `"CONNECT"`},
		"a null in a field":                   {within("send", "fields", "x", nil), "field x"},
		"a list in a query":                   {func(d tree) { set("send", "encoding", "query")(d); within("send", "fields", "x", []any{"y"})(d) }, "field x"},
		"a null in a list in a field":         {within("send", "fields", "x", []any{tree{"y": nil}}), "field x"},
		"a variable hidden in a list":         {within("send", "fields", "x", []any{tree{"y": "${HOME}"}}), "HOME"},
		"a name of a field that is two":       {within("send", "fields", "x\"; filename=\"y", "z"), "name of a field"},
		"no limits":                           {func(d tree) { delete(d, "limits") }, "limits is missing"},
		"limits that are null":                {func(d tree) { d["limits"] = nil }, "limits is no object"},
		"a limit that lets nobody through":    {func(d tree) { d["limits"].(tree)["per_ip_hour"] = 0 }, "per_ip_hour is 0"},
		"no wrong attempts":                   {func(d tree) { d["max_wrong_attempts"] = 0 }, "max_wrong_attempts is 0"},
		"outcomes that are null":              {set("send", "outcomes", nil), "outcomes is no list"},
		"conditions that are null":            {set("send", "outcomes", []any{tree{"outcome": "ok", "when": nil}}), "when is no list"},
		"an outcome that hides the rest":      {set("send", "outcomes", []any{tree{"outcome": "ok", "when": []any{}}, tree{"outcome": "unknown", "when": []any{}}}), "is not the last"},
		"a verify that lets everybody in":     {set("verify", "outcomes", []any{tree{"outcome": "ok", "when": []any{}}}), "let the person in"},
		"a call that is left out":             {func(d tree) { delete(routeOf(d), "verify") }, "verify is missing"},
		"a length with a fraction":            {func(d tree) { d["code"].(tree)["length"] = 6.5 }, "code.length"},
		"a key in another case":               {func(d tree) { d["Limits"] = d["limits"]; delete(d, "limits") }, "limits is missing"},
		"a profile that is a path":            {func(d tree) { d["profile"] = "../login" }, "its profile"},
		"a placeholder that nobody fills in":  {within("send", "fields", "x", "{{token}}"), "{{token}}"},
		"a code where the vendor makes it":    {within("send", "fields", "x", "{{code}}"), "{{code}}"},
		"a text where there is none":          {func(d tree) { delete(callOf(d, "send"), "texts") }, "{{text}}"},
		"a header with a line of its own":     {within("send", "headers", "x", "a\r\nb: c"), "header x"},
		"a kept value that poses as a phone":  {set("send", "keep", tree{"token": "/token", "phone_e164": "/x"}), "taken"},
		"requires of something unknown":       {func(d tree) { d["requires"] = []any{"news"} }, `"news"`},
		"requires that is no list":            {func(d tree) { d["requires"] = "news" }, "requires is no list"},
		"a fraction in a field":               {within("send", "fields", "x", 1.5), "field x"},
		"a number in a form":                  {func(d tree) { set("send", "encoding", "form")(d); within("send", "fields", "x", 1)(d) }, "field x"},
		"a boolean in a query":                {func(d tree) { set("send", "encoding", "query")(d); set("send", "resend", tree{"x": true})(d) }, "field x"},
		"texts without a default":             {set("send", "texts", tree{"fr": "{code}"}), "no default"},
		"a kept value that is no pointer":     {set("send", "keep", tree{"token": "token"}), "keep"},
		"an expected value that is not kept":  {set("verify", "expect", tree{"secret_code": "code"}), "secret_code"},
		"no outcomes":                         {set("send", "outcomes", []any{}), "outcomes"},
		"a last outcome with conditions":      {set("send", "outcomes", []any{tree{"outcome": "ok", "when": []any{tree{"http_status": []any{200}}}}}), "outcomes"},
		"an outcome that is not known":        {set("send", "outcomes", []any{tree{"outcome": "fine", "when": []any{}}}), `"fine"`},
		"an outcome of another call":          {set("verify", "outcomes", []any{tree{"outcome": "next_route", "when": []any{}}}), `"next_route" is no outcome of a verify`},
		"a condition without a form":          {when(tree{}), "none of http_status"},
		"a condition on a pointer alone":      {when(tree{"pointer": "/x"}), "none of http_status"},
		"a condition of two forms":            {when(tree{"pointer": "/x", "in": []any{1}, "prefix": "y"}), "none of http_status"},
		"a status with a pointer":             {when(tree{"pointer": "/x", "http_status": []any{200}}), "none of http_status"},
		"values without a pointer":            {when(tree{"in": []any{1}}), "none of http_status"},
		"a condition on no pointer":           {when(tree{"pointer": "x", "absent": true}), "JSON pointer"},
		"a condition on null":                 {when(tree{"pointer": "/x", "in": []any{nil}}), "/x"},
		"a negative timeout":                  {set("send", "timeout_seconds", -1), "timeout_seconds"},
		"no route":                            {func(d tree) { d["routes"] = []any{} }, "no route"},
		"a route that is no object":           {func(d tree) { d["routes"] = "none" }, "routes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := asTree(t)
			test.change(doc)
			text, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			_, err = delivery.New(string(text), delivery.Options{Vendor: vendors.Find})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "is refused") {
				t.Errorf("got %v, want a refusal that says %s", err, test.want)
			}
		})
	}
	whole, err := sample().Canonical()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"nothing": "", "no JSON": "{", "two documents": whole + whole, "a list": "[]"} {
		if _, err := delivery.New(text, delivery.Options{Vendor: vendors.Find}); err == nil {
			t.Errorf("%s: is accepted", name)
		}
	}
}

// What compile writes is what a runner reads.
// What a later release adds is ignored where that does no harm, and keeps the
// route from being used where it would.
func TestADocumentOfTheFuture(t *testing.T) {
	t.Parallel()
	doc := asTree(t)
	second := routeOf(asTree(t))
	doc["routes"] = append(doc["routes"].([]any), second)
	doc["news"], second["news"] = tree{"x": nil}, 1
	callOf(doc, "send")["requires"], callOf(doc, "send")["method"] = []any{"hedge"}, tree{"hedge": true}
	second["send"].(tree)["hint"] = []any{1.5}
	second["send"].(tree)["URL"] = "https://evil.example/x"
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	runner, err := delivery.New(string(text), delivery.Options{Vendor: vendors.Find})
	if err != nil {
		t.Fatal(err)
	}
	if serving, err := runner.RoutesFor(french); err != nil || !slices.Equal(serving, []int{1}) {
		t.Errorf("got %v, %v", serving, err)
	}
	if got := runner.Routes()[0].Requires; got != "hedge" {
		t.Errorf("the first route requires %q", got)
	}
	if _, err := runner.Send(t.Context(), 0, delivery.Recipient{Phone: french}, false); err == nil || !strings.Contains(err.Error(), `"hedge"`) {
		t.Error(err)
	}
}

func TestEveryGoldenDocumentIsAccepted(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "vendors", "testdata", "documents", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden documents: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		runner, err := delivery.New(string(text), delivery.Options{Vendor: vendors.Find})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if len(runner.Routes()) == 0 || runner.Profile() == "" {
			t.Errorf("%s: %v has %d routes", file, runner, len(runner.Routes()))
		}
	}
}
