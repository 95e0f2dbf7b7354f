package myotp_test

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

const phone = "14155550123"

func TestMyOTPMessage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   sandboxtest.Fields
		want   sandbox.Message
		length int
	}{
		"by default":     {sandboxtest.Fields{}, sandbox.Message{Channel: "sms", Sender: "MyOTP.App"}, 6},
		"brand, length":  {sandboxtest.Fields{"brand": "Acme", "otp_length": 8}, sandbox.Message{Channel: "sms", Sender: "Acme"}, 8},
		"whatsapp":       {sandboxtest.Fields{"channel": "whatsapp"}, sandbox.Message{Channel: "whatsapp", Sender: "MyOTP.App"}, 6},
		"telegram":       {sandboxtest.Fields{"channel": "telegram", "otp_length": 4}, sandbox.Message{Channel: "telegram", Sender: "MyOTP.App"}, 4},
		"an own code":    {sandboxtest.Fields{"otp_code": "007"}, sandbox.Message{Channel: "sms", Sender: "MyOTP.App", Code: "007"}, 3},
		"length ignored": {sandboxtest.Fields{"otp_code": "00712", "otp_length": 99}, sandbox.Message{Channel: "sms", Sender: "MyOTP.App", Code: "00712"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.Open(t, sandbox.Options{})
			test.body["phone_number"] = phone
			answer := sandboxtest.MyOTP(t, s, "/generate_otp", test.body)
			got := sandboxtest.Last(t, s.Messages())
			if got.Vendor != "myotp" || got.Channel != test.want.Channel || got.Sender != test.want.Sender || got.To != "+"+phone || !got.At.Equal(sandboxtest.Start) {
				t.Errorf("message %+v", got)
			}
			if got.MessageID == "" || got.MessageID != answer.Text("message_id") {
				t.Errorf("message ID %q, answered %q", got.MessageID, answer.Text("message_id"))
			}
			if len(got.Code) != test.length || strings.Trim(got.Code, emulate.Digits) != "" || (test.want.Code != "" && got.Code != test.want.Code) {
				t.Errorf("code %q", got.Code)
			}
			if !strings.Contains(got.Text, got.Code) {
				t.Errorf("text %q is without the code", got.Text)
			}
		})
	}
}

func TestMyOTPOrderOfChecks(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	// Everything is wrong at once; each repair uncovers the next check.
	sandboxtest.Must(t, myotp.At(s).Update(func(a *myotp.Account) { a.Allowlist, a.Balance, a.Plan = nil, 0, myotp.PlanStarter }))
	key, body := "", sandboxtest.Fields{"phone_number": phone, "otp_length": 99}
	step := func(repair func()) string {
		repair()
		got, err := sandboxtest.Send(t, http.MethodPost, s.URL()+"/myotp/generate_otp", map[string]string{"X-API-Key": key}, body)
		sandboxtest.Must(t, err)
		problem, _ := got.Body["error"].(sandboxtest.Fields)
		message, _ := problem["message"].(string)
		return strconv.Itoa(got.Status) + " " + message
	}
	account := func(change func(*myotp.Account)) func() {
		return func() { sandboxtest.Must(t, myotp.At(s).Update(change)) }
	}
	got := []string{
		step(func() {}),
		step(func() { key = myotp.Key }),
		step(account(func(a *myotp.Account) { a.Allowlist = []string{"127.0.0.1"} })),
		step(account(func(a *myotp.Account) { a.Balance = 2 })),
		step(account(func(a *myotp.Account) { a.Plan = myotp.PlanBusiness })),
		step(func() { body["otp_length"] = 6 }),
		step(func() {}),
	}
	want := []string{
		"401 invalid or missing X-API-Key", "403 Access from this IP not allowed", "403 Insufficient balance",
		"403 CUSTOM_OTP_LENGTH is not available with your plan", "400 otp_length must be between 3 and 8", "200 ", "409 OTP already active",
	}
	if !slices.Equal(got, want) {
		t.Errorf("answers\n%q, want\n%q", got, want)
	}
	if n := len(s.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestMyOTPStarterPlan(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, myotp.At(s).Update(func(a *myotp.Account) { a.Plan = myotp.PlanStarter }))
	for field, value := range map[string]any{"otp_length": 7, "otp_validity": 301, "template_order": 2} {
		if got := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, field: value}); got.Status != http.StatusForbidden {
			t.Errorf("%s: HTTP status %d: %s", field, got.Status, got.Raw)
		}
	}
	usual := sandboxtest.Fields{"phone_number": phone, "brand": "Acme", "otp_length": 6, "otp_validity": 300, "template_order": 1}
	if got := sandboxtest.MyOTP(t, s, "/generate_otp", usual); got.Status != http.StatusOK {
		t.Errorf("a plain send: %s", got.Raw)
	}
	strict := sandboxtest.Open(t, sandbox.Options{Settings: sandbox.Settings{MyOTP: myotp.Settings{GatePresence: true, Plan: myotp.PlanStarter}}})
	if got := sandboxtest.MyOTP(t, strict, "/generate_otp", usual); got.Status != http.StatusForbidden {
		t.Errorf("set to refuse the presence of a field: %s", got.Raw)
	}
	if err := myotp.At(s).Update(func(a *myotp.Account) { a.Plan = "gold" }); err == nil || sandboxtest.Account(t, myotp.At(s).Account).Plan != myotp.PlanStarter {
		t.Errorf("an unknown plan was taken: %v", err)
	}
}

