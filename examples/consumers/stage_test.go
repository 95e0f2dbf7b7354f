package consumers_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	store "github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// story is a profile, compiled into a real catalog, and what an application
// does with it while the vendors are a sandbox.
type story struct {
	name     string
	ways     []string // the routes, in order of preference
	profile  func(*otp.Profile)
	settings sandbox.Settings
	random   io.Reader // of the sandbox; nil: real
	env      func(map[string]string)
	phone    string // "": that of the first way
	acts     []act
}

// act is one run of a consumer, and what is seen of it on both sides.
type act struct {
	given func(*sandbox.Server) error // what changes at the vendors before
	drift int                         // seconds that pass for the vendors alone before
	later int                         // seconds that pass for everybody before
	// do is the command. CODE stands for the code that the phone got last, OLD
	// for the one before, WRONG for one it never got; CODE@PHONE is another
	// phone's. The phone is the story's unless it is the second word.
	do      string
	want    string // the result, as result.String writes it; "" where a fault ends the program
	calls   string // the requests that the vendors see, exactly these
	arrives string // the way whose message arrives, "/es" behind it: in Spanish; "": none
	message string // the message that arrives, where it is no way's own
	body    string // a part of the last request's body
	problem string // what the sandbox has against the requests
	stderr  string // a part of it; "": only what is said of refused routes
}

// result is what the consumers print.
type result struct {
	Outcome    string   `json:"outcome"`
	Route      *int     `json:"route"`
	Vendor     string   `json:"vendor"`
	Channel    string   `json:"channel"`
	Answer     string   `json:"answer"`
	Remaining  *int     `json:"remaining"`
	RetryAfter int      `json:"retry_after_seconds"`
	Refused    []result `json:"refused"`
}

// String is the result on a line: "wrong_code 0 HTTP 400, 2 left", or "ok 1
// HTTP 200 after 0 HTTP 403".
func (r result) String() string {
	line := r.Outcome
	if r.Route != nil {
		line += fmt.Sprintf(" %d", *r.Route)
	}
	if r.Answer != "" {
		line += " " + r.Answer
	}
	if r.Remaining != nil {
		line += fmt.Sprintf(", %d left", *r.Remaining)
	}
	for _, refused := range r.Refused {
		line += strings.Replace(" after "+refused.String(), " after next_route", " after", 1)
	}
	return line
}

// exitCodes are those of the README; 2 for every other outcome.
var exitCodes = map[string]int{
	"ok": 0, "pending": 0, "already_active": 0, "delivered": 0, "stop": 3, "next_route": 3, "unknown": 4, "unavailable": 4,
}

// perform plays stories on both consumers, each with a sandbox of its own. They
// share a catalog, which the consumers only read.
func perform(t *testing.T, stories []story) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "catalog.db")
	profiles := fill(t, "sqlite:"+path, stories)
	for i, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			// Every story on the first, and in turn on the others, which the conformance
			// cases hold to the same.
			for _, language := range []string{languages[0], languages[1+i%(len(languages)-1)]} {
				server := sandbox.StartForTest(t, sandbox.Options{Settings: s.settings, Random: s.random})
				newStage(t, available(t, language), server, path, s, profiles[i]).play(t, s.acts)
			}
		})
	}
}

// fill writes a brand, a message template, the sender IDs and a profile for
// each story into the catalog at url, in the way the provider does.
func fill(t *testing.T, url string, stories []story) []otp.Profile {
	t.Helper()
	catalog, err := store.Open(url, store.WithActor("test"))
	if err != nil {
		t.Fatal(err)
	}
	compilers := vendors.Compilers()
	problems := append(acme.Check(), compilers.CheckTemplate(signIn)...)
	create(t, catalog, store.Brand, acme.Name, acme)
	create(t, catalog, store.MessageTemplate, signIn.Name, signIn)
	for _, sender := range senders {
		problems = append(problems, compilers.CheckSender(sender)...)
		create(t, catalog, store.SenderID, sender.Name, sender)
	}
	var profiles []otp.Profile
	for i, s := range stories {
		p := otp.Profile{Name: fmt.Sprintf("story-%d", i), Brand: acme.Name, Template: signIn.Name}
		for _, name := range s.ways {
			way, ok := ways[name]
			if !ok {
				t.Fatalf("%s: no way %q", s.name, name)
			}
			p.Routes = append(p.Routes, way.route)
		}
		if s.profile != nil {
			s.profile(&p)
		}
		if _, err := catalog.Create(t.Context(), compiled(t, p)); err != nil {
			t.Fatalf("%s: %s", s.name, err)
		}
		problems = append(problems, p.Check()...)
		profiles = append(profiles, p)
	}
	if problems.Failed() {
		t.Fatal(problems.Error())
	}
	if err := catalog.Close(); err != nil {
		t.Fatal(err)
	}
	return profiles
}

func create(t *testing.T, catalog *store.Store, kind store.Kind, name string, object any) {
	t.Helper()
	if _, err := catalog.Create(t.Context(), store.Write{Ref: store.Ref{Kind: kind, Name: name}, Spec: spec(t, object)}); err != nil {
		t.Fatal(err)
	}
}

