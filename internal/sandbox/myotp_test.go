package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const phone = "14155550123"

func TestMyOTPMessage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   fields
		want   Message
		length int
	}{
		"by default":     {fields{}, Message{Channel: "sms", Sender: "MyOTP.App"}, 6},
		"brand, length":  {fields{"brand": "Acme", "otp_length": 8}, Message{Channel: "sms", Sender: "Acme"}, 8},
		"whatsapp":       {fields{"channel": "whatsapp"}, Message{Channel: "whatsapp", Sender: "MyOTP.App"}, 6},
		"telegram":       {fields{"channel": "telegram", "otp_length": 4}, Message{Channel: "telegram", Sender: "MyOTP.App"}, 4},
		"an own code":    {fields{"otp_code": "007"}, Message{Channel: "sms", Sender: "MyOTP.App", Code: "007"}, 3},
		"length ignored": {fields{"otp_code": "00712", "otp_length": 99}, Message{Channel: "sms", Sender: "MyOTP.App", Code: "00712"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{})
			test.body["phone_number"] = phone
			answer := myotpCall(t, s, "/generate_otp", test.body)
			got := last(t, s.Messages())
			if got.Vendor != "myotp" || got.Channel != test.want.Channel || got.Sender != test.want.Sender || got.To != "+"+phone || !got.At.Equal(start) {
				t.Errorf("message %+v", got)
			}
			if got.MessageID == "" || got.MessageID != answer.text("message_id") {
				t.Errorf("message ID %q, answered %q", got.MessageID, answer.text("message_id"))
			}
			if len(got.Code) != test.length || strings.Trim(got.Code, digits) != "" || (test.want.Code != "" && got.Code != test.want.Code) {
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
	s := open(t, Options{})
	// Everything is wrong at once; each repair uncovers the next check.
	must(t, s.UpdateMyOTP(func(a *MyOTPAccount) { a.Allowlist, a.Balance, a.Plan = nil, 0, PlanStarter }))
	key, body := "", fields{"phone_number": phone, "otp_length": 99}
	step := func(repair func()) string {
		repair()
		got, err := send(t, http.MethodPost, s.URL()+"/myotp/generate_otp", map[string]string{"X-API-Key": key}, body)
		must(t, err)
		problem, _ := got.body["error"].(fields)
		message, _ := problem["message"].(string)
		return strconv.Itoa(got.status) + " " + message
	}
	account := func(change func(*MyOTPAccount)) func() { return func() { must(t, s.UpdateMyOTP(change)) } }
	got := []string{
		step(func() {}),
		step(func() { key = myotpKey }),
		step(account(func(a *MyOTPAccount) { a.Allowlist = []string{"127.0.0.1"} })),
		step(account(func(a *MyOTPAccount) { a.Balance = 2 })),
		step(account(func(a *MyOTPAccount) { a.Plan = PlanBusiness })),
		step(func() { body["otp_length"] = 6 }),
		step(func() {}),
	}
	want := []string{
		"401 invalid or missing X-API-Key", "403 Access from this IP not allowed", "403 Insufficient balance",
		"403 CUSTOM_OTP_LENGTH is not available with your plan", "400 otp_length must be between 4 and 8", "200 ", "409 OTP already active",
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
	s := open(t, Options{})
	must(t, s.UpdateMyOTP(func(a *MyOTPAccount) { a.Plan = PlanStarter }))
	for field, value := range map[string]any{"otp_length": 6, "otp_validity": 300, "template_order": 1} {
		if got := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone, field: value}); got.status != http.StatusForbidden {
			t.Errorf("%s: HTTP status %d: %s", field, got.status, got.raw)
		}
	}
	if got := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone, "brand": "Acme"}); got.status != http.StatusOK {
		t.Errorf("a plain send: %s", got.raw)
	}
	if err := s.UpdateMyOTP(func(a *MyOTPAccount) { a.Plan = "gold" }); err == nil || s.myotp.data.Account.Plan != PlanStarter {
		t.Errorf("an unknown plan was taken: %v", err)
	}
}

