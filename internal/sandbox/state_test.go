package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.json")
	first := open(t, Options{StatePath: path})
	must(t, first.UpdateMyOTP(func(a *MyOTPAccount) { a.Plan = PlanBusiness }))
	must(t, first.UpdateWay2API(func(a *Way2APIAccount) { a.Price = 0.25 }))
	must(t, first.UpdateOctopush(func(a *OctopushAccount) { clear(a.SubAccounts) }))
	must(t, first.Advance(90*time.Second))
	myotp := myotpCall(t, first, "/generate_otp", fields{"phone_number": "14155550123"})
	octopush := octopushCall(t, first, http.MethodPost, "/service/otp/generate", fields{"phone_number": "+33600000001"})
	androidSendOTP(t, first, byDevice())
	must(t, first.AddDevices(1))
	link := androidGet(t, first, "/create/wa.link", nil)
	way2Call(t, first, way2Body())
	messages, requests := first.Messages(), first.Requests()
	must(t, first.Close())

	second := open(t, Options{StatePath: path})
	if diff := cmp.Diff(messages, second.Messages()); diff != "" {
		t.Errorf("messages (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(requests, second.Requests()); diff != "" {
		t.Errorf("requests (-before +after):\n%s", diff)
	}
	if now := second.Now(); !now.Equal(start.Add(90 * time.Second)) {
		t.Errorf("it is %s", now)
	}
	got := myotpCall(t, second, "/verify_otp", fields{"message_id": myotp.text("message_id"), "otp": messages[0].Code})
	if got.text("status") != "success" {
		t.Errorf("MyOTP forgot the code: %s", got.raw)
	}
	got = octopushCall(t, second, http.MethodPut, "/service/otp/validate", fields{"otp_request_token": octopush.text("otp_request_token"), "code": messages[1].Code})
	if got.status != http.StatusOK {
		t.Errorf("Octopush forgot the code: %s", got.raw)
	}
	if plan := second.myotp.data.Account.Plan; plan != PlanBusiness {
		t.Errorf("the plan is %q", plan)
	}
	if n := len(second.octopush.data.Account.SubAccounts); n != 0 {
		t.Errorf("%d deleted sub-accounts came back", n)
	}
	if got := androidGet(t, second, "/get/otp", params{"otp": messages[2].Code}); got.verdict() != http.StatusOK {
		t.Errorf("AndroidAPI forgot the code: %s", got.raw)
	}
	if got := androidGet(t, second, "/get/sms.pending", nil).rows(t); len(got) != 1 || got[0]["message"] != messages[2].Text {
		t.Errorf("AndroidAPI forgot the pending message: %v", got)
	}
	if got := androidGet(t, second, "/get/devices", nil).rows(t); len(got) != 3 {
		t.Errorf("AndroidAPI has %d devices", len(got))
	}
	must(t, second.ScanQR(tokenOf(t, link), "+923007778899"))
	if got := androidGet(t, second, "/get/wa.accounts", nil).rows(t); len(got) != 2 {
		t.Errorf("AndroidAPI has %d WhatsApp accounts after a scan", len(got))
	}
	if balance := second.way2api.data.Account.Balance; balance != 99.75 {
		t.Errorf("the balance at Way2API is %v", balance)
	}
	if n := last(t, second.Requests()).Number; n != len(requests)+6 {
		t.Errorf("the last request has number %d", n)
	}
}

func TestStateFileIsForItsOwnerAndAlone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := open(t, Options{StatePath: filepath.Join(folder, "sandbox.json")})
	myotpCall(t, s, "/generate_otp", fields{"phone_number": "14155550123"})
	entries, err := os.ReadDir(folder)
	must(t, err)
	if len(entries) != 1 {
		t.Fatalf("temporary files are left over: %v", entries)
	}
	info, err := entries[0].Info()
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode().Perm())
	}
	raw, err := os.ReadFile(filepath.Join(folder, "sandbox.json"))
	must(t, err)
	if strings.Contains(string(raw), myotpKey) {
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
			must(t, os.WriteFile(path, []byte(test.content), 0o600))
			_, err := New(Options{StatePath: path})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("New says %v, want the path and %q", err, test.want)
			}
			after, err := os.ReadFile(path)
			must(t, err)
			if string(after) != test.content {
				t.Errorf("the file was changed to %q", after)
			}
		})
	}
}

func TestStateFolderMustBeThere(t *testing.T) {
	t.Parallel()
	_, err := New(Options{StatePath: filepath.Join(t.TempDir(), "missing", "sandbox.json")})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("New says %v", err)
	}
}

func TestStateThatCannotBeWrittenIsNotMistakenForAVendor(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "folder")
	must(t, os.Mkdir(folder, 0o700))
	s := open(t, Options{StatePath: filepath.Join(folder, "sandbox.json")})
	must(t, os.RemoveAll(folder))
	got := myotpCall(t, s, "/generate_otp", fields{"phone_number": "14155550123"})
	if got.status != http.StatusInternalServerError || got.header.Get("X-Sandbox-Error") == "" {
		t.Errorf("HTTP status %d: %s", got.status, got.raw)
	}
}

func TestRequestsAndMessagesAreBounded(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.UpdateMyOTP(func(a *MyOTPAccount) { a.Balance = 1e6 }))
	for range maxRequests + 5 {
		myotpCall(t, s, "/generate_otp", fields{"phone_number": "14155550123", "force_send": true})
	}
	requests := s.Requests()
	if len(requests) != maxRequests || len(s.Messages()) != maxMessages {
		t.Fatalf("%d requests and %d messages are kept", len(requests), len(s.Messages()))
	}
	if requests[0].Number != 6 {
		t.Errorf("the oldest request has number %d", requests[0].Number)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.json")
	s := open(t, Options{StatePath: path})
	const callers, calls = 6, 5
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for range calls {
				sent, err := send(t, http.MethodPost, s.URL()+"/octopush/v1/public/service/otp/generate",
					map[string]string{"api-login": octopushLogin, "api-key": octopushKey}, fields{"phone_number": "+33600000001"})
				if err != nil || sent.status != http.StatusOK {
					t.Errorf("HTTP status %d, %v: %s", sent.status, err, sent.raw)
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
	balance := octopushCall(t, s, http.MethodGet, "/wallet/check-balance", nil)
	if got := balance.number("amount"); got != 36 { // 37.5 less 30 times 0.05
		t.Errorf("the balance is %v", got)
	}
	raw, err := os.ReadFile(path)
	must(t, err)
	var file stateFile
	must(t, json.Unmarshal(raw, &file))
	if len(file.Messages) != callers*calls {
		t.Errorf("the file has %d messages", len(file.Messages))
	}
}
