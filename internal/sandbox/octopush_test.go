package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

const recipient = "+33600000001"

// explicit is a send that leaves nothing to defaults.
func explicit() fields {
	return fields{
		"phone_number": recipient, "text": "Acme: {code}", "channel": "sms", "sender": "ACMEBANK", "code_length": 6,
		"allow_digits": true, "allow_upper_case": false, "allow_lower_case": false, "allow_special_chars": false,
		"remove_confusing_characters": false, "validity_period": 300, "max_wrong_attempts": 3, "voice_language": "en-US", "voice_gender": "female",
	}
}

func TestOctopushRepairs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		parameter string
		value     any
		note      string // empty: nothing to repair
		check     func(Message) bool
	}{
		"nothing":               {"sender", "ACMEBANK", "", func(m Message) bool { return m.Sender == "ACMEBANK" }},
		"an unknown parameter":  {"code_lenght", 8, "code_lenght: dropped", func(m Message) bool { return len(m.Code) == 6 }},
		"a number in quotes":    {"code_length", "8", "code_length: string cast", func(m Message) bool { return len(m.Code) == 8 }},
		"a number with a point": {"code_length", 8.5, "code_length: dropped", func(m Message) bool { return len(m.Code) == 6 }},
		"too long a code":       {"code_length", 64, "code_length: 64 changed to 32", func(m Message) bool { return len(m.Code) == 32 }},
		"too short a code":      {"code_length", 3, "code_length: 3 changed to 4", func(m Message) bool { return len(m.Code) == 4 }},
		"null":                  {"code_length", nil, "code_length: null", func(m Message) bool { return len(m.Code) == 6 }},
		"a boolean in quotes":   {"allow_upper_case", "TRUE", "allow_upper_case: cast", nil},
		"a boolean as a number": {"allow_upper_case", 1, "allow_upper_case: cast", nil},
		"no boolean":            {"allow_upper_case", "yes", "allow_upper_case: dropped", func(m Message) bool { return strings.Trim(m.Code, digits) == "" }},
		"no alphabet":           {"allow_digits", false, "allow_digits: changed to true", func(m Message) bool { return strings.Trim(m.Code, digits) == "" }},
		"a sender with a space": {"sender", "ACME BANK", `sender: "ACME BANK" changed to "ACMEBANK"`, func(m Message) bool { return m.Sender == "ACMEBANK" }},
		"a long sender":         {"sender", "ACMEBANKEUROPE", "sender:", func(m Message) bool { return m.Sender == "ACMEBANKEUR" }},
		"a hopeless sender":     {"sender", "é-ß", "sender:", func(m Message) bool { return m.Sender == "OCTOPUSH" }},
		"an older channel name": {"channel", "text_sms", "channel:", func(m Message) bool { return m.Channel == "sms" }},
		"an unknown channel":    {"channel", "whatsapp", "channel:", func(m Message) bool { return m.Channel == "sms" }},
		"a long text":           {"text", strings.Repeat("é", 1300), "text: 1300 characters cut", func(m Message) bool { return utf8.RuneCountInString(m.Text) == 1224+1+6 }},
		"the longest text":      {"text", strings.Repeat("é", 1218) + "{code}", "", func(m Message) bool { return utf8.RuneCountInString(m.Text) == 1224 }},
		"a text as a number":    {"text", 5, "text: number cast", func(m Message) bool { return strings.HasPrefix(m.Text, "5 ") }},
		"a phone with spaces":   {"phone_number", "+33 6 00 00 00 01", "phone_number:", func(m Message) bool { return m.To == recipient }},
		"a phone with 00":       {"phone_number", "0033600000001", "phone_number:", func(m Message) bool { return m.To == recipient }},
		"a phone without plus":  {"phone_number", "33600000001", "phone_number:", func(m Message) bool { return m.To == recipient }},
		"attempts in quotes":    {"max_wrong_attempts", "3", "max_wrong_attempts: string cast", nil},
		"a language":            {"voice_language", "fr_FR", "voice_language:", nil},
		"an address":            {"recipient_ip", "localhost", "recipient_ip: dropped", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, body := open(t, Options{}), explicit()
			body[test.parameter] = test.value
			got := octopushCall(t, s, http.MethodPost, "/service/otp/generate", body)
			if got.status != http.StatusOK {
				t.Fatalf("not sent: %s", got.raw)
			}
			repaired := last(t, s.Requests()).Repaired
			if test.note == "" && len(repaired) != 0 {
				t.Errorf("repaired %q", repaired)
			}
			if test.note != "" && !slices.ContainsFunc(repaired, func(note string) bool { return strings.HasPrefix(note, test.note) }) {
				t.Errorf("repaired %q, want %q", repaired, test.note)
			}
			if message := last(t, s.Messages()); test.check != nil && !test.check(message) {
				t.Errorf("message %+v", message)
			}

			strict := open(t, Options{Settings: Settings{Octopush: OctopushSettings{RefuseRepairs: true}}})
			got = octopushCall(t, strict, http.MethodPost, "/service/otp/generate", body)
			if refused := got.status == http.StatusBadRequest; refused != (test.note != "") || refused == (len(strict.Messages()) == 1) {
				t.Errorf("set to refuse: HTTP status %d, %d messages", got.status, len(strict.Messages()))
			}
		})
	}
}

