package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

const guidePath = "../../templates/guides/sandbox.md.tmpl"

type listed struct {
	Method, Path, Summary string
	Body, Answer          json.RawMessage
}

func (l listed) call() string { return l.Method + " " + l.Path }

// theList is what /_sandbox/ says of itself.
func theList(t *testing.T, s *sandbox.Server) []listed {
	t.Helper()
	var list []listed
	sandboxtest.Must(t, json.Unmarshal([]byte(sandboxtest.Get(t, s, "/_sandbox/").Raw), &list))
	if len(list) < 30 {
		t.Fatalf("the list has %d paths", len(list))
	}
	return list
}

func guide(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(guidePath)
	sandboxtest.Must(t, err)
	return string(raw)
}

// What is listed is served, is answered as its example says, and nothing else
// is served.
func TestTheControlInterfaceIsAsItIsListed(t *testing.T) {
	t.Parallel()
	for _, path := range theList(t, sandboxtest.Open(t, sandbox.Options{})) {
		t.Run(path.call(), func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.Open(t, sandbox.Options{})
			sent := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone}).Text("message_id")
			sandboxtest.Must(t, s.Fail(sandbox.RateLimited("octopush", "otp_generate", "2")))
			token := sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.link", sandboxtest.Params{"sid": "1"}))
			// What an example cannot know.
			actual := strings.NewReplacer("{number}", "1", "{token}", token, "3f2a…", token, "9f86d0…", sandboxtest.SupportUnique, "3f0c1d2e-…", sent)
			body := actual.Replace(string(path.Body))
			if path.Path == "/_sandbox/androidapi/device" {
				body = strings.ReplaceAll(body, sandboxtest.SupportUnique, sandboxtest.CounterPhone)
			}
			if media := strings.Trim(string(path.Answer), `"`); media == "text/event-stream" || media == "image/png" {
				request, err := http.NewRequestWithContext(t.Context(), path.Method, s.URL()+actual.Replace(path.Path), nil)
				sandboxtest.Must(t, err)
				answer, err := sandboxtest.Client(t).Do(request)
				sandboxtest.Must(t, err)
				sandboxtest.Must(t, answer.Body.Close()) // a stream never ends by itself
				if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != media {
					t.Errorf("HTTP status %d, %s", answer.StatusCode, answer.Header.Get("Content-Type"))
				}
				return
			}
			var ask any
			if body != "" {
				ask = json.RawMessage(body)
			}
			got, err := sandboxtest.Send(t, path.Method, s.URL()+actual.Replace(path.Path), nil, ask)
			sandboxtest.Must(t, err)
			if got.Status != http.StatusOK {
				t.Fatalf("HTTP status %d: %s", got.Status, got.Raw)
			}
			var answer, example any
			sandboxtest.Must(t, json.Unmarshal([]byte(got.Raw), &answer))
			sandboxtest.Must(t, json.Unmarshal(path.Answer, &example))
			for _, difference := range differences("answer", answer, example) {
				t.Error(difference)
			}
		})
	}
}

func TestNothingIsServedThatIsNotListed(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	served := map[string]bool{}
	for _, path := range theList(t, s) {
		if served[path.call()] {
			t.Errorf("%s is listed twice", path.call())
		}
		if served[path.call()] = true; path.Summary == "" || (path.Method == http.MethodGet && path.Body != nil) {
			t.Errorf("%s is not described", path.call())
		}
	}
	for _, path := range theList(t, s) {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if served[method+" "+path.Path] {
				continue
			}
			got, err := sandboxtest.Send(t, method, s.URL()+strings.NewReplacer("{number}", "1", "{token}", "none").Replace(path.Path), nil, nil)
			sandboxtest.Must(t, err)
			if got.Status != http.StatusNotFound || got.Text("error") == "" {
				t.Errorf("%s %s is not listed, and is answered with HTTP status %d", method, path.Path, got.Status)
			}
		}
	}
}

