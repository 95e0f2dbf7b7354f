package delivery_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
)

var update = flag.Bool("update", false, "write the verdicts of the contract files anew; read the difference before you commit it")

// TestContract makes, by documents, every call of the contract files that a
// document can have. The documents are compiled from profiles that say what the
// file's request says, so that they must send that request, byte for byte; the
// answer must be judged and explained as the file says, and the same where the
// vendor spells its numbers and lists otherwise.
func TestContract(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		folder := filepath.Join("..", "vendors", string(operation.vendor), "testdata", "contract")
		count := 0
		for _, file := range replay.Files(t, folder) {
			if file.Operation != operation.name {
				continue
			}
			count++
			t.Run(string(operation.vendor)+"/"+file.Name, func(t *testing.T) {
				t.Parallel()
				operation.check(t, file, filepath.Join(folder, filepath.FromSlash(file.Name)+".json"))
			})
		}
		if count == 0 {
			t.Errorf("%s of %s has no contract files", operation.name, operation.vendor)
		}
	}
}

// Every call that a vendor's compiler makes has contract files.
func TestEveryCallOfADocumentHasContractFiles(t *testing.T) {
	t.Parallel()
	replayed := map[string]bool{}
	for _, operation := range operations {
		replayed[string(operation.vendor)+" "+operation.name] = true
	}
	for _, route := range []otp.Route{overOctopush, overVoice, overMyOTP, overMyOTPWA, overTelegram, overDevice, overGateway, overWhatsApp, overWay2API} {
		document, _, _ := valid(route).compile()
		made := document.Routes[0]
		known, _ := vendors.Find(route.Vendor)
		for _, call := range []*otp.Call{made.Send, made.Verify, made.Extend, made.Status} {
			if call == nil {
				continue
			}
			endpoint, found := known.Endpoint(call.Method, call.URL[strings.Index(call.URL, "}")+1:])
			if !found || !replayed[string(route.Vendor)+" "+endpoint.Operation] {
				t.Errorf("%s of %s is not replayed", call.URL, route.Vendor)
			}
		}
	}
}

func (o operation) check(t *testing.T, file replay.File, path string) {
	t.Helper()
	exact := file.Response.Bytes()
	story := o.tell(file)
	got, request := o.play(t, story, file, exact)
	want := o.wire(file, request.code)
	var unlike string
	if file.Verdict != nil {
		unlike = file.Verdict.Unlike
	}
	switch same := request.text == want; {
	case unlike == "" && !same:
		t.Errorf("request (-want +got):\n%s", cmp.Diff(want, request.text))
	case unlike != "" && same:
		t.Errorf("a document makes this very request, though %s", unlike)
	}
	if got.Outcome == "" { // the call was not made
		story = o.tell(replay.File{Operation: file.Operation})
		plan := got.Plan
		got, _ = o.play(t, story, file, exact)
		got.Plan = plan
	}
	got.Unlike = unlike
	if *update {
		write(t, path, got)
		return
	}
	if diff := cmp.Diff(file.Verdict, &got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("verdict (-want +got):\n%s", diff)
	}
	if other, differs := respelled(exact); differs {
		again, _ := o.play(t, story, file, other)
		// How many tries are left is told by a number only.
		again.Remaining, again.Plan, again.Unlike = got.Remaining, got.Plan, got.Unlike
		if diff := cmp.Diff(got, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("verdict on %s (-as documented +respelled):\n%s", other, diff)
		}
	}
}

// story is a profile and what is done with it, so that its document makes the
// request of a contract file.
type story struct {
	setup  *setup
	to     delivery.Recipient
	resend bool
	trial  bool // the vendor is asked to hand out the code
	// environment are the credentials, by variable.
	environment map[string]string
	// before is what the send is answered that comes before a later call.
	before  http.HandlerFunc
	typed   string // the code to verify
	seconds int64  // to extend by
}

// arrived is a request that arrived, and the code that the sender made for it.
type arrived struct{ text, code string }

// play makes the call of a story, answers it and says what came of it. The
// verdict has no outcome where the call was not made.
func (o operation) play(t *testing.T, s story, file replay.File, body []byte) (replay.Verdict, arrived) {
	t.Helper()
	document, _, ps := s.setup.compile()
	var got replay.Verdict
	for _, p := range ps {
		if !p.Warning {
			got.Plan = append(got.Plan, p.Summary)
		}
	}
	text, err := document.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	answers := []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range file.Response.Headers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(file.Response.Status)
		_, _ = w.Write(body)
	}}
	if s.before != nil {
		answers = slices.Insert(answers, 0, s.before)
	}
	v := newVendor(t, answers...)
	s.environment[o.vendor.Variable("", "BASE_URL")] = v.url
	runner, err := delivery.New(text, delivery.Options{
		Lookup: func(name string) (string, bool) { value, ok := s.environment[name]; return value, ok },
		Clock:  func() time.Time { return start }, Vendor: vendors.Find,
		HTTP: httpapi.Options{MaxRequestsPerSecond: 1e6},
	})
	if err != nil {
		return got, arrived{}
	}
	sent, err := s.send(t, runner)
	switch {
	case err != nil || s.before != nil && v.count() == 0:
		return got, arrived{}
	case s.before == nil:
		got.Outcome, got.Reason, got.VendorCode, got.Advice = sent.Outcome, sent.Reason, sent.VendorCode, sent.Advice
		got.MessageID, got.Cost = sent.MessageID, sent.Cost
	default:
		o.later(t, runner, s, sent.Kept, &got)
	}
	if v.count() != len(answers) {
		got.Outcome = ""
		return got, arrived{}
	}
	request := arrived{text: v.got[len(v.got)-1]}
	if o.codeField != "" {
		if found := regexp.MustCompile(`"` + o.codeField + `":"([0-9]+)"`).FindStringSubmatch(request.text); found != nil {
			request.code = found[1]
		}
	}
	return got, request
}

