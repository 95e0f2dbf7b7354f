package way2api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

func TestWay2APISend(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change sandboxtest.Fields
		text   string
	}{
		"a code to log in": {sandboxtest.Fields{}, "5289 is your OTP for login. Do not share it with anyone. (text composed by the sandbox)"},
		"a PIN to share": {
			sandboxtest.Fields{"value": "00714071", "content": "PIN", "purpose": "two_factor_auth", "share_with": "support_team"},
			"00714071 is your PIN for two factor auth. Share it with our support team only. (text composed by the sandbox)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, body := sandboxtest.Open(t, sandbox.Options{}), sandboxtest.Way2APIBody()
			for key, value := range test.change {
				body[key] = value
			}
			got := sandboxtest.Way2API(t, s, body)
			order, _ := got.Data()["order_id"].(string)
			if !regexp.MustCompile(`^W2A1790845200[0-9a-f]{8}$`).MatchString(order) {
				t.Errorf("order ID %q: %s", order, got.Raw)
			}
			code, _ := body["value"].(string)
			want := sandbox.Message{Vendor: "way2api", Channel: "sms", To: "+919876543210", Text: test.text, Code: code, MessageID: order, At: sandboxtest.Start, Number: 1, Cost: 0.25, Unit: "credits"}
			if diff := cmp.Diff(want, sandboxtest.Last(t, s.Messages())); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
			if strings.Contains(got.Raw, code) {
				t.Errorf("the answer shows the code: %s", got.Raw)
			}
			if balance := sandboxtest.Account(t, way2api.At(s).Account).Balance; balance != 99.75 {
				t.Errorf("balance %v", balance)
			}
		})
	}
}

func TestWay2APIRefusalsCostAndSendNothing(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	extra, short := sandboxtest.Way2APIBody(), sandboxtest.Way2APIBody()
	extra["sender"] = "ACME"
	delete(short, "purpose")
	for name, test := range map[string]struct {
		change func(*way2api.Account)
		body   any
		status int
	}{
		"no balance":        {func(a *way2api.Account) { a.Balance = 0.24 }, sandboxtest.Way2APIBody(), 402},
		"no access":         {func(a *way2api.Account) { a.NoAccess = true }, sandboxtest.Way2APIBody(), 403},
		"another address":   {func(a *way2api.Account) { a.Allowlist = nil }, sandboxtest.Way2APIBody(), 401},
		"an expired key":    {func(a *way2api.Account) { a.KeyExpired = true }, sandboxtest.Way2APIBody(), 401},
		"a field too many":  {func(*way2api.Account) {}, extra, 422},
		"a field too few":   {func(*way2api.Account) {}, short, 422},
		"an array":          {func(*way2api.Account) {}, `[]`, 400},
		"two objects":       {func(*way2api.Account) {}, `{}{}`, 400},
		"null":              {func(*way2api.Account) {}, `null`, 400},
		"nothing":           {func(*way2api.Account) {}, nil, 422},
		"the wrong service": {func(*way2api.Account) {}, sandboxtest.Fields{"pan": "1"}, 422},
	} {
		sandboxtest.Must(t, s.Reset())
		sandboxtest.Must(t, way2api.At(s).Update(test.change))
		before := sandboxtest.Account(t, way2api.At(s).Account).Balance
		if got := sandboxtest.Way2API(t, s, test.body); got.Status != test.status || got.Body["success"] != false {
			t.Errorf("%s: HTTP status %d: %s", name, got.Status, got.Raw)
		}
		if len(s.Messages()) != 0 || sandboxtest.Account(t, way2api.At(s).Account).Balance != before {
			t.Errorf("%s: something happened all the same", name)
		}
	}
	for path, want := range map[string]int{"/aws/send_otp_pin": 404, "/balance": 404} {
		got, err := sandboxtest.Send(t, http.MethodGet, s.URL()+"/way2api/api/v1"+path, nil, nil)
		sandboxtest.Must(t, err)
		if got.Status != want || got.Body["success"] != false {
			t.Errorf("%s: HTTP status %d: %s", path, got.Status, got.Raw)
		}
	}
}

func TestWay2APIPendingIsSentAndCharged(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{Settings: sandbox.Settings{Way2API: way2api.Settings{Pending: true}}})
	got := sandboxtest.Way2API(t, s, sandboxtest.Way2APIBody())
	if got.Status != http.StatusAccepted || got.Data()["order_id"] != sandboxtest.Last(t, s.Messages()).MessageID || sandboxtest.Account(t, way2api.At(s).Account).Balance != 99.75 {
		t.Errorf("HTTP status %d: %s", got.Status, got.Raw)
	}
}

func TestWay2APILimitsSlide(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{Settings: sandbox.Settings{Way2API: way2api.Settings{PerMinute: 2, PerDay: 4}}})
	step := func(after time.Duration) string {
		sandboxtest.Must(t, s.Advance(after))
		got := sandboxtest.Way2API(t, s, sandboxtest.Way2APIBody())
		return strings.TrimSpace(http.StatusText(got.Status) + " " + got.Header.Get("Retry-After"))
	}
	for i, test := range []struct {
		after time.Duration
		want  string
	}{
		{0, "OK"},
		{20 * time.Second, "OK"},
		{20 * time.Second, "Too Many Requests 20"}, // the first leaves the window at 60 s
		{19 * time.Second, "Too Many Requests 1"},
		{time.Second, "OK"},
		{0, "Too Many Requests 20"}, // the second leaves at 80 s
		{20 * time.Second, "OK"},
		{time.Hour, "Too Many Requests 50320"}, // until midnight
		{50319 * time.Second, "Too Many Requests 1"},
		{time.Second, "OK"},
	} {
		if got := step(test.after); got != test.want {
			t.Errorf("step %d: %q, want %q", i, got, test.want)
		}
	}
	if n := len(s.Messages()); n != 5 {
		t.Errorf("%d messages", n)
	}
	got, err := sandboxtest.Send(t, http.MethodGet, s.URL()+"/way2api/api/v1/pricing", nil, nil)
	sandboxtest.Must(t, err)
	if got.Status != http.StatusOK {
		t.Errorf("the limit of one service met another: HTTP status %d", got.Status)
	}
}
