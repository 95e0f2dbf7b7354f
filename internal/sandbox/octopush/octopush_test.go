package octopush_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

const recipient = "+33600000001"

func TestOctopushRepairs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		parameter string
		value     any
		note      string // empty: nothing to repair
		check     func(sandbox.Message) bool
	}{
		"nothing":               {"sender", "ACMEBANK", "", func(m sandbox.Message) bool { return m.Sender == "ACMEBANK" }},
		"an unknown parameter":  {"code_lenght", 8, "code_lenght: dropped", func(m sandbox.Message) bool { return len(m.Code) == 6 }},
		"a number in quotes":    {"code_length", "8", "code_length: string cast", func(m sandbox.Message) bool { return len(m.Code) == 8 }},
		"a number with a point": {"code_length", 8.5, "code_length: dropped", func(m sandbox.Message) bool { return len(m.Code) == 6 }},
		"too long a code":       {"code_length", 64, "code_length: 64 changed to 32", func(m sandbox.Message) bool { return len(m.Code) == 32 }},
		"too short a code":      {"code_length", 3, "code_length: 3 changed to 4", func(m sandbox.Message) bool { return len(m.Code) == 4 }},
		"null":                  {"code_length", nil, "code_length: null", func(m sandbox.Message) bool { return len(m.Code) == 6 }},
		"a boolean in quotes":   {"allow_upper_case", "TRUE", "allow_upper_case: cast", nil},
		"a boolean as a number": {"allow_upper_case", 1, "allow_upper_case: cast", nil},
		"no boolean":            {"allow_upper_case", "yes", "allow_upper_case: dropped", func(m sandbox.Message) bool { return strings.Trim(m.Code, emulate.Digits) == "" }},
		"no alphabet":           {"allow_digits", false, "allow_digits: changed to true", func(m sandbox.Message) bool { return strings.Trim(m.Code, emulate.Digits) == "" }},
		"a sender with a space": {"sender", "ACME BANK", `sender: "ACME BANK" changed to "ACMEBANK"`, func(m sandbox.Message) bool { return m.Sender == "ACMEBANK" }},
		"a long sender":         {"sender", "ACMEBANKEUROPE", "sender:", func(m sandbox.Message) bool { return m.Sender == "ACMEBANKEUR" }},
		"a hopeless sender":     {"sender", "é-ß", "sender:", func(m sandbox.Message) bool { return m.Sender == "OCTOPUSH" }},
		"an older channel name": {"channel", "text_sms", "channel:", func(m sandbox.Message) bool { return m.Channel == "sms" }},
		"an unknown channel":    {"channel", "whatsapp", "channel:", func(m sandbox.Message) bool { return m.Channel == "sms" }},
		"a long text":           {"text", strings.Repeat("é", 1300), "text: 1300 characters cut", func(m sandbox.Message) bool { return utf8.RuneCountInString(m.Text) == 1224+1+6 }},
		"the longest text":      {"text", strings.Repeat("é", 1218) + "{code}", "", func(m sandbox.Message) bool { return utf8.RuneCountInString(m.Text) == 1224 }},
		"a text as a number":    {"text", 5, "text: number cast", func(m sandbox.Message) bool { return strings.HasPrefix(m.Text, "5 ") }},
		"a phone with spaces":   {"phone_number", "+33 6 00 00 00 01", "phone_number:", func(m sandbox.Message) bool { return m.To == recipient }},
		"a phone with 00":       {"phone_number", "0033600000001", "phone_number:", func(m sandbox.Message) bool { return m.To == recipient }},
		"a phone without plus":  {"phone_number", "33600000001", "phone_number:", func(m sandbox.Message) bool { return m.To == recipient }},
		"attempts in quotes":    {"max_wrong_attempts", "3", "max_wrong_attempts: string cast", nil},
		"a language":            {"voice_language", "fr_FR", "voice_language:", nil},
		"an address":            {"recipient_ip", "localhost", "recipient_ip: dropped", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, body := sandboxtest.Open(t, sandbox.Options{}), sandboxtest.OctopushBody()
			body[test.parameter] = test.value
			got := sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", body)
			if got.Status != http.StatusOK {
				t.Fatalf("not sent: %s", got.Raw)
			}
			repaired := sandboxtest.Last(t, s.Requests()).Repaired
			if test.note == "" && len(repaired) != 0 {
				t.Errorf("repaired %q", repaired)
			}
			if test.note != "" && !slices.ContainsFunc(repaired, func(note string) bool { return strings.HasPrefix(note, test.note) }) {
				t.Errorf("repaired %q, want %q", repaired, test.note)
			}
			if message := sandboxtest.Last(t, s.Messages()); test.check != nil && !test.check(message) {
				t.Errorf("message %+v", message)
			}

			strict := sandboxtest.Open(t, sandbox.Options{Settings: sandbox.Settings{Octopush: octopush.Settings{RefuseRepairs: true}}})
			got = sandboxtest.Octopush(t, strict, http.MethodPost, "/service/otp/generate", body)
			if refused := got.Status == http.StatusBadRequest; refused != (test.note != "") || refused == (len(strict.Messages()) == 1) {
				t.Errorf("set to refuse: HTTP status %d, %d messages", got.Status, len(strict.Messages()))
			}
		})
	}
}