func spec(t *testing.T, object any) json.RawMessage {
	t.Helper()
	encoded, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// compiled is the write of a profile; its document is made from what the
// catalog holds.
func compiled(t *testing.T, p otp.Profile) store.Write {
	t.Helper()
	refs := []store.Ref{{Kind: store.Brand, Name: p.Brand}, {Kind: store.MessageTemplate, Name: p.Template}}
	for _, route := range p.Routes {
		ref := store.Ref{Kind: store.SenderID, Name: route.SenderID}
		if route.SenderID != "" && !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	compile := func(get func(store.Ref) (store.Object, error)) (string, error) {
		made := otp.References{Brand: &otp.Brand{}, Template: &otp.MessageTemplate{}, Senders: map[string]*otp.SenderID{}}
		for _, ref := range refs {
			object, err := get(ref)
			if err != nil {
				return "", err
			}
			var into any = made.Brand
			switch ref.Kind {
			case store.MessageTemplate:
				into = made.Template
			case store.SenderID:
				made.Senders[ref.Name] = &otp.SenderID{}
				into = made.Senders[ref.Name]
			}
			if err := json.Unmarshal(object.Spec, into); err != nil {
				return "", err
			}
		}
		document, complete, problems := vendors.Compilers().Compile(p, made)
		if !complete || problems.Failed() {
			return "", fmt.Errorf("complete: %t; %w", complete, problems)
		}
		return document.Canonical()
	}
	return store.Write{Ref: store.Ref{Kind: store.Profile, Name: p.Name}, Spec: spec(t, p), References: refs, Compile: compile}
}

// stage is where a story is played: a bench whose vendors are a sandbox.
type stage struct {
	*bench
	sandbox *sandbox.Server
	profile otp.Profile
	phone   string
	options []string

	requests, messages int // that were seen so far
}

func newStage(t *testing.T, c *consumer, server *sandbox.Server, catalog string, s story, p otp.Profile) *stage {
	t.Helper()
	environment := server.Environment()
	maps.Copy(environment, map[string]string{
		"PATH": os.Getenv("PATH"), "SYSTEMROOT": os.Getenv("SYSTEMROOT"), "HTTP_PROXY": "http://127.0.0.1:9",
	})
	if s.env != nil {
		s.env(environment)
	}
	b := &bench{dir: t.TempDir(), play: c.batch}
	for name, value := range environment {
		b.env = append(b.env, name+"="+value)
	}
	phone := s.phone
	if phone == "" {
		phone = ways[s.ways[0]].phone()
	}
	options := []string{"--json", "--catalog", catalog, "--profile", p.Name}
	if c.language == "node" && !strings.HasPrefix(catalog, "postgres:") { // an older one has no SQLite
		options[1], options[2] = "--document", documentIn(t, catalog, p.Name, b.path("document.json"))
	}
	return &stage{bench: b, sandbox: server, profile: p, phone: phone, options: options}
}

// documentIn writes a document of a catalog into a file.
func documentIn(t *testing.T, catalog, profile, path string) string {
	t.Helper()
	opened, err := store.Open("sqlite:" + catalog)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := opened.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	object, _ := snapshot.Get(store.Ref{Kind: store.Profile, Name: profile})
	if err := errors.Join(os.WriteFile(path, []byte(object.Document), 0o600), opened.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func (s *stage) play(t *testing.T, acts []act) {
	t.Helper()
	for number, a := range acts {
		s.act(t, a)
		if t.Failed() {
			t.Fatalf("act %d, %s, is the one", number, a.do)
		}
	}
	s.keepsSecrets(t)
}

// act runs a consumer once and compares everything that can be seen.
func (s *stage) act(t *testing.T, a act) {
	t.Helper()
	if a.given != nil {
		if err := a.given(s.sandbox); err != nil {
			t.Fatal(err)
		}
	}
	if a.later > 0 {
		s.later += time.Duration(a.later) * time.Second
	}
	if err := s.sandbox.Advance(time.Duration(a.drift+a.later) * time.Second); err != nil {
		t.Fatal(err)
	}
	exit, stdout, stderr := s.run(t, append(slices.Clone(s.options), s.words(t, a.do)...)...)
	s.output.WriteString(stdout + stderr)
	got, told := s.judge(t, stdout)
	wantExit, known := exitCodes[strings.Split(a.want, " ")[0]]
	if !known {
		wantExit = 2
	}
	if a.want == "" {
		wantExit = 1
	}
	if got != a.want || exit != wantExit {
		t.Errorf("result %q, exit code %d; want %q, %d\n%s", got, exit, a.want, wantExit, stderr)
	}
	if a.stderr == "" && stderr != told || !strings.Contains(stderr, a.stderr) {
		t.Errorf("standard error is %q, want %q", stderr, told+a.stderr)
	}
	s.compareCalls(t, a)
	s.compareMessages(t, a)
}

// judge reads a result, and gives what standard error tells the operator of it.
func (s *stage) judge(t *testing.T, stdout string) (line, told string) {
	t.Helper()
	if stdout == "" {
		return "", ""
	}
	var r result
	decoder := json.NewDecoder(strings.NewReader(stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		t.Fatalf("%s: %q", err, stdout)
	}
	for _, made := range append([]result{r}, r.Refused...) {
		if made.Route == nil {
			continue
		}
		if route := s.profile.Routes[*made.Route]; made.Vendor != string(route.Vendor) || made.Channel != string(route.Channel) {
			t.Errorf("route %d is called %s %s", *made.Route, made.Vendor, made.Channel)
		}
	}
	for _, refused := range r.Refused {
		told += fmt.Sprintf("route %d %s %s: next_route, %s\n", *refused.Route, refused.Vendor, refused.Channel, refused.Answer)
	}
	if (r.RetryAfter > 0) != (r.Outcome == "limited") {
		t.Errorf("retry_after_seconds is %d", r.RetryAfter)
	}
	return r.String(), told
}

func (s *stage) compareCalls(t *testing.T, a act) {
	t.Helper()
	var calls, problems []string
	requests := s.sandbox.Requests()
	for _, r := range requests[s.requests:] {
		call := r.Vendor + " " + r.Operation
		if r.Status != 0 {
			call += fmt.Sprintf(" %d", r.Status)
		}
		if !r.Delivered {
			call += " lost"
		}
		calls = append(calls, call)
		if r.Problem != "" {
			problems = append(problems, r.Problem)
		}
		if len(r.Repaired) > 0 {
			t.Errorf("%s: repaired: %s", call, strings.Join(r.Repaired, "; "))
		}
	}
	if diff := cmp.Diff(a.calls, strings.Join(calls, ", ")); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if got := strings.Join(problems, "; "); got != a.problem {
		t.Errorf("the sandbox has %q against the requests, want %q", got, a.problem)
	}
	if a.body != "" && !strings.Contains(requests[len(requests)-1].Body, a.body) {
		t.Errorf("the body is %s, want %s in it", requests[len(requests)-1].Body, a.body)
	}
	s.requests = len(requests)
}

func (s *stage) compareMessages(t *testing.T, a act) {
	t.Helper()
	var want, got []string
	if name, spanish := strings.CutSuffix(a.arrives, "/es"); name != "" {
		to := s.phone
		if words := strings.Fields(a.do); len(words) > 1 && strings.HasPrefix(words[1], "+") {
			to = words[1]
		}
		want = append(want, ways[name].message(to, spanish))
	}
	if a.message != "" {
		want = append(want, a.message)
	}
	messages := s.sandbox.Messages()
	for _, m := range messages[s.messages:] {
		text := strings.ReplaceAll(m.Text, m.Code, "CODE")
		got = append(got, fmt.Sprintf("%s %s to %s from %q: %s", m.Vendor, m.Channel, m.To, m.Sender, text))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	s.messages = len(messages)
}

// words are the arguments of a command.
func (s *stage) words(t *testing.T, do string) []string {
	t.Helper()
	words := strings.Fields(do)
	if len(words) < 2 || !strings.HasPrefix(words[1], "+") {
		words = slices.Insert(words, 1, s.phone)
	}
	for i, word := range words[2:] {
		name, phone, _ := strings.Cut(word, "@")
		if phone == "" {
			phone = words[1]
		}
		switch name {
		case "CODE":
			words[2+i] = s.code(t, phone, 0)
		case "OLD":
			words[2+i] = s.code(t, phone, 1)
		case "WRONG":
			words[2+i] = other(s.code(t, phone, 0))
		}
	}
	return words
}

// code is one that a phone got; 0 is the last.
func (s *stage) code(t *testing.T, phone string, back int) string {
	t.Helper()
	for _, m := range slices.Backward(s.sandbox.Messages()) {
		if m.To == phone {
			if back == 0 {
				return m.Code
			}
			back--
		}
	}
	t.Fatalf("%s has not got that many codes", phone)
	return ""
}

// other is a code of the same shape. Digits are in every policy of the stories.
func other(code string) string {
	last := len(code) - 1
	if code[last] == '0' {
		return code[:last] + "1"
	}
	return code[:last] + "0"
}

// keepsSecrets checks that no credential, code or message was printed or stored.
func (s *stage) keepsSecrets(t *testing.T) {
	t.Helper()
	stored, err := os.ReadFile(s.path("challenges.json"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	seen := s.output.String() + string(stored)
	for name, value := range s.sandbox.Environment() {
		if (strings.HasSuffix(name, "_SECRET") || strings.HasSuffix(name, "_API_KEY")) && strings.Contains(seen, value) {
			t.Errorf("%s was printed or stored", name)
		}
	}
	for _, m := range s.sandbox.Messages() {
		// As a word: six digits may well be a part of a keyed hash.
		if regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(m.Code) + `(\W|$)`).MatchString(seen) {
			t.Errorf("the code %s was printed or stored", m.Code)
		}
	}
	if strings.Contains(seen, "<html>") {
		t.Error("the body of an answer was printed or stored")
	}
}