func TestOctopushOutOfRangeMayFallBackToTheDefault(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Settings: Settings{Octopush: OctopushSettings{DropOutOfRange: true}}})
	body := explicit()
	body["code_length"], body["text"] = 64, strings.Repeat("x", 1225)
	octopushCall(t, s, http.MethodPost, "/service/otp/generate", body)
	if m := last(t, s.Messages()); len(m.Code) != 6 || m.Text != "Your code is "+m.Code {
		t.Errorf("message %+v", m)
	}
	if n := len(last(t, s.Requests()).Repaired); n != 2 {
		t.Errorf("%d repairs are noted", n)
	}
}

func TestOctopushWithoutARecipientNothingIsSent(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	for _, phone := range []any{nil, "", "+3360", "nobody", "0600000001", true, strings.Repeat("3", 20)} {
		body := explicit()
		body["phone_number"] = phone
		if got := octopushCall(t, s, http.MethodPost, "/service/otp/generate", body); got.status != http.StatusBadRequest {
			t.Errorf("%v: HTTP status %d", phone, got.status)
		}
	}
	if got := octopushCall(t, s, http.MethodPost, "/service/otp/generate", "phone_number=%2B33600000001"); got.status != http.StatusBadRequest {
		t.Errorf("a form: HTTP status %d", got.status)
	}
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func TestOctopushText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{code}":                   "7",
		"":                         "7",
		"Acme code:":               "Acme code: 7",
		"{code} until {hh:mm:ss}.": "7 until 09:05:00.",
		"{code}, again {code}":     "7, again 7",
		"{CODE}":                   "{CODE} 7",
	} {
		if got := expand(text, "7", start.Add(5*time.Minute)); got != want {
			t.Errorf("expand(%q) is %q, want %q", text, got, want)
		}
	}
}

// A code holds only what was allowed, whatever that was.
func TestOctopushAlphabet(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Random: seeded()})
	must(t, err)
	rapid.Check(t, func(t *rapid.T) {
		in := &octopushInput{x: &exchange{server: s}, fields: fields{}}
		allowed, flag := "", rapid.Bool()
		for _, set := range []struct{ parameter, characters string }{
			{"allow_digits", "0123456789"},
			{"allow_upper_case", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
			{"allow_lower_case", "abcdefghijklmnopqrstuvwxyz"},
			{"allow_special_chars", "!#$%&?@"},
		} {
			on := flag.Draw(t, set.parameter)
			in.fields[set.parameter] = on
			if on {
				allowed += set.characters
			}
		}
		if allowed == "" {
			allowed = "0123456789"
		}
		plain := flag.Draw(t, "remove_confusing_characters")
		in.fields["remove_confusing_characters"] = plain
		length := rapid.IntRange(4, 32).Draw(t, "length")
		code := in.x.code(in.alphabet(OctopushDefaults{}), length)
		if len(code) != length || strings.Trim(code, allowed) != "" {
			t.Fatalf("code %q of %d characters from %q", code, length, allowed)
		}
		if plain && strings.ContainsAny(code, "0O1lI") {
			t.Fatalf("code %q has confusing characters", code)
		}
	})
}