func TestMyOTPRefusesWhatItDoesNotDocument(t *testing.T) {
	t.Parallel()
	lenient := sandboxtest.Open(t, sandbox.Options{Settings: sandbox.Settings{MyOTP: myotp.Settings{Lenient: true}}})
	strict := sandboxtest.Open(t, sandbox.Options{})
	for name, test := range map[string]struct {
		body   any
		always bool // refused by the lenient reading too
	}{
		"an unknown field":    {sandboxtest.Fields{"phone_number": phone, "sender": "X"}, false},
		"a length in quotes":  {sandboxtest.Fields{"phone_number": phone, "otp_length": "6"}, false},
		"a phone as a number": {`{"phone_number":14155550123}`, false},
		"a fraction":          {sandboxtest.Fields{"phone_number": phone, "otp_length": 6.5}, true},
		"a huge number":       {`{"phone_number":"14155550123","otp_length":1e999999999}`, true},
		"null":                {sandboxtest.Fields{"phone_number": phone, "otp_length": nil}, true},
		"a flag as a number":  {sandboxtest.Fields{"phone_number": phone, "force_send": 1}, true},
		"a flag as a word":    {sandboxtest.Fields{"phone_number": phone, "force_send": "yes"}, true},
		"a flag that is null": {sandboxtest.Fields{"phone_number": phone, "force_send": nil}, true},
		"an empty brand":      {sandboxtest.Fields{"phone_number": phone, "brand": ""}, true},
		"an array":            {`[]`, true},
		"null as the body":    {`null`, true},
		"half a body":         {`{"phone_number":`, true},
		"two bodies":          {`{"phone_number":"14155550123"}{}`, true},
		"a form":              {`phone_number=14155550123`, true},
		"an own code for telegram that is too short": {sandboxtest.Fields{"phone_number": phone, "channel": "telegram", "otp_code": "123"}, true},
	} {
		if got := sandboxtest.MyOTP(t, strict, "/generate_otp", test.body); got.Status != http.StatusBadRequest {
			t.Errorf("%s: HTTP status %d: %s", name, got.Status, got.Raw)
		}
		want := http.StatusOK
		if test.always {
			want = http.StatusBadRequest
		}
		if got := sandboxtest.MyOTP(t, lenient, "/generate_otp", test.body); got.Status != want {
			t.Errorf("%s, leniently: HTTP status %d: %s", name, got.Status, got.Raw)
		}
		sandboxtest.Must(t, lenient.Advance(time.Hour)) // so that no code stands in the way
	}
	if n := len(strict.Messages()); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func TestMyOTPVerifyAfterAForcedSend(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	first := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "return_otp": true, "otp_code": "1111"})
	second := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "return_otp": true, "force_send": true, "otp_code": "2222"})
	verify := func(body sandboxtest.Fields) string {
		return sandboxtest.MyOTP(t, s, "/verify_otp", body).Text("reason")
	}
	for _, step := range []struct {
		what string
		body sandboxtest.Fields
		want string
	}{
		{"the older code by phone", sandboxtest.Fields{"otp": "1111", "phone_number": phone}, "invalid"},
		{"the newer code for the older message", sandboxtest.Fields{"otp": "2222", "message_id": first.Text("message_id")}, "invalid"},
		{"another phone's", sandboxtest.Fields{"otp": "2222", "message_id": second.Text("message_id"), "phone_number": "14155550199"}, "not found"},
		{"the newer code", sandboxtest.Fields{"otp": "2222", "phone_number": phone}, ""},
		{"the newer code again", sandboxtest.Fields{"otp": "2222", "message_id": second.Text("message_id")}, "not found"},
		{"the older code, now the most recent active one", sandboxtest.Fields{"otp": "1111", "phone_number": phone}, ""},
		{"nothing left", sandboxtest.Fields{"otp": "1111", "phone_number": phone}, "not found"},
	} {
		if got := verify(step.body); got != step.want {
			t.Errorf("%s: reason %q, want %q", step.what, got, step.want)
		}
	}
}