func TestOctopushOutOfRangeMayFallBackToTheDefault(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{Settings: sandbox.Settings{Octopush: octopush.Settings{DropOutOfRange: true}}})
	body := sandboxtest.OctopushBody()
	body["code_length"], body["text"] = 64, strings.Repeat("x", 1225)
	sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", body)
	if m := sandboxtest.Last(t, s.Messages()); len(m.Code) != 6 || m.Text != "Your code is "+m.Code {
		t.Errorf("message %+v", m)
	}
	if n := len(sandboxtest.Last(t, s.Requests()).Repaired); n != 2 {
		t.Errorf("%d repairs are noted", n)
	}
}

func TestOctopushWithoutARecipientNothingIsSent(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	for _, phone := range []any{nil, "", "+3360", "nobody", "0600000001", true, strings.Repeat("3", 20)} {
		body := sandboxtest.OctopushBody()
		body["phone_number"] = phone
		if got := sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", body); got.Status != http.StatusBadRequest {
			t.Errorf("%v: HTTP status %d", phone, got.Status)
		}
	}
	if got := sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", "phone_number=%2B33600000001"); got.Status != http.StatusBadRequest {
		t.Errorf("a form: HTTP status %d", got.Status)
	}
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func TestOctopushValidation(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sent := sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	code, token := sandboxtest.Last(t, s.Messages()).Code, sent.Text("otp_request_token")
	if ticket := sandboxtest.Last(t, s.Messages()).MessageID; ticket != sent.Text("ticket_number") || !strings.HasPrefix(ticket, "sms_") || !strings.HasPrefix(token, "otp_") {
		t.Errorf("ticket %q, token %q", ticket, token)
	}
	if sent.Body["code"] != float64(0) || strings.Contains(sent.Raw, code) {
		t.Errorf("the answer shows the code: %s", sent.Raw)
	}
	wrong := "0" + code[1:]
	if wrong == code {
		wrong = "1" + code[1:]
	}
	for _, step := range []struct {
		what      string
		body      sandboxtest.Fields
		code      float64
		remaining any
	}{
		{"another phone with the token", sandboxtest.Fields{"code": code, "otp_request_token": token, "phone_number": "+33600000002"}, 198, nil},
		{"wrong once", sandboxtest.Fields{"code": wrong, "otp_request_token": token}, 199, 2.0},
		{"wrong twice", sandboxtest.Fields{"code": wrong, "phone_number": recipient}, 199, 1.0},
		{"wrong for the last time", sandboxtest.Fields{"code": wrong, "otp_request_token": token}, 199, 0.0},
		{"right, too late", sandboxtest.Fields{"code": code, "otp_request_token": token}, 196, nil},
	} {
		got := sandboxtest.Octopush(t, s, http.MethodPut, "/service/otp/validate", step.body)
		if got.Status != http.StatusBadRequest || got.Number("code") != step.code || got.Body["remaining_number_of_attempts"] != step.remaining {
			t.Errorf("%s: HTTP status %d: %s", step.what, got.Status, got.Raw)
		}
	}

	// Another send starts afresh; by phone alone it is the last one that counts.
	sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	newer := sandboxtest.Last(t, s.Messages()).Code
	if got := sandboxtest.Octopush(t, s, http.MethodPut, "/service/otp/validate", sandboxtest.Fields{"code": newer, "phone_number": recipient}); got.Status != http.StatusOK {
		t.Errorf("the newer code: %s", got.Raw)
	}
	if got := sandboxtest.Octopush(t, s, http.MethodPut, "/service/otp/validate", sandboxtest.Fields{"code": newer, "phone_number": recipient}); got.Number("code") != 198 {
		t.Errorf("the newer code again: %s", got.Raw)
	}
	sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	sandboxtest.Must(t, s.Advance(300*time.Second))
	if got := sandboxtest.Octopush(t, s, http.MethodPut, "/service/otp/validate", sandboxtest.Fields{"code": sandboxtest.Last(t, s.Messages()).Code, "phone_number": recipient}); got.Number("code") != 197 {
		t.Errorf("at the expiry: %s", got.Raw)
	}
	if got := sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/validate", sandboxtest.Fields{}); got.Status != http.StatusMethodNotAllowed {
		t.Errorf("POST instead of PUT: HTTP status %d", got.Status)
	}
}

