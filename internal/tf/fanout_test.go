package tf

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

func says(vendor otp.Vendor, answer string) Question[string] {
	return Question[string]{Vendor: vendor, Ask: func(context.Context) (string, error) { return answer, nil }}
}

func refuses(vendor otp.Vendor, sentence string) Question[string] {
	return Question[string]{Vendor: vendor, Ask: func(context.Context) (string, error) { return "", errors.New(sentence) }}
}

// lines are diagnostics as text.
func lines(diags diag.Diagnostics) []string {
	var all []string
	for _, d := range diags {
		all = append(all, d.Severity().String()+" "+d.Summary()+": "+d.Detail())
	}
	return all
}

func TestOneAnswerTurnsFailuresIntoWarnings(t *testing.T) {
	t.Parallel()
	const (
		failed  = "Error MyOTP.App could not read the rates: It is closed."
		warned  = "Warning MyOTP.App could not read the rates: It is closed. Everything else was read and is there."
		unknown = "Error Octopush could not read the rates: api_key of the Octopush account is not known until another resource is applied. " +
			"Apply that one first with -target, or give the provider a value that is known when it plans"
	)
	closed := refuses(otp.MyOTP, "It is closed.")
	for name, test := range map[string]struct {
		questions []Question[string]
		answers   []string
		want      []string
	}{
		"all answer":              {[]Question[string]{says(otp.AndroidAPI, "1"), says(otp.MyOTP, "2")}, []string{"1", "2"}, nil},
		"one fails":               {[]Question[string]{says(otp.AndroidAPI, "1"), closed, says(otp.Way2API, "3")}, []string{"1", "3"}, []string{warned}},
		"all fail":                {[]Question[string]{closed, refuses(otp.Octopush, "never asked"), closed}, nil, []string{failed, unknown}},
		"an account is not known": {[]Question[string]{says(otp.Octopush, "never asked")}, nil, []string{unknown}},
		"nobody is there to ask":  {nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			session := &Session{Vendors: vendors.New(vendors.Config{}), Unknown: map[otp.Vendor]string{otp.Octopush: "api_key"}}
			answers, diags := AskAll(t.Context(), OfAccount{}.In(session), "read the rates", test.questions)
			if diff := cmp.Diff(test.answers, answers); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, lines(diags)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Terraform would take half a report for a whole one.
func TestHalfAReportOfAnInterruptedRunIsAnError(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	interrupted := Question[string]{Vendor: otp.MyOTP, Ask: func(context.Context) (string, error) {
		cancel()
		return "", context.Canceled
	}}
	answers, diags := AskAll(ctx, OfAccount{}.In(&Session{Vendors: vendors.New(vendors.Config{})}), "read the rates", []Question[string]{says(otp.AndroidAPI, "1"), interrupted})
	if answers != nil || !diags.HasError() {
		t.Errorf("got %v with %v", answers, lines(diags))
	}
}

func TestVendorsWithoutCredentialsAreNotAsked(t *testing.T) {
	t.Parallel()
	able := []otp.Vendor{otp.AndroidAPI, otp.MyOTP, otp.Octopush}
	for name, test := range map[string]struct {
		session *Session
		named   []string
		want    []otp.Vendor
		err     string
	}{
		"one is configured":    {&Session{Vendors: vendors.New(vendors.Config{Accounts: map[otp.Vendor]httpapi.Account{otp.MyOTP: {Credentials: map[string]string{"API_KEY": "made-up"}}}})}, nil, []otp.Vendor{otp.MyOTP}, ""},
		"one is not known yet": {&Session{Vendors: vendors.New(vendors.Config{}), Unknown: map[otp.Vendor]string{otp.Octopush: "api_key"}}, nil, []otp.Vendor{otp.Octopush}, ""},
		"two are named":        {&Session{Vendors: vendors.New(vendors.Config{})}, []string{"octopush", "androidapi"}, []otp.Vendor{otp.AndroidAPI, otp.Octopush}, ""},
		"none is configured": {&Session{Vendors: vendors.New(vendors.Config{})}, nil, nil,
			"Set OTP_ANDROIDAPI_SECRET for AndroidAPI, OTP_MYOTP_API_KEY for MyOTP.App, OTP_OCTOPUSH_API_LOGIN and OTP_OCTOPUSH_API_KEY for Octopush, or write the block"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			named := types.SetNull(types.StringType)
			if test.named != nil {
				var diags diag.Diagnostics
				if named, diags = types.SetValueFrom(t.Context(), types.StringType, test.named); diags.HasError() {
					t.Fatal(lines(diags))
				}
			}
			got, diags := OfAccount{}.In(test.session).Choose(t.Context(), named, able)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if text := strings.Join(lines(diags), ""); (text == "") != (test.err == "") || !strings.Contains(text, test.err) {
				t.Errorf("got %q, want %q", text, test.err)
			}
		})
	}
}

func TestPersonalDataIsMasked(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                       "",
		"nadia@example.com":      "n*****@example.com",
		"élodie@example.com":     "é*****@example.com",
		"jo@example.com":         "*****@example.com",
		"@example.com":           "*****@example.com",
		"\"a@b\"@example.com":    "\"*****@example.com",
		"no address":             "*****",
		"nadia.long@example.com": "n*****@example.com",
	} {
		if got := MaskEmail(address); got != want {
			t.Errorf("%q is masked as %q, want %q", address, got, want)
		}
	}
	if got := Phone("923001112233", true); got != "+923001112233" {
		t.Errorf("%q is shown", got)
	}
}