func TestMyOTPExpiryAndExtension(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sent := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "return_otp": true})
	ask := sandboxtest.Fields{"message_id": sent.Text("message_id")}
	verify := sandboxtest.Fields{"message_id": sent.Text("message_id"), "otp": sent.Text("otp")}
	sandboxtest.Must(t, s.Advance(299*time.Second))
	if got := sandboxtest.MyOTP(t, s, "/extend_otp", sandboxtest.Fields{"message_id": sent.Text("message_id"), "duration": 60}); got.Text("expires_at") != "2026-10-01T09:06:00Z" {
		t.Fatalf("extension counts from elsewhere: %s", got.Raw)
	}
	sandboxtest.Must(t, s.Advance(61*time.Second)) // the last instant is 09:05:59
	if got := sandboxtest.MyOTP(t, s, "/verify_otp", verify); got.Text("reason") != "expired" {
		t.Errorf("at the expiry: %s", got.Raw)
	}
	if got := sandboxtest.MyOTP(t, s, "/check_otp_status", ask); got.Body["is_active"] != false {
		t.Errorf("at the expiry: %s", got.Raw)
	}
	sandboxtest.Must(t, s.Advance(24*time.Hour))
	if got := sandboxtest.MyOTP(t, s, "/check_otp_status", ask); got.Text("message") != "Message not found" || got.Body["DLR"] != nil {
		t.Errorf("a day later: %s", got.Raw)
	}
	if got := sandboxtest.MyOTP(t, s, "/verify_otp", verify); got.Text("reason") != "not found" {
		t.Errorf("a day later: %s", got.Raw)
	}
	if got := s.Advance(-time.Second); got == nil {
		t.Error("the clock went back")
	}
}

func TestMyOTPDelivery(t *testing.T) {
	t.Parallel()
	for channel, want := range map[string][]string{
		"sms":      {"Pending: the carrier has not reported yet", "Pending: the carrier has not reported yet", "DELIVRD", "UNDELIV"},
		"whatsapp": {"sent", "sent", "delivered", "UNDELIV"},
		"telegram": {"sent", "sent", "delivered", "UNDELIV"},
	} {
		s := sandboxtest.Open(t, sandbox.Options{})
		id := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "channel": channel}).Text("message_id")
		var got []string
		for _, path := range []string{"/check_otp_status", "/check_otp", "/check_otp_status", "/check_otp"} {
			switch len(got) {
			case 2: // looking changes nothing, time does
				sandboxtest.Must(t, s.Advance(5*time.Second))
			case 3:
				sandboxtest.Must(t, s.SetDelivery(id, "UNDELIV"))
			}
			got = append(got, sandboxtest.MyOTP(t, s, path, sandboxtest.Fields{"message_id": id}).Text("DLR"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", channel, got, want)
		}
	}
	if err := sandboxtest.Open(t, sandbox.Options{}).SetDelivery("nobody", "read"); err == nil {
		t.Error("the delivery of an unknown message was set")
	}
}

func TestMyOTPReportPagesThroughEverythingOnce(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, myotp.At(s).AddTransactions(250))
	sent := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "return_otp": true})
	sandboxtest.MyOTP(t, s, "/verify_otp", sandboxtest.Fields{"message_id": sent.Text("message_id"), "otp": "000"})
	sandboxtest.MyOTP(t, s, "/verify_otp", sandboxtest.Fields{"message_id": sent.Text("message_id"), "otp": sent.Text("otp")})
	seen, types, before := map[string]int{}, map[float64]int{}, ""
	var newest []string // statuses, of which the first three are of the same second
	for page := 1; ; page++ {
		got := sandboxtest.MyOTP(t, s, "/report", sandboxtest.Fields{"page": page, "per_page": 100})
		rows, _ := got.Body["transactions"].([]any)
		if len(rows) == 0 {
			break
		}
		for _, row := range rows {
			row, _ := row.(sandboxtest.Fields)
			id, _ := row["message_id"].(string)
			at, _ := row["timestamp"].(string)
			kind, _ := row["message_type"].(float64)
			status, _ := row["status"].(string)
			newest = append(newest, status)
			if before != "" && at > before {
				t.Fatalf("%s comes after %s", at, before)
			}
			seen[id]++
			types[kind]++
			before = at
		}
	}
	if len(seen) != 251 || seen[sent.Text("message_id")] != 3 {
		t.Errorf("%d messages; that of the send has %d rows", len(seen), seen[sent.Text("message_id")])
	}
	if !slices.Equal(newest[:3], []string{"success", "failed", "sent"}) {
		t.Errorf("the newest rows are %q", newest[:3])
	}
	if !maps.Equal(types, map[float64]int{1: 251, 2: 2}) {
		t.Errorf("rows by type: %v", types)
	}
	got := sandboxtest.MyOTP(t, s, "/report", sandboxtest.Fields{"start_date": "2026-09-01", "end_date": "2026-09-30"})
	if got.Number("total_count") != 0 {
		t.Errorf("rows of another day: %s", got.Raw)
	}
	got = sandboxtest.MyOTP(t, s, "/report", sandboxtest.Fields{"start_date": "2026-09-01", "end_date": "2026-10-02"})
	if got.Number("total_count") != 253 {
		t.Errorf("31 days: %s", got.Raw)
	}
}