func TestOctopushValidation(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	sent := octopushCall(t, s, http.MethodPost, "/service/otp/generate", explicit())
	code, token := last(t, s.Messages()).Code, sent.text("otp_request_token")
	if ticket := last(t, s.Messages()).MessageID; ticket != sent.text("ticket_number") || !strings.HasPrefix(ticket, "sms_") || !strings.HasPrefix(token, "otp_") {
		t.Errorf("ticket %q, token %q", ticket, token)
	}
	if sent.body["code"] != float64(0) || strings.Contains(sent.raw, code) {
		t.Errorf("the answer shows the code: %s", sent.raw)
	}
	wrong := "0" + code[1:]
	if wrong == code {
		wrong = "1" + code[1:]
	}
	for _, step := range []struct {
		what      string
		body      fields
		code      float64
		remaining any
	}{
		{"another phone with the token", fields{"code": code, "otp_request_token": token, "phone_number": "+33600000002"}, 198, nil},
		{"wrong once", fields{"code": wrong, "otp_request_token": token}, 199, 2.0},
		{"wrong twice", fields{"code": wrong, "phone_number": recipient}, 199, 1.0},
		{"wrong for the last time", fields{"code": wrong, "otp_request_token": token}, 199, 0.0},
		{"right, too late", fields{"code": code, "otp_request_token": token}, 196, nil},
	} {
		got := octopushCall(t, s, http.MethodPut, "/service/otp/validate", step.body)
		if got.status != http.StatusBadRequest || got.number("code") != step.code || got.body["remaining_number_of_attempts"] != step.remaining {
			t.Errorf("%s: HTTP status %d: %s", step.what, got.status, got.raw)
		}
	}

	// Another send starts afresh; by phone alone it is the last one that counts.
	octopushCall(t, s, http.MethodPost, "/service/otp/generate", explicit())
	newer := last(t, s.Messages()).Code
	if got := octopushCall(t, s, http.MethodPut, "/service/otp/validate", fields{"code": newer, "phone_number": recipient}); got.status != http.StatusOK {
		t.Errorf("the newer code: %s", got.raw)
	}
	if got := octopushCall(t, s, http.MethodPut, "/service/otp/validate", fields{"code": newer, "phone_number": recipient}); got.number("code") != 198 {
		t.Errorf("the newer code again: %s", got.raw)
	}
	octopushCall(t, s, http.MethodPost, "/service/otp/generate", explicit())
	must(t, s.Advance(300*time.Second))
	if got := octopushCall(t, s, http.MethodPut, "/service/otp/validate", fields{"code": last(t, s.Messages()).Code, "phone_number": recipient}); got.number("code") != 197 {
		t.Errorf("at the expiry: %s", got.raw)
	}
	if got := octopushCall(t, s, http.MethodPost, "/service/otp/validate", fields{}); got.status != http.StatusMethodNotAllowed {
		t.Errorf("POST instead of PUT: HTTP status %d", got.status)
	}
}

func TestOctopushWalletAndConsumption(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.UpdateOctopush(func(a *OctopushAccount) {
		a.WalletPacks = []WalletPack{{ID: "one", Credit: 0.07}, {ID: "two", Credit: 1}}
	}))
	octopushCall(t, s, http.MethodPost, "/service/otp/generate", explicit())
	voice := explicit()
	voice["channel"] = "voice_sms"
	octopushCall(t, s, http.MethodPost, "/service/otp/generate", voice)
	got := octopushCall(t, s, http.MethodGet, "/wallet/check-balance?with_details=1", nil)
	if got.raw != `{"amount":0.96,"unit":"euros","wallet_packs":[{"wallet_pack_id":"one","credit":0,"expiration_date":""},{"wallet_pack_id":"two","credit":0.96,"expiration_date":""}]}` {
		t.Errorf("balance %s", got.raw)
	}
	if got := octopushCall(t, s, http.MethodGet, "/wallet/check-balance?country_code=fr&product_name=vocal_sms", nil); got.raw != `{"amount":16,"unit":"vocal_sms"}` {
		t.Errorf("balance in calls %s", got.raw)
	}
	for channel, want := range map[string]string{"sms": `"cost":0.05`, "voice": `"cost":0.06`, "voice_sms": `"cost":0.06`} {
		got := octopushCall(t, s, http.MethodPost, "/monthly-consumption", fields{"channel": channel, "year": 2026, "month": 10})
		if got.number("number_of_sendings") != 1 || !strings.Contains(got.raw, want) {
			t.Errorf("%s: %s", channel, got.raw)
		}
	}
	must(t, s.Advance(31*24*time.Hour))
	octopushCall(t, s, http.MethodPost, "/service/otp/generate", explicit())
	if got := octopushCall(t, s, http.MethodPost, "/monthly-consumption", nil); got.number("month") != 11 || got.number("number_of_sendings") != 1 {
		t.Errorf("this month: %s", got.raw)
	}
	if got := octopushCall(t, s, http.MethodPost, "/monthly-consumption", fields{"year": 2026, "month": 10, "agent_email": "other@example.test"}); got.number("number_of_sendings") != 0 {
		t.Errorf("another agent: %s", got.raw)
	}
}

func TestOctopushWalletIgnoresWhatItCannotUse(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	for query, want := range map[string]string{
		"check-balance?product_name=sms_premium":                 "product_name",
		"check-balance?country_code=XX&product_name=sms_premium": "country_code",
		"check-balance?country_code=FR&product_name=premium_sms": "product_name",
		"check-balance?with_details=yes":                         "with_details",
		"check-balance?details=1":                                "details",
		"check-credits?country_codes%5B%5D=XX":                   "country_codes[]",
		"check-credits?country_codes=FR":                         "country_codes",
	} {
		got := octopushCall(t, s, http.MethodGet, "/wallet/"+query, nil)
		repaired := last(t, s.Requests()).Repaired
		if got.status != http.StatusOK || len(repaired) == 0 || !strings.HasPrefix(repaired[0], want+":") {
			t.Errorf("%s: HTTP status %d, repaired %q", query, got.status, repaired)
		}
	}
}
