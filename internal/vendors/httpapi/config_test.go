package httpapi

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"https://api.myotp.app", "https://api.octopush.com/v1/public", "https://vendor.example:8443/api/",
		"http://localhost:8484/myotp", "http://LOCALHOST", "http://127.0.0.1:8484", "http://127.9.9.9", "http://[::1]:8484/x",
	} {
		if base, err := ParseBaseURL(raw); err != nil || base.Host == "" {
			t.Errorf("%s: %v", raw, err)
		}
	}
	tests := map[string]struct{ raw, want string }{
		"empty":              {"", "is empty"},
		"http elsewhere":     {"http://api.myotp.app", "in clear"},
		"http by name":       {"http://localhost.example", "in clear"},
		"http, any address":  {"http://0.0.0.0:8484", "in clear"},
		"a user":             {"https://user@vendor.example", "user name or a password"},
		"a password":         {"https://user:hunter2hunter2@vendor.example", "user name or a password"},
		"a query":            {"https://vendor.example/api?secret=hunter2hunter2", "question mark"},
		"an empty query":     {"https://vendor.example/api?", "question mark"},
		"a fragment":         {"https://vendor.example/api#hunter2hunter2", "number sign"},
		"an empty fragment":  {"https://vendor.example/api#", "number sign"},
		"another scheme":     {"ftp://vendor.example", "does not start with https://"},
		"no scheme":          {"vendor.example/api", "not a complete address"},
		"no host":            {"https:///api", "not a complete address"},
		"an opaque address":  {"https:vendor.example", "not a complete address"},
		"a bad port":         {"https://vendor.example:hunter2hunter2/", "not a complete address"},
		"a newline":          {"https://vendor.example/\n", "space or a control character"},
		"a space":            {" https://vendor.example", "space or a control character"},
		"an invisible space": {"https://vendor.example/\u200b", "space or a control character"},
	}
	for name, test := range tests {
		_, err := ParseBaseURL(test.raw)
		switch {
		case err == nil:
			t.Errorf("%s: no error", name)
		case !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "The base URL ") || !strings.HasSuffix(err.Error(), "."):
			t.Errorf("%s: got %q, want a sentence with %q", name, err, test.want)
		case strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%s: %q repeats the address", name, err)
		}
	}
}

func TestNewRefusesABaseURL(t *testing.T) {
	t.Parallel()
	if _, err := New(testConfig("http://vendor.example")); err == nil {
		t.Error("no error")
	}
}

func TestCredentialCheck(t *testing.T) {
	t.Parallel()
	const missing = "MyOTP.App is not configured: it has no API key. " +
		`Set the environment variable OTP_MYOTP_API_KEY, or write provider "otp" { myotp = { api_key = … } }.`
	tests := map[string]struct{ value, want string }{
		"good":              {"made_up_key_0123456789", ""},
		"with a space":      {"made up", ""},
		"missing":           {"", missing},
		"a final newline":   {"made_up\n", "The API key of MyOTP.App begins or ends with a space or a newline. Remove it, for example with trimspace() or printf %s."},
		"a leading space":   {" made_up", "The API key of MyOTP.App begins or ends with a space or a newline. Remove it, for example with trimspace() or printf %s."},
		"a final no-break":  {"made_up\u00a0", "The API key of MyOTP.App begins or ends with a space or a newline. Remove it, for example with trimspace() or printf %s."},
		"an inner newline":  {"made\nup", "The API key of MyOTP.App holds a control or an invisible character. Copy it again."},
		"a zero-width mark": {"made\u200bup", "The API key of MyOTP.App holds a control or an invisible character. Copy it again."},
		"broken UTF-8":      {"made\xffup", "The API key of MyOTP.App holds a control or an invisible character. Copy it again."},
	}
	for name, test := range tests {
		err := Credential{Vendor: otp.MyOTP, Field: "API_KEY", Name: "API key", Value: test.value}.CheckValue()
		switch {
		case test.want == "":
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case !IsKind(err, Unconfigured) || err.Error() != test.want:
			t.Errorf("%s:\ngot  %v\nwant %s", name, err, test.want)
		}
	}
	err := Credential{Vendor: otp.Octopush, Account: "eu-west", Field: "API_LOGIN", Name: "API login"}.CheckValue()
	want := `Octopush (account "eu-west") is not configured: it has no API login. Set the environment variable OTP_OCTOPUSH_EU_WEST_API_LOGIN.`
	if err == nil || err.Error() != want {
		t.Errorf("further account:\ngot  %v\nwant %s", err, want)
	}
}

func TestUserAgent(t *testing.T) {
	t.Setenv("TF_APPEND_USER_AGENT", "")
	const want = "Terraform/1.14.0 (+https://www.terraform.io) terraform-provider-otp/0.1.0"
	if got := UserAgent("1.14.0", "0.1.0"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	t.Setenv("TF_APPEND_USER_AGENT", " team/7\r\nX-Evil: 1 ")
	if got := UserAgent("1.14.0", "0.1.0"); got != want+" team/7X-Evil: 1" {
		t.Errorf("got %q", got)
	}
}