func TestMyOTPBalanceGoesDownByTheCost(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, myotp.At(s).Update(func(a *myotp.Account) { a.Balance = 2 }))
	balance := func() float64 {
		got, err := sandboxtest.Send(t, http.MethodGet, s.URL()+"/myotp/v1/agent/account", map[string]string{"X-API-Key": myotp.Key}, nil)
		sandboxtest.Must(t, err)
		return got.Number("balance")
	}
	got := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "channel": "whatsapp"})
	if got.Number("cost") != 1.5 || balance() != 0.5 {
		t.Errorf("cost %v, balance %v", got.Number("cost"), balance())
	}
	// Too little for another one, but enough to verify.
	if got := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": "14155550124"}); got.Status != http.StatusForbidden {
		t.Errorf("HTTP status %d: %s", got.Status, got.Raw)
	}
	sandboxtest.MyOTP(t, s, "/verify_otp", sandboxtest.Fields{"phone_number": phone, "otp": "000"})
	if got := sandboxtest.MyOTP(t, s, "/v1/topup", sandboxtest.Fields{"credits": 50}); got.Status != http.StatusPaymentRequired || len(got.Header.Values("WWW-Authenticate")) != 2 {
		t.Errorf("HTTP status %d, %v: %s", got.Status, got.Header, got.Raw)
	}
	if balance() != 0.5 {
		t.Errorf("balance %v", balance())
	}
}

func TestMyOTPPathsAndMethods(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	for path, want := range map[string]int{"/generate_otp": 405, "/generate_otp/": 404, "/v1/agent/register": 404, "/": 404, "/v1/agent/account": 200} {
		got, err := sandboxtest.Send(t, http.MethodGet, s.URL()+"/myotp"+path, map[string]string{"X-API-Key": myotp.Key}, nil)
		sandboxtest.Must(t, err)
		if got.Status != want {
			t.Errorf("GET %s: HTTP status %d, want %d", path, got.Status, want)
		}
		shape := "error"
		if strings.HasPrefix(path, "/v1/agent/") {
			shape = "detail"
		}
		if got.Status != http.StatusOK && got.Body[shape] == nil {
			t.Errorf("GET %s: %s", path, got.Raw)
		}
	}
	if got := sandboxtest.MyOTP(t, s, "/generate_otp", strings.Repeat(" ", 1<<20+1)); got.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge body: HTTP status %d", got.Status)
	}
}

func TestMyOTPSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for _, settings := range []myotp.Settings{{CheckFields: "all"}, {ReportRows: "new"}} {
		if _, err := sandbox.New(sandbox.Options{Settings: sandbox.Settings{MyOTP: settings}}); err == nil {
			t.Errorf("taken: %+v", settings)
		}
	}
}

func TestCodesAreRepeatableWithASeed(t *testing.T) {
	t.Parallel()
	var codes, ids []string
	for range 2 {
		s := sandboxtest.Open(t, sandbox.Options{Random: sandboxtest.Seeded()})
		sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone})
		codes = append(codes, sandboxtest.Last(t, s.Messages()).Code)
		ids = append(ids, sandboxtest.Last(t, s.Messages()).MessageID)
	}
	if codes[0] != codes[1] || ids[0] != ids[1] {
		t.Errorf("codes %q, IDs %q", codes, ids)
	}
	s := sandboxtest.Open(t, sandbox.Options{Random: strings.NewReader("short")})
	if got := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone}); got.Header.Get("X-Sandbox-Error") == "" {
		t.Errorf("without randomness: HTTP status %d: %s", got.Status, got.Raw)
	}
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages without randomness", n)
	}
}
