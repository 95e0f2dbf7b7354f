package sandbox_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.json")
	first := sandboxtest.Open(t, sandbox.Options{StatePath: path})
	sandboxtest.Must(t, myotp.At(first).Update(func(a *myotp.Account) { a.Plan = myotp.PlanBusiness }))
	sandboxtest.Must(t, way2api.At(first).Update(func(a *way2api.Account) { a.Price = 0.25 }))
	sandboxtest.Must(t, octopush.At(first).Update(func(a *octopush.Account) { clear(a.SubAccounts) }))
	sandboxtest.Must(t, first.Advance(90*time.Second))
	byMyOTP := sandboxtest.MyOTP(t, first, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123"})
	byOctopush := sandboxtest.Octopush(t, first, http.MethodPost, "/service/otp/generate", sandboxtest.Fields{"phone_number": "+33600000001"})
	sandboxtest.SendOTP(t, first, sandboxtest.ByDevice())
	sandboxtest.Must(t, androidapi.At(first).AddDevices(1))
	link := sandboxtest.AndroidAPI(t, first, "/create/wa.link", nil)
	sandboxtest.Way2API(t, first, sandboxtest.Way2APIBody())
	messages, requests := first.Messages(), first.Requests()
	sandboxtest.Must(t, first.Close())

	second := sandboxtest.Open(t, sandbox.Options{StatePath: path})
	if diff := cmp.Diff(messages, second.Messages()); diff != "" {
		t.Errorf("messages (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(requests, second.Requests()); diff != "" {
		t.Errorf("requests (-before +after):\n%s", diff)
	}
	if now := second.Now(); !now.Equal(sandboxtest.Start.Add(90 * time.Second)) {
		t.Errorf("it is %s", now)
	}
	got := sandboxtest.MyOTP(t, second, "/verify_otp", sandboxtest.Fields{"message_id": byMyOTP.Text("message_id"), "otp": messages[0].Code})
	if got.Text("status") != "success" {
		t.Errorf("MyOTP forgot the code: %s", got.Raw)
	}
	got = sandboxtest.Octopush(t, second, http.MethodPut, "/service/otp/validate", sandboxtest.Fields{"otp_request_token": byOctopush.Text("otp_request_token"), "code": messages[1].Code})
	if got.Status != http.StatusOK {
		t.Errorf("Octopush forgot the code: %s", got.Raw)
	}
	if plan := sandboxtest.Account(t, myotp.At(second).Account).Plan; plan != myotp.PlanBusiness {
		t.Errorf("the plan is %q", plan)
	}
	if n := len(sandboxtest.Account(t, octopush.At(second).Account).SubAccounts); n != 0 {
		t.Errorf("%d deleted sub-accounts came back", n)
	}
	if got := sandboxtest.AndroidAPI(t, second, "/get/otp", sandboxtest.Params{"otp": messages[2].Code}); got.Verdict() != http.StatusOK {
		t.Errorf("AndroidAPI forgot the code: %s", got.Raw)
	}
	if got := sandboxtest.AndroidAPI(t, second, "/get/sms.pending", nil).Rows(t); len(got) != 1 || got[0]["message"] != messages[2].Text {
		t.Errorf("AndroidAPI forgot the pending message: %v", got)
	}
	if got := sandboxtest.AndroidAPI(t, second, "/get/devices", nil).Rows(t); len(got) != 3 {
		t.Errorf("AndroidAPI has %d devices", len(got))
	}
	sandboxtest.Must(t, androidapi.At(second).ScanQR(sandboxtest.TokenOf(t, link), "+923007778899"))
	if got := sandboxtest.AndroidAPI(t, second, "/get/wa.accounts", nil).Rows(t); len(got) != 2 {
		t.Errorf("AndroidAPI has %d WhatsApp accounts after a scan", len(got))
	}
	if balance := sandboxtest.Account(t, way2api.At(second).Account).Balance; balance != 99.75 {
		t.Errorf("the balance at Way2API is %v", balance)
	}
	if n := sandboxtest.Last(t, second.Requests()).Number; n != len(requests)+6 {
		t.Errorf("the last request has number %d", n)
	}
}

func TestStateFileIsForItsOwnerAndAlone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := sandboxtest.Open(t, sandbox.Options{StatePath: filepath.Join(folder, "sandbox.json")})
	sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123"})
	entries, err := os.ReadDir(folder)
	sandboxtest.Must(t, err)
	if len(entries) != 1 {
		t.Fatalf("temporary files are left over: %v", entries)
	}
	info, err := entries[0].Info()
	sandboxtest.Must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode().Perm())
	}
	raw, err := os.ReadFile(filepath.Join(folder, "sandbox.json"))
	sandboxtest.Must(t, err)
	if strings.Contains(string(raw), myotp.Key) {
		t.Error("the file holds the key")
	}
}

