package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"pgregory.net/rapid"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	hide := newRedactor([]string{testSecret, "aB3x", ""})
	tests := map[string]struct{ text, want string }{
		"plain words stay":            {"OTP already active", "OTP already active"},
		"a code":                      {"Your code is 482913.", "Your code is [digits]."},
		"a grouped code":              {"code 482 913", "code [digits]"},
		"three digits stay":           {"answered 402", "answered 402"},
		"a vendor's own bounds":       {"duration must be between 60 and 14400", "duration must be between 60 and 14400"},
		"a bound":                     {"must not exceed 14400", "must not exceed 14400"},
		"a number of seconds":         {"extended by 7200 seconds", "extended by 7200 seconds"},
		"a bound and a code":          {"between 60 and 14400, not 482913", "between 60 and 14400, not [digits]"},
		"a phone number after and":    {"between 60 and +33 6 00 00 00 01", "between 60 and [digits]"},
		"a long number after a bound": {"at most 33600000001", "at most [digits]"},
		"a code in Arabic digits":     {"الرمز ٤٨٢٩١٣", "الرمز [digits]"},
		"a phone number":              {"to +33 6 00 00 00 01 failed", "to [digits] failed"},
		"a phone number in brackets":  {"(415) 555-0123", "([digits]"},
		"the caller's address":        {"IP 203.0.113.5 not allowed", "IP 203.0.113.5 not allowed"},
		"an e-mail address":           {"owner ops@example.test is unknown", "owner [e-mail] is unknown"},
		"a confidential value":        {"wrong code aB3x", "wrong code [redacted]"},
		"a secret":                    {"secret " + testSecret, "secret [redacted]"},
		"a secret in a query":         {"?secret=" + url.QueryEscape(testSecret), "?secret=[redacted]"},
		"a secret in a path":          {"/" + url.PathEscape(testSecret), "/[redacted]"},
		"control characters":          {"a\x00b\x1b[31mred\r\nnext\tline", "ab[31mred next line"},
		"invisible characters":        {"a\u200bb\u202ec\ufeff", "abc"},
		"a code split invisibly":      {"48\u200b29\u200b13", "[digits]"},
		"a secret split by newlines":  {strings.ReplaceAll(testSecret, " ", "\n"), "[redacted]"},
		"broken UTF-8":                {"a\xffb", "ab"},
		"a long text":                 {strings.Repeat("x", 500), strings.Repeat("x", 200) + "…"},
	}
	for name, test := range tests {
		if got := hide.quote(test.text); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestQuoteNeverShowsASecretOrARunOfDigits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[a-zA-Z0-9_-]{12,32}`).Draw(t, "secret")
		around := rapid.StringN(0, 300, -1)
		code := rapid.StringMatching(`[0-9]{4,8}`).Draw(t, "code")
		text := around.Draw(t, "before") + secret + around.Draw(t, "between") + code + around.Draw(t, "after")
		got := newRedactor([]string{secret}).quote(text)
		if strings.Contains(got, secret) || strings.Contains(got, code) {
			t.Fatalf("%q shows %q or %q", got, secret, code)
		}
	})
}

// The credential of a query-authenticated call is in the URL that net/http
// quotes in every transport error.
func TestTransportErrorsHoldNoQuery(t *testing.T) {
	t.Parallel()
	malformed := newDropping(t, true, func(int32) (string, bool) {
		return "HTTP/1.1 200 OK\r\nX-Code 482913 " + testSecret + "\r\n\r\n", false
	})
	otherPath := readEndpoint
	otherPath.Path = "/get/devices"
	for name, address := range map[string]string{
		"refused":   refusedAddress,
		"no name":   "https://vendor.invalid/api",
		"dropped":   newDropping(t, false, nil).address,
		"malformed": malformed.address,
	} {
		for _, endpoint := range []Endpoint{readEndpoint, otherPath, getSend, sendEndpoint} {
			config := testConfig(address)
			config.Transport.options.MaxRetries = 1
			_, err := newTestClient(t, config).Do(t.Context(), phoneCall(endpoint, "+33600000001"), nil)
			if err == nil {
				t.Fatalf("%s: no error", name)
			}
			for shown := err; shown != nil; shown = errors.Unwrap(shown) {
				text := fmt.Sprintf("%v %+v %#v", shown, shown, shown)
				for _, hidden := range []string{
					testSecret, url.QueryEscape(testSecret), url.PathEscape(testSecret), "0123", "secret=", "482913", "33600000001", "?",
				} {
					if strings.Contains(text, hidden) {
						t.Errorf("%s, %s: %s shows %q", name, endpoint.Operation, text, hidden)
					}
				}
			}
			var wrapped *url.Error
			if errors.As(err, &wrapped) {
				t.Errorf("%s: the error unwraps to a url.Error", name)
			}
		}
	}
}

func TestPathValuesAreNotShown(t *testing.T) {
	t.Parallel()
	endpoint := Endpoint{
		Operation: "subaccount", Purpose: "read a sub-account",
		Method: http.MethodGet, Path: "/subaccount/{email}", Encoding: otp.Query, Read: true,
	}
	address, _ := answering(t, body(404, "application/json", `{}`))
	config := testConfig(address)
	config.Classify = func(_ Endpoint, a *Answer) *Error {
		return &Error{Kind: KindOf(a.Status), Code: "who-is-ada", Message: "no who-is-ada here"}
	}
	_, err := newTestClient(t, config).Do(t.Context(), Call{Endpoint: endpoint, Path: map[string]string{"email": "who-is-ada"}}, nil)
	want := `Could not read a sub-account at AndroidAPI: HTTP 404 with code [redacted]: "no [redacted] here". Check the name or the number that was asked for.`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestSecretPrintsAsAMask(t *testing.T) {
	t.Parallel()
	type holder struct{ Code Secret }
	for _, value := range []any{NewSecret("482913"), holder{NewSecret("482913")}, &holder{NewSecret("482913")}} {
		if text := fmt.Sprintf("%v %+v %#v %s", value, value, value, value); strings.Contains(text, "482913") {
			t.Errorf("%s shows the value", text)
		}
	}
	if got := NewSecret("482913").Reveal(); got != "482913" {
		t.Errorf("revealed %q", got)
	}
	if got := new(Secret).String(); got != "" {
		t.Errorf("nothing hidden prints as %q", got)
	}
}