func TestMyOTPRefusesWhatItDoesNotDocument(t *testing.T) {
	t.Parallel()
	lenient := open(t, Options{Settings: Settings{MyOTP: MyOTPSettings{Lenient: true}}})
	strict := open(t, Options{})
	for name, test := range map[string]struct {
		body   any
		always bool // refused by the lenient reading too
	}{
		"an unknown field":    {fields{"phone_number": phone, "sender": "X"}, false},
		"a length in quotes":  {fields{"phone_number": phone, "otp_length": "6"}, false},
		"a phone as a number": {`{"phone_number":14155550123}`, false},
		"a fraction":          {fields{"phone_number": phone, "otp_length": 6.5}, true},
		"a huge number":       {`{"phone_number":"14155550123","otp_length":1e999999999}`, true},
		"null":                {fields{"phone_number": phone, "otp_length": nil}, true},
		"a flag as a number":  {fields{"phone_number": phone, "force_send": 1}, true},
		"a flag as a word":    {fields{"phone_number": phone, "force_send": "yes"}, true},
		"a flag that is null": {fields{"phone_number": phone, "force_send": nil}, true},
		"an empty brand":      {fields{"phone_number": phone, "brand": ""}, true},
		"an array":            {`[]`, true},
		"null as the body":    {`null`, true},
		"half a body":         {`{"phone_number":`, true},
		"two bodies":          {`{"phone_number":"14155550123"}{}`, true},
		"a form":              {`phone_number=14155550123`, true},
		"an own code for telegram that is too short": {fields{"phone_number": phone, "channel": "telegram", "otp_code": "123"}, true},
	} {
		if got := myotpCall(t, strict, "/generate_otp", test.body); got.status != http.StatusBadRequest {
			t.Errorf("%s: HTTP status %d: %s", name, got.status, got.raw)
		}
		want := http.StatusOK
		if test.always {
			want = http.StatusBadRequest
		}
		if got := myotpCall(t, lenient, "/generate_otp", test.body); got.status != want {
			t.Errorf("%s, leniently: HTTP status %d: %s", name, got.status, got.raw)
		}
		must(t, lenient.Advance(time.Hour)) // so that no code stands in the way
	}
	if n := len(strict.Messages()); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func TestMyOTPVerifyAfterAForcedSend(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	first := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone, "return_otp": true, "otp_code": "1111"})
	second := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone, "return_otp": true, "force_send": true, "otp_code": "2222"})
	verify := func(body fields) string { return myotpCall(t, s, "/verify_otp", body).text("reason") }
	for _, step := range []struct {
		what string
		body fields
		want string
	}{
		{"the older code by phone", fields{"otp": "1111", "phone_number": phone}, "invalid"},
		{"the newer code for the older message", fields{"otp": "2222", "message_id": first.text("message_id")}, "invalid"},
		{"another phone's", fields{"otp": "2222", "message_id": second.text("message_id"), "phone_number": "14155550199"}, "not found"},
		{"the newer code", fields{"otp": "2222", "phone_number": phone}, ""},
		{"the newer code again", fields{"otp": "2222", "message_id": second.text("message_id")}, "not found"},
		{"the older code, now the most recent active one", fields{"otp": "1111", "phone_number": phone}, ""},
		{"nothing left", fields{"otp": "1111", "phone_number": phone}, "not found"},
	} {
		if got := verify(step.body); got != step.want {
			t.Errorf("%s: reason %q, want %q", step.what, got, step.want)
		}
	}
}

func TestMyOTPExpiryAndExtension(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	sent := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone, "return_otp": true})
	ask := fields{"message_id": sent.text("message_id")}
	verify := fields{"message_id": sent.text("message_id"), "otp": sent.text("otp")}
	must(t, s.Advance(299*time.Second))
	if got := myotpCall(t, s, "/extend_otp", fields{"message_id": sent.text("message_id"), "duration": 60}); got.text("expires_at") != "2026-10-01T09:06:00Z" {
		t.Fatalf("extension counts from elsewhere: %s", got.raw)
	}
	must(t, s.Advance(61*time.Second)) // the last instant is 09:05:59
	if got := myotpCall(t, s, "/verify_otp", verify); got.text("reason") != "expired" {
		t.Errorf("at the expiry: %s", got.raw)
	}
	if got := myotpCall(t, s, "/check_otp_status", ask); got.body["is_active"] != false {
		t.Errorf("at the expiry: %s", got.raw)
	}
	must(t, s.Advance(24*time.Hour))
	if got := myotpCall(t, s, "/check_otp_status", ask); got.text("message") != "Message not found" || got.body["DLR"] != nil {
		t.Errorf("a day later: %s", got.raw)
	}
	if got := myotpCall(t, s, "/verify_otp", verify); got.text("reason") != "not found" {
		t.Errorf("a day later: %s", got.raw)
	}
	if got := s.Advance(-time.Second); got == nil {
		t.Error("the clock went back")
	}
}

func TestMyOTPDelivery(t *testing.T) {
	t.Parallel()
	for channel, want := range map[string][]string{
		"sms":      {"Pending: the carrier has not reported yet", "DELIVRD", "DELIVRD", "UNDELIV"},
		"whatsapp": {"sent", "delivered", "delivered", "UNDELIV"},
		"telegram": {"sent", "delivered", "delivered", "UNDELIV"},
	} {
		s := open(t, Options{})
		id := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone, "channel": channel}).text("message_id")
		var got []string
		for _, path := range []string{"/check_otp_status", "/check_otp", "/check_otp_status", "/check_otp"} {
			if len(got) == 3 {
				must(t, s.SetDelivery(id, "UNDELIV"))
			}
			got = append(got, myotpCall(t, s, path, fields{"message_id": id}).text("DLR"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", channel, got, want)
		}
	}
	if err := open(t, Options{}).SetDelivery("nobody", "read"); err == nil {
		t.Error("the delivery of an unknown message was set")
	}
}

