package sandbox

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func way2Body() fields {
	return fields{"value": "5289", "number": "919876543210", "content": "OTP", "purpose": "login", "share_with": "no_one"}
}

// way2Call sends a code through Way2API, with the right key.
func way2Call(t *testing.T, s *Server, body any) response {
	t.Helper()
	headers := map[string]string{"Authorization": "Bearer " + way2Key, "Content-Type": "application/json"}
	out, err := send(t, http.MethodPost, s.URL()+"/way2api/api/v1/aws/send_otp-pin", headers, body)
	must(t, err)
	return out
}

func TestWay2APISend(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change fields
		text   string
	}{
		"a code to log in": {fields{}, "5289 is your OTP for login. Do not share it with anyone. (text composed by the sandbox)"},
		"a PIN to share": {
			fields{"value": "00714071", "content": "PIN", "purpose": "two_factor_auth", "share_with": "support_team"},
			"00714071 is your PIN for two factor auth. Share it with our support team only. (text composed by the sandbox)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, body := open(t, Options{}), way2Body()
			for key, value := range test.change {
				body[key] = value
			}
			got := way2Call(t, s, body)
			order, _ := got.data()["order_id"].(string)
			if !regexp.MustCompile(`^W2A1790845200[0-9a-f]{8}$`).MatchString(order) {
				t.Errorf("order ID %q: %s", order, got.raw)
			}
			code, _ := body["value"].(string)
			want := Message{Vendor: "way2api", Channel: "sms", To: "+919876543210", Text: test.text, Code: code, MessageID: order, At: start}
			if diff := cmp.Diff(want, last(t, s.Messages())); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
			if strings.Contains(got.raw, code) {
				t.Errorf("the answer shows the code: %s", got.raw)
			}
			if balance := s.way2api.data.Account.Balance; balance != 99.75 {
				t.Errorf("balance %v", balance)
			}
		})
	}
}

func TestWay2APIRefusalsCostAndSendNothing(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	extra, short := way2Body(), way2Body()
	extra["sender"] = "ACME"
	delete(short, "purpose")
	for name, test := range map[string]struct {
		change func(*Way2APIAccount)
		body   any
		status int
	}{
		"no balance":        {func(a *Way2APIAccount) { a.Balance = 0.24 }, way2Body(), 402},
		"no access":         {func(a *Way2APIAccount) { a.NoAccess = true }, way2Body(), 403},
		"another address":   {func(a *Way2APIAccount) { a.Allowlist = nil }, way2Body(), 401},
		"an expired key":    {func(a *Way2APIAccount) { a.KeyExpired = true }, way2Body(), 401},
		"a field too many":  {func(*Way2APIAccount) {}, extra, 422},
		"a field too few":   {func(*Way2APIAccount) {}, short, 422},
		"an array":          {func(*Way2APIAccount) {}, `[]`, 400},
		"two objects":       {func(*Way2APIAccount) {}, `{}{}`, 400},
		"null":              {func(*Way2APIAccount) {}, `null`, 400},
		"nothing":           {func(*Way2APIAccount) {}, nil, 422},
		"the wrong service": {func(*Way2APIAccount) {}, fields{"pan": "1"}, 422},
	} {
		must(t, s.Reset())
		must(t, s.UpdateWay2API(test.change))
		before := s.way2api.data.Account.Balance
		if got := way2Call(t, s, test.body); got.status != test.status || got.body["success"] != false {
			t.Errorf("%s: HTTP status %d: %s", name, got.status, got.raw)
		}
		if len(s.Messages()) != 0 || s.way2api.data.Account.Balance != before {
			t.Errorf("%s: something happened all the same", name)
		}
	}
	for path, want := range map[string]int{"/aws/send_otp_pin": 404, "/balance": 404} {
		got, err := send(t, http.MethodGet, s.URL()+"/way2api/api/v1"+path, nil, nil)
		must(t, err)
		if got.status != want || got.body["success"] != false {
			t.Errorf("%s: HTTP status %d: %s", path, got.status, got.raw)
		}
	}
}

// Whatever the value is, only 4 to 8 ASCII digits get through.
func TestWay2APIValue(t *testing.T) {
	t.Parallel()
	w := newWay2API(Way2APISettings{})
	rapid.Check(t, func(t *rapid.T) {
		body := way2Body()
		value := rapid.OneOf(rapid.StringMatching(`[0-9]{0,10}`), rapid.String()).Draw(t, "value")
		body["value"] = value
		_, problem := w.readSend(body)
		valid := len(value) >= 4 && len(value) <= 8 && strings.Trim(value, "0123456789") == ""
		if (problem == "") != valid {
			t.Fatalf("%q: %q", value, problem)
		}
	})
}

func TestWay2APIPendingIsSentAndCharged(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Settings: Settings{Way2API: Way2APISettings{Pending: true}}})
	got := way2Call(t, s, way2Body())
	if got.status != http.StatusAccepted || got.data()["order_id"] != last(t, s.Messages()).MessageID || s.way2api.data.Account.Balance != 99.75 {
		t.Errorf("HTTP status %d: %s", got.status, got.raw)
	}
}

func TestWay2APILimitsSlide(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Settings: Settings{Way2API: Way2APISettings{PerMinute: 2, PerDay: 4}}})
	step := func(after time.Duration) string {
		must(t, s.Advance(after))
		got := way2Call(t, s, way2Body())
		return strings.TrimSpace(http.StatusText(got.status) + " " + got.header.Get("Retry-After"))
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
	got, err := send(t, http.MethodGet, s.URL()+"/way2api/api/v1/pricing", nil, nil)
	must(t, err)
	if got.status != http.StatusOK {
		t.Errorf("the limit of one service met another: HTTP status %d", got.status)
	}
}