// differences are what an answer has and its example does not, or otherwise.
func differences(where string, answer, example any) []string {
	switch answer := answer.(type) {
	case map[string]any:
		want, ok := example.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is an object, and in the example %T", where, example)}
		}
		var out []string
		for name, value := range answer {
			if where == "answer[]" && (name == "answer" || name == "body") {
				continue // of the list: each is looked at by itself
			}
			shown, known := want[name]
			switch {
			case known:
				out = append(out, differences(where+"."+name, value, shown)...)
			case strings.HasSuffix(where, ".headers") || strings.HasSuffix(where, ".query") || strings.HasPrefix(name, "OTP_"):
				// whatever was sent, and every vendor's variables
			case name == "panel" && strings.HasPrefix(where, "answer.vendors"):
				// what only one vendor has, for the page alone
			default:
				out = append(out, where+"."+name+" is not in the example")
			}
		}
		return out
	case []any:
		want, ok := example.([]any)
		if !ok {
			return []string{fmt.Sprintf("%s is a list, and in the example %T", where, example)}
		}
		var out []string
		for _, element := range answer {
			if len(want) == 0 {
				return []string{where + " is empty in the example"}
			}
			like := func(example any) bool { return len(differences(where+"[]", element, example)) == 0 }
			if !slices.ContainsFunc(want, like) {
				out = append(out, differences(where+"[]", element, want[0])...)
			}
		}
		return out
	}
	if example != nil && fmt.Sprintf("%T", answer) != fmt.Sprintf("%T", example) {
		return []string{fmt.Sprintf("%s is %T, and in the example %T", where, answer, example)}
	}
	return nil
}

