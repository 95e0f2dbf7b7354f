package application_test

import (
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const (
	french   = "+33612345678"
	indian   = "+919812345678"
	american = "+14155550123"
	device   = "00000000-0000-0000-aaaa-bbbbccccdddd"
)

var (
	start        = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	overOctopush = otp.Route{Vendor: otp.Octopush, Channel: otp.SMS, SenderID: "europe"}
	overMyOTP    = otp.Route{Vendor: otp.MyOTP, Channel: otp.SMS}
	overTelegram = otp.Route{Vendor: otp.MyOTP, Channel: otp.Telegram}
	overDevice   = otp.Route{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "counter"}
	overWay2API  = otp.Route{Vendor: otp.Way2API, Channel: otp.SMS, Countries: []string{"IN"}}
	brand        = catalog.Ref{Kind: catalog.Brand, Name: "acme"}
	login        = catalog.Ref{Kind: catalog.Profile, Name: "login"}
)

// compile is the document of a profile over some routes.
func compile(t *testing.T, change func(*otp.Profile), routes ...otp.Route) string {
	t.Helper()
	p := otp.Profile{Name: "login", Brand: "acme", Template: "login", AllowedCountries: []string{"FR", "IN"}, Routes: routes}
	if change != nil {
		change(&p)
	}
	template := otp.MessageTemplate{
		Name: "login", Text: "{{brand}}: {{otp}} is your code.",
		MyOTP:   &otp.MyOTPTemplate{TemplateOrder: new(int64(1))},
		Way2API: &otp.Way2APITemplate{Content: "OTP", Purpose: "login", ShareWith: "no_one"},
	}
	refs := otp.References{Brand: &otp.Brand{Name: "acme", DisplayName: "Acme"}, Template: &template, Senders: map[string]*otp.SenderID{
		"europe":  {Name: "europe", Octopush: &otp.OctopushSender{Sender: "ACMEBANK"}},
		"counter": {Name: "counter", AndroidAPI: &otp.AndroidAPISender{Device: device, SIM: new(int64(2))}},
	}}
	document, complete, problems := vendors.Compilers().Compile(p, refs)
	if ps := append(p.Check(), problems...); !complete || ps.Failed() {
		t.Fatalf("complete: %v, problems:\n%s", complete, ps.Error())
	}
	text, err := document.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// stage is a sandbox, a catalog with a profile, and the application that plays them.
// It waits by the sandbox's clock, which moves only then.
type stage struct {
	*sandbox.Server
	t           *testing.T
	store       *catalog.Store
	application *application.Application
	options     application.Options
	env         map[string]string

	mutex  sync.Mutex
	told   []string
	waits  []time.Duration
	asleep func(total time.Duration) // called before each wait
}

func newStage(t *testing.T, document string) *stage {
	t.Helper()
	s := &stage{t: t, Server: sandbox.StartForTest(t, sandbox.Options{Clock: func() time.Time { return start }})}
	var err error
	if s.store, err = catalog.Open("sqlite:" + filepath.Join(t.TempDir(), "catalog.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.must(s.store.Close()) })
	_, err = s.store.Create(t.Context(), catalog.Write{Ref: brand, Spec: json.RawMessage(`{"name":"acme"}`)})
	s.must(err)
	_, err = s.store.Create(t.Context(), writeOf(document))
	s.must(err)
	s.env = maps.Clone(s.Environment())
	s.options = application.Options{
		Catalog: s.store, Ledger: filepath.Join(t.TempDir(), "deliveries.db"), Clock: s,
		Runner: delivery.Options{
			Lookup: func(name string) (string, bool) { value, ok := s.env[name]; return value, ok },
			HTTP:   httpapi.Options{MaxRequestsPerSecond: 1e6, Pause: func(time.Duration) time.Duration { return 0 }},
		},
		Tell: func(sentence string) {
			s.mutex.Lock()
			defer s.mutex.Unlock()
			s.told = append(s.told, sentence)
		},
	}
	s.application = s.open()
	return s
}

// writeOf writes the profile with a document.
func writeOf(document string) catalog.Write {
	return catalog.Write{
		Ref: login, Spec: json.RawMessage(`{"name":"login"}`), References: []catalog.Ref{brand},
		Compile: func(func(catalog.Ref) (catalog.Object, error)) (string, error) { return document, nil },
	}
}

// open is another process on the same machine.
func (s *stage) open() *application.Application {
	s.t.Helper()
	opened, err := application.Open(s.t.Context(), s.options)
	s.must(err)
	s.t.Cleanup(func() { s.must(opened.Close()) })
	return opened
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// Sleep moves the sandbox's clock.
func (s *stage) Sleep(ctx context.Context, d time.Duration) error {
	s.waits = append(s.waits, d)
	if s.asleep != nil {
		var total time.Duration
		for _, wait := range s.waits {
			total += wait
		}
		s.asleep(total)
	}
	return s.Server.Sleep(ctx, d)
}

// send sends and gives all results.
func (s *stage) send(request application.Request) ([]application.Result, error) {
	s.t.Helper()
	request.Profile = "login"
	if request.To.Phone == "" {
		request.To.Phone = french
	}
	var results []application.Result
	err := s.application.Send(s.t.Context(), request, func(r application.Result) { results = append(results, r) })
	return results, err
}

// sends sends and wants one result with an outcome.
func (s *stage) sends(request application.Request, outcome string) application.Result {
	s.t.Helper()
	results, err := s.send(request)
	s.must(err)
	if len(results) != 1 || results[0].Outcome != outcome {
		s.t.Fatalf("got %+v, want one result %q", results, outcome)
	}
	return results[0]
}

func (s *stage) verifies(phone, code, outcome string) application.Result {
	s.t.Helper()
	result, err := s.application.Verify(s.t.Context(), "login", delivery.Recipient{Phone: phone}, code)
	s.must(err)
	if result.Outcome != outcome {
		s.t.Fatalf("verify: got %+v, want %q", result, outcome)
	}
	return result
}

// code is the newest code that was "sent".
func (s *stage) code() string {
	s.t.Helper()
	messages := s.Messages()
	if len(messages) == 0 {
		s.t.Fatal("nothing was sent")
	}
	return messages[len(messages)-1].Code
}

// calls are the operations that vendors were asked for.
func (s *stage) calls() []string {
	var operations []string
	for _, request := range s.Requests() {
		operations = append(operations, request.Vendor+" "+request.Operation)
	}
	return operations
}

func (s *stage) count(call string) int {
	n := 0
	for range slices.Values(slices.DeleteFunc(s.calls(), func(c string) bool { return c != call })) {
		n++
	}
	return n
}

func wrong(code string) string {
	last := byte('0')
	if code[len(code)-1] == '0' {
		last = '1'
	}
	return code[:len(code)-1] + string(last)
}