func TestMyOTPReportPagesThroughEverythingOnce(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.AddTransactions(250))
	sent := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone, "return_otp": true})
	myotpCall(t, s, "/verify_otp", fields{"message_id": sent.text("message_id"), "otp": "000"})
	myotpCall(t, s, "/verify_otp", fields{"message_id": sent.text("message_id"), "otp": sent.text("otp")})
	seen, types, before := map[string]int{}, map[float64]int{}, ""
	var newest []string // statuses, of which the first three are of the same second
	for page := 1; ; page++ {
		got := myotpCall(t, s, "/report", fields{"page": page, "per_page": 100})
		rows, _ := got.body["transactions"].([]any)
		if len(rows) == 0 {
			break
		}
		for _, row := range rows {
			row, _ := row.(fields)
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
	if len(seen) != 251 || seen[sent.text("message_id")] != 3 {
		t.Errorf("%d messages; that of the send has %d rows", len(seen), seen[sent.text("message_id")])
	}
	if !slices.Equal(newest[:3], []string{"success", "failed", "sent"}) {
		t.Errorf("the newest rows are %q", newest[:3])
	}
	if !maps.Equal(types, map[float64]int{myotpSent: 251, myotpVerified: 2}) {
		t.Errorf("rows by type: %v", types)
	}
	got := myotpCall(t, s, "/report", fields{"start_date": "2026-09-01", "end_date": "2026-09-30"})
	if got.number("total_count") != 0 {
		t.Errorf("rows of another day: %s", got.raw)
	}
	got = myotpCall(t, s, "/report", fields{"start_date": "2026-09-01", "end_date": "2026-10-02"})
	if got.number("total_count") != 253 {
		t.Errorf("31 days: %s", got.raw)
	}
}

func TestMyOTPBalanceGoesDownByTheCost(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.UpdateMyOTP(func(a *MyOTPAccount) { a.Balance = 2 }))
	balance := func() float64 {
		got, err := send(t, http.MethodGet, s.URL()+"/myotp/v1/agent/account", map[string]string{"X-API-Key": myotpKey}, nil)
		must(t, err)
		return got.number("balance")
	}
	got := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone, "channel": "whatsapp"})
	if got.number("cost") != 1.5 || balance() != 0.5 {
		t.Errorf("cost %v, balance %v", got.number("cost"), balance())
	}
	// Too little for another one, but enough to verify.
	if got := myotpCall(t, s, "/generate_otp", fields{"phone_number": "14155550124"}); got.status != http.StatusForbidden {
		t.Errorf("HTTP status %d: %s", got.status, got.raw)
	}
	myotpCall(t, s, "/verify_otp", fields{"phone_number": phone, "otp": "000"})
	if got := myotpCall(t, s, "/v1/topup", fields{"credits": 50}); got.status != http.StatusPaymentRequired || len(got.header.Values("WWW-Authenticate")) != 2 {
		t.Errorf("HTTP status %d, %v: %s", got.status, got.header, got.raw)
	}
	if balance() != 0.5 {
		t.Errorf("balance %v", balance())
	}
}

func TestMyOTPPathsAndMethods(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	for path, want := range map[string]int{"/generate_otp": 405, "/generate_otp/": 404, "/v1/agent/register": 404, "/": 404, "/v1/agent/account": 200} {
		got, err := send(t, http.MethodGet, s.URL()+"/myotp"+path, map[string]string{"X-API-Key": myotpKey}, nil)
		must(t, err)
		if got.status != want {
			t.Errorf("GET %s: HTTP status %d, want %d", path, got.status, want)
		}
		shape := "error"
		if strings.HasPrefix(path, "/v1/agent/") {
			shape = "detail"
		}
		if got.status != http.StatusOK && got.body[shape] == nil {
			t.Errorf("GET %s: %s", path, got.raw)
		}
	}
	if got := myotpCall(t, s, "/generate_otp", strings.Repeat(" ", maxBody+1)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge body: HTTP status %d", got.status)
	}
}

func TestMyOTPSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for _, settings := range []MyOTPSettings{{CheckFields: "all"}, {ReportRows: "new"}} {
		if _, err := New(Options{Settings: Settings{MyOTP: settings}}); err == nil {
			t.Errorf("taken: %+v", settings)
		}
	}
}

func TestCodesAreRepeatableWithASeed(t *testing.T) {
	t.Parallel()
	var codes, ids []string
	for range 2 {
		s := open(t, Options{Random: seeded()})
		myotpCall(t, s, "/generate_otp", fields{"phone_number": phone})
		codes = append(codes, last(t, s.Messages()).Code)
		ids = append(ids, last(t, s.Messages()).MessageID)
	}
	if codes[0] != codes[1] || ids[0] != ids[1] {
		t.Errorf("codes %q, IDs %q", codes, ids)
	}
	s := open(t, Options{Random: strings.NewReader("short")})
	if got := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone}); got.header.Get("X-Sandbox-Error") == "" {
		t.Errorf("without randomness: HTTP status %d: %s", got.status, got.raw)
	}
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages without randomness", n)
	}
}