func (s story) send(t *testing.T, runner *delivery.Runner) (delivery.Sent, error) {
	t.Helper()
	if s.trial {
		return runner.Trial(t.Context(), 0, s.to, s.resend)
	}
	return runner.Send(t.Context(), 0, s.to, s.resend)
}

// later makes the call that comes after a send.
func (o operation) later(t *testing.T, runner *delivery.Runner, s story, kept delivery.Kept, got *replay.Verdict) {
	t.Helper()
	var err error
	switch o.verb {
	case "verify":
		var verdict delivery.Verdict
		verdict, err = runner.Verify(t.Context(), 0, kept, s.to, s.typed)
		got.Outcome, got.Reason, got.VendorCode, got.Advice, got.Remaining = verdict.Outcome, verdict.Reason, verdict.VendorCode, verdict.Advice, verdict.Remaining
	case "extend":
		var extended delivery.Extended
		extended, err = runner.Extend(t.Context(), 0, kept, s.to, s.seconds)
		got.Outcome, got.Reason, got.VendorCode, got.Advice = extended.Outcome, extended.Reason, extended.VendorCode, extended.Advice
	case "status":
		var report delivery.Report
		report, err = runner.Status(t.Context(), 0, kept, s.to)
		got.Outcome, got.Reason, got.VendorCode, got.Advice = report.Outcome, report.Reason, report.VendorCode, report.Advice
	}
	if err != nil {
		got.Outcome = ""
	}
}

// wire is the file's request as a vendor of the tests writes it down, with what a
// document says and the file leaves to the vendor.
func (o operation) wire(file replay.File, code string) string {
	fields := file.Fields()
	if o.adjust != nil {
		o.adjust(fields)
	}
	if o.codeField != "" && code != "" {
		if text, ok := fields[o.codeField].(string); ok && digits.MatchString(text) && len(text) == len(code) {
			fields[o.codeField] = code // which is new each time
		}
	}
	values := url.Values{}
	for name, value := range fields {
		values.Set(name, fmt.Sprint(value))
	}
	headers := maps.Clone(file.Request.Headers)
	line, body := file.Request.Method+" "+file.Request.Path, ""
	switch {
	case file.Request.RawBody != nil:
		body = *file.Request.RawBody
	case file.Request.Encoding == "multipart":
		headers["Content-Type"], body = multipartOf(values)
	case file.Request.Encoding == "form":
		headers["Content-Type"], body = "application/x-www-form-urlencoded", values.Encode()
	case file.Request.Method == http.MethodGet:
		line += "?" + values.Encode()
	default:
		body = canonical(fields)
	}
	var lines []string
	for name, value := range headers {
		lines = append(lines, http.CanonicalHeaderKey(name)+": "+value)
	}
	slices.Sort(lines)
	return strings.Join(slices.Concat([]string{line}, lines, []string{body}), "\n")
}

var digits = regexp.MustCompile(`^[0-9]+$`)

// canonical is JSON as documents send it.
func canonical(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err.Error()
	}
	return strings.TrimRight(out.String(), "\n")
}

func multipartOf(values url.Values) (contentType, body string) {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&out, "--BOUNDARY\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, values.Get(name))
	}
	return "multipart/form-data; boundary=BOUNDARY", out.String() + "--BOUNDARY--\r\n"
}

// respelled is an answer with its numbers as text and its lists as objects, as
// PHP may write them; false where there is none.
func respelled(body []byte) ([]byte, bool) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var tree any
	if decoder.Decode(&tree) != nil {
		return nil, false
	}
	other := canonical(respell(tree))
	return []byte(other), other != canonical(tree)
}

func respell(value any) any {
	switch value := value.(type) {
	case json.Number:
		return value.String()
	case []any:
		object := map[string]any{}
		for i, member := range value {
			object[fmt.Sprint(i)] = respell(member)
		}
		return object
	case map[string]any:
		object := map[string]any{}
		for name, member := range value {
			object[name] = respell(member)
		}
		return object
	}
	return value
}

var writtenVerdict = regexp.MustCompile(`(?s),\n  "verdict": \{.*?\n  \}`)

// write puts a verdict at the end of a contract file.
func write(t *testing.T, path string, got replay.Verdict) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var verdict bytes.Buffer
	encoder := json.NewEncoder(&verdict)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("  ", "  ")
	if err := encoder.Encode(got); err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSuffix(strings.TrimRight(writtenVerdict.ReplaceAllString(string(raw), ""), "\n"), "\n}")
	text += ",\n  \"verdict\": " + strings.TrimRight(verdict.String(), "\n") + "\n}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