func TestOctopushWalletAndConsumption(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, octopush.At(s).Update(func(a *octopush.Account) {
		a.WalletPacks = []octopush.WalletPack{{ID: "one", Credit: 0.07}, {ID: "two", Credit: 1}}
	}))
	sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	voice := sandboxtest.OctopushBody()
	voice["channel"] = "voice_sms"
	sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", voice)
	got := sandboxtest.Octopush(t, s, http.MethodGet, "/wallet/check-balance?with_details=1", nil)
	if got.Raw != `{"amount":0.96,"unit":"euros","wallet_packs":[{"wallet_pack_id":"one","credit":0,"expiration_date":""},{"wallet_pack_id":"two","credit":0.96,"expiration_date":""}]}` {
		t.Errorf("balance %s", got.Raw)
	}
	if got := sandboxtest.Octopush(t, s, http.MethodGet, "/wallet/check-balance?country_code=fr&product_name=vocal_sms", nil); got.Raw != `{"amount":16,"unit":"vocal_sms","wallet_packs":null}` {
		t.Errorf("balance in calls %s", got.Raw)
	}
	for channel, want := range map[string]string{"sms": `"cost":0.05`, "voice": `"cost":0.06`, "voice_sms": `"cost":0.06`} {
		got := sandboxtest.Octopush(t, s, http.MethodPost, "/monthly-consumption", sandboxtest.Fields{"channel": channel, "year": 2026, "month": 10})
		if got.Number("number_of_sendings") != 1 || !strings.Contains(got.Raw, want) {
			t.Errorf("%s: %s", channel, got.Raw)
		}
	}
	sandboxtest.Must(t, s.Advance(31*24*time.Hour))
	sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", sandboxtest.OctopushBody())
	if got := sandboxtest.Octopush(t, s, http.MethodPost, "/monthly-consumption", nil); got.Number("month") != 11 || got.Number("number_of_sendings") != 1 {
		t.Errorf("this month: %s", got.Raw)
	}
	if got := sandboxtest.Octopush(t, s, http.MethodPost, "/monthly-consumption", sandboxtest.Fields{"year": 2026, "month": 10, "agent_email": "other@example.test"}); got.Number("number_of_sendings") != 0 {
		t.Errorf("another agent: %s", got.Raw)
	}
}

func TestOctopushWalletIgnoresWhatItCannotUse(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	for query, want := range map[string]string{
		"check-balance?product_name=sms_premium":                 "product_name",
		"check-balance?country_code=XX&product_name=sms_premium": "country_code",
		"check-balance?country_code=FR&product_name=premium_sms": "product_name",
		"check-balance?with_details=yes":                         "with_details",
		"check-balance?details=1":                                "details",
		"check-credits?country_codes%5B%5D=XX":                   "country_codes[]",
		"check-credits?country_codes=FR":                         "country_codes",
	} {
		got := sandboxtest.Octopush(t, s, http.MethodGet, "/wallet/"+query, nil)
		repaired := sandboxtest.Last(t, s.Requests()).Repaired
		if got.Status != http.StatusOK || len(repaired) == 0 || !strings.HasPrefix(repaired[0], want+":") {
			t.Errorf("%s: HTTP status %d, repaired %q", query, got.Status, repaired)
		}
	}
}