func TestStateFileThatCannotBeReadIsAnErrorAndStays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, want string }{
		"half a file":      {`{"sandbox_state":1,"mess`, "not readable as JSON"},
		"empty":            {``, "not readable as JSON"},
		"no state file":    {`{"version":3}`, "version is 0"},
		"a newer version":  {`{"sandbox_state":2,"messages":"compressed"}`, "version is 2"},
		"another type":     {`{"sandbox_state":1,"messages":"none"}`, "not readable"},
		"a vendor's state": {`{"sandbox_state":1,"vendors":{"octopush":[]}}`, "state of octopush"},
		"a WhatsApp state": {`{"sandbox_state":1,"vendors":{"androidapi":{"account":{"whatsapp_accounts":[{"status":"gone"}]}}}}`, "gone"},
		"no prices":        {`{"sandbox_state":1,"vendors":{"androidapi":{"account":{"gateways":[{"pricing":{"default":""}}]}}}}`, "default price"},
		"another object":   {`{"sandbox_state":1,"vendors":{"way2api":[]}}`, "state of way2api"},
		"an unknown plan":  {`{"sandbox_state":1,"vendors":{"myotp":{"account":{"plan":"gold"}}}}`, "gold"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "sandbox.json")
			sandboxtest.Must(t, os.WriteFile(path, []byte(test.content), 0o600))
			_, err := sandbox.New(sandbox.Options{StatePath: path})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("New says %v, want the path and %q", err, test.want)
			}
			after, err := os.ReadFile(path)
			sandboxtest.Must(t, err)
			if string(after) != test.content {
				t.Errorf("the file was changed to %q", after)
			}
		})
	}
}

func TestStateFolderMustBeThere(t *testing.T) {
	t.Parallel()
	_, err := sandbox.New(sandbox.Options{StatePath: filepath.Join(t.TempDir(), "missing", "sandbox.json")})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("New says %v", err)
	}
}

func TestStateThatCannotBeWrittenIsNotMistakenForAVendor(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "folder")
	sandboxtest.Must(t, os.Mkdir(folder, 0o700))
	s := sandboxtest.Open(t, sandbox.Options{StatePath: filepath.Join(folder, "sandbox.json")})
	sandboxtest.Must(t, os.RemoveAll(folder))
	got := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123"})
	if got.Status != http.StatusInternalServerError || got.Header.Get("X-Sandbox-Error") == "" {
		t.Errorf("HTTP status %d: %s", got.Status, got.Raw)
	}
}

func TestRequestsAndMessagesAreBounded(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, myotp.At(s).Update(func(a *myotp.Account) { a.Balance = 1e6 }))
	for range 1000 + 5 {
		sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550123", "force_send": true})
	}
	requests := s.Requests()
	if len(requests) != 1000 || len(s.Messages()) != 1000 {
		t.Fatalf("%d requests and %d messages are kept", len(requests), len(s.Messages()))
	}
	if requests[0].Number != 6 {
		t.Errorf("the oldest request has number %d", requests[0].Number)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := sandboxtest.Open(t, sandbox.Options{StatePath: path})
	const callers, calls = 6, 5
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for range calls {
				sent, err := sandboxtest.Send(t, http.MethodPost, s.URL()+"/octopush/v1/public/service/otp/generate",
					map[string]string{"api-login": octopush.Login, "api-key": octopush.Key}, sandboxtest.Fields{"phone_number": "+33600000001"})
				if err != nil || sent.Status != http.StatusOK {
					t.Errorf("HTTP status %d, %v: %s", sent.Status, err, sent.Raw)
				}
				s.Messages()
				s.Requests()
			}
		})
	}
	group.Wait()
	if n := len(s.Messages()); n != callers*calls {
		t.Errorf("%d messages, want %d", n, callers*calls)
	}
	balance := sandboxtest.Octopush(t, s, http.MethodGet, "/wallet/check-balance", nil)
	if got := balance.Number("amount"); got != 36 { // 37.5 less 30 times 0.05
		t.Errorf("the balance is %v", got)
	}
	sandboxtest.Must(t, s.Close())
	if again := sandboxtest.Open(t, sandbox.Options{StatePath: path}); len(again.Messages()) != callers*calls || len(again.Requests()) != callers*calls+1 {
		t.Errorf("the file has %d messages and %d requests", len(again.Messages()), len(again.Requests()))
	}
}