// The guide has every path, its body and its answer.
func TestTheGuideHasTheControlInterface(t *testing.T) {
	t.Parallel()
	text := guide(t)
	// Answers that are too long for a table, and what the guide calls them.
	long := map[string]string{
		"GET /_sandbox/":                    "this list",
		"GET /_sandbox/messages":            "a list of messages",
		"GET /_sandbox/messages/{number}":   "[a message with its calls](#a-message-with-its-calls)",
		"GET /_sandbox/requests":            "a list of calls",
		"GET /_sandbox/vendors":             "a list of vendors, with `served` and `not_served`",
		"GET /_sandbox/view":                "what the page shows; it changes with the page",
		"GET /_sandbox/environment":         "names and values",
		"POST /_sandbox/faults":             "the faults that are still to come",
		"GET /_sandbox/androidapi/accounts": "a list of accounts, with `phone`, `unique` and `status`",
	}
	var rows, inGuide []string
	for _, path := range theList(t, sandboxtest.Open(t, sandbox.Options{})) {
		body, answer := "", "`"+string(path.Answer)+"`"
		switch media := strings.Trim(string(path.Answer), `"`); {
		case long[path.call()] != "":
			answer = long[path.call()]
		case media == "text/event-stream" || media == "image/png":
			answer = "`" + media + "`"
		case strings.HasSuffix(path.Path, "/account"):
			answer = "credits, prices and so on, as the state file keeps them"
		case string(path.Answer) == string(path.Body):
			answer = "the body"
		}
		if path.Body != nil {
			body = "`" + string(path.Body) + "`"
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |", path.call(), path.Summary, body, answer))
		if path.call() == "GET /_sandbox/messages/{number}" {
			var example strings.Builder
			encoder := json.NewEncoder(&example)
			encoder.SetIndent("", "  ")
			encoder.SetEscapeHTML(false)
			sandboxtest.Must(t, encoder.Encode(path.Answer))
			if block := "```json\n" + example.String() + "```"; !strings.Contains(text, "### A message with its calls\n\n"+block) {
				t.Errorf("the guide does not have, below the heading \"A message with its calls\":\n%s", block)
			}
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "| `") && strings.Contains(line, " /_sandbox/") {
			inGuide = append(inGuide, strings.TrimSpace(line))
		}
	}
	if !slices.Equal(rows, inGuide) {
		t.Errorf("the guide's table is not what is listed, which is:\n%s", strings.Join(rows, "\n"))
	}
}

// The examples of the guide, one after the other, in a shell.
func TestTheExamplesOfTheGuideDoWhatTheySay(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("%v. The examples of the guide are NOT tested.", err)
	}
	_, rest, _ := strings.Cut(guide(t), "box=http://127.0.0.1:8484/_sandbox\n")
	examples, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the guide has no examples")
	}
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", func() sandboxtest.Fields {
		body := sandboxtest.OctopushBody()
		body["phone_number"] = "+33612345678"
		return body
	}())
	code := sandboxtest.Last(t, s.Messages()).Code
	token := sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.link", sandboxtest.Params{"sid": "1"}))
	fault := func(want sandbox.Fault) func(string) bool {
		return func(string) bool {
			faults := s.Faults()
			got := faults[len(faults)-1]
			return got.Vendor == want.Vendor && got.Operation == want.Operation && got.Kind == want.Kind && got.Status == want.Status &&
				got.DelayMilliseconds == want.DelayMilliseconds && got.Headers["Retry-After"] == want.Headers["Retry-After"] && strings.Contains(got.Body, want.Body)
		}
	}
	proofs := map[string]func(printed string) bool{
		"Fail the next send.":                fault(sandbox.Fault{Vendor: "myotp", Operation: "generate_otp", Kind: sandbox.Answer, Status: 500}),
		"Be slow.":                           fault(sandbox.Fault{Vendor: "octopush", Kind: sandbox.Delay, DelayMilliseconds: 5000}),
		"Answer 429, and when to come back.": fault(sandbox.Fault{Vendor: "way2api", Kind: sandbox.Answer, Status: 429, Headers: map[string]string{"Retry-After": "2"}}),
		"Answer a page, as gateways do.":     fault(sandbox.Fault{Kind: sandbox.Answer, Status: 502, Body: "<h1>"}),
		"Send, and drop the connection before the answer.": func(string) bool {
			return fault(sandbox.Fault{Vendor: "myotp", Kind: sandbox.DropAfter})("") && len(s.Faults()) == 5
		},
		"Drop all faults.": func(string) bool { return len(s.Faults()) == 0 },
		"Read what was sent to a phone, and wait up to ten seconds for it.": func(printed string) bool { return strings.Contains(printed, `"code":"`+code+`"`) },
		"Let ten minutes pass.": func(string) bool { return s.Now().Equal(sandboxtest.Start.Add(10 * time.Minute)) },
		"Scan the QR code of a link; its token is in $box/androidapi/links.": func(string) bool {
			accounts := androidapi.At(s).WhatsAppAccounts()
			return accounts[len(accounts)-1].Phone == "+923007778899"
		},
		"Take a device offline.": func(string) bool {
			return slices.Contains(sandboxtest.Account(t, androidapi.At(s).Account).OfflineDevices, sandboxtest.CounterPhone)
		},
		"Leave no money at a vendor.": func(string) bool { return sandboxtest.Account(t, myotp.At(s).Account).Balance == 0 },
		"Forget everything.":          func(string) bool { return len(s.Messages()) == 0 && s.Now().Equal(sandboxtest.Start) },
	}
	done := 0
	for _, example := range strings.Split(strings.TrimSpace(examples), "\n# ") {
		title, command, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(example), "# "), "\n")
		proof, known := proofs[title]
		if !known {
			t.Errorf("nothing proves the example %q", title)
			continue
		}
		if strings.Contains(command, "/androidapi/scan") {
			command = strings.ReplaceAll(command, "TOKEN", token)
		}
		shell := exec.CommandContext(t.Context(), "sh", "-euc", "curl() { command curl --silent --show-error --fail-with-body \"$@\"; }\nbox="+s.URL()+"/_sandbox\n"+command)
		printed, err := shell.CombinedOutput()
		if err != nil || !proof(string(printed)) {
			t.Errorf("%s: %v\n%s\n%s", title, err, command, printed)
		}
		done++
	}
	if done != len(proofs) {
		t.Errorf("the guide has %d examples of %d", done, len(proofs))
	}
}
