package delivery_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// stored writes what was kept and reads it again, as a caller does that
// verifies in another process.
func stored(t *testing.T, kept delivery.Kept) delivery.Kept {
	t.Helper()
	raw, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	var again delivery.Kept
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	return again
}

func TestKeptSurvivesTheProcess(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*otp.DocumentRoute){
		"a token": func(*otp.DocumentRoute) {}, "a credential": expecting, "a code of our own": making,
	} {
		document := sample()
		change(&document.Routes[0])
		v := newVendor(t, answer(200, `{"code": 0, "token": "otp_1", "otp": 482913}`), answer(200, verifOK))
		sent := send(t, with(t, v, document), 0)
		typed := sent.Code.Reveal()
		if typed == "" {
			typed = code
		}
		got := verify(t, with(t, v, document), 0, stored(t, sent.Kept), delivery.Recipient{Phone: french}, typed)
		only(t, name, got.Outcome, got.Reason, otp.OutcomeOK)
		if route, ok := stored(t, sent.Kept).Route(); !ok || route != 0 {
			t.Errorf("%s: the route is %d, %v", name, route, ok)
		}
	}
	if none := stored(t, delivery.Kept{}); none != (delivery.Kept{}) || !none.ExpiresAt().IsZero() {
		t.Errorf("nothing kept comes back as %v", none)
	}
}

func TestKeptThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	v := newVendor(t, answer(200, sentOK))
	document := sample()
	runner := with(t, v, document)
	kept := send(t, runner, 0).Kept
	key := func(value string) func(*delivery.Options, map[string]string) {
		return func(_ *delivery.Options, env map[string]string) { env["OTP_OCTOPUSH_API_KEY"] = value }
	}
	other, moved := sample(), sample()
	other.Profile = "reset"
	moved.Routes[0].Channel = otp.VoiceSMS
	two := sample()
	two.Routes = append(two.Routes, two.Routes[0])
	for name, test := range map[string]struct {
		runner *delivery.Runner
		route  int
		want   string
	}{
		"other credentials":         {with(t, v, document, key("another-key")), 0, "other credentials"},
		"no credentials any more":   {with(t, v, document, key("")), 0, "OTP_OCTOPUSH_API_KEY"},
		"another profile":           {with(t, v, other), 0, `profile "login"`},
		"a route that is another":   {with(t, v, moved), 0, "routes[0] (octopush, sms)"},
		"another route of the same": {with(t, v, two), 1, "routes[0] (octopush, sms)"},
	} {
		_, verifying := test.runner.Verify(t.Context(), test.route, kept, delivery.Recipient{Phone: french}, code)
		_, extending := test.runner.Extend(t.Context(), test.route, kept, delivery.Recipient{}, 60)
		_, checking := test.runner.Status(t.Context(), test.route, kept, delivery.Recipient{})
		for _, err := range []error{verifying, extending, checking} {
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v, want an error that says %s", name, err, test.want)
			}
		}
	}
	if v.count() != 1 {
		t.Errorf("%d requests, want only the send", v.count())
	}
	for _, raw := range []string{`{"version": 2}`, `{"version": 1, "news": "leak-marker"}`, `"leak-marker"`, `{"version": "leak-marker"}`} {
		var kept delivery.Kept
		if err := json.Unmarshal([]byte(raw), &kept); err == nil || strings.Contains(err.Error(), "leak-marker") {
			t.Errorf("%s: %v, want an error that quotes nothing", raw, err)
		}
	}
}

// The vendor repeats everything it knows; none of it may come out anywhere.
func TestNothingConfidentialComesOut(t *testing.T) {
	t.Parallel()
	const (
		login = "made-up-login@acme.example"
		token = "otp_0123456789abcdef-token"
		ip    = "2001:db8::7"
	)
	echo := func(status int, code string) string {
		return fmt.Sprintf(`{"code": %d, "token": %q, "otp": %s, "message": "%s %s %s %s %s %s 612345678 482 913 %s", "text": "leak-marker"}`,
			status, token, code, made, login, french, french[1:], ip, token, code)
	}
	for name, change := range map[string]func(*otp.DocumentRoute){
		"expecting": expecting, "making": making, "query": func(r *otp.DocumentRoute) {
			for _, c := range []*otp.Call{r.Send, r.Verify, r.Extend, r.Status} {
				c.Encoding, c.Method = otp.Query, "GET"
			}
			r.Extend.Fields = map[string]any{"token": "{{token}}"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := sample()
			route := &document.Routes[0]
			change(route)
			route.Send.Headers["login"], route.Send.Fields["ip"] = "${OTP_OCTOPUSH_API_LOGIN}", "{{recipient_ip}}"
			if name != "query" {
				route.Send.Fields["key"] = "${OTP_OCTOPUSH_API_KEY}"
			}
			v := newVendor(t, answer(200, echo(0, "482913")), answer(400, echo(1, "482913")), drop, answer(500, echo(1, "482913")), answer(500, "<html>"+made), drop)
			environment := func(_ *delivery.Options, env map[string]string) { env["OTP_OCTOPUSH_API_LOGIN"] = login }
			runner := with(t, v, document, environment)

			var shown, logs bytes.Buffer
			ctx := tflogtest.RootLogger(t.Context(), &logs)
			tflog.Debug(ctx, "the log works")
			person := delivery.Recipient{Phone: french, Locale: "fr", IP: ip}
			show := func(value any, err error) {
				fmt.Fprintf(&shown, "%v %+v %#v %s %v\n", value, value, value, value, err)
				fmt.Fprintf(&shown, "%+v\n", []any{value})
			}
			var codes []string
			var kept delivery.Kept
			for i := range 3 {
				sent, err := runner.Send(ctx, 0, person, false)
				show(sent, err)
				codes = append(codes, sent.Code.Reveal())
				if i == 0 {
					kept = sent.Kept
				}
			}
			raw, err := json.Marshal(kept)
			show(kept, err)
			show(runner, nil)
			show(person, nil)
			verdict, err := runner.Verify(ctx, 0, kept, person, code)
			show(verdict, err)
			closed := with(t, nil, document, environment, func(_ *delivery.Options, env map[string]string) { env["OTP_OCTOPUSH_BASE_URL"] = nowhere })
			unsent, err := closed.Send(ctx, 0, person, false)
			show(unsent, err)
			codes = append(codes, unsent.Code.Reveal())

			hidden := append(slices.Clone(codes), made, login, french, french[1:], "612345678", ip, token, "482913", "482 913", "leak-marker")
			for where, text := range map[string]string{"shown": shown.String(), "log": logs.String()} {
				for _, secret := range hidden {
					if secret != "" && strings.Contains(text, secret) {
						t.Errorf("%s: %q is in\n%s", where, secret, text)
					}
				}
			}
			if !strings.Contains(logs.String(), "the log works") || !strings.Contains(logs.String(), `"operation":"send"`) {
				t.Errorf("the log is not what was looked at: %s", logs.String())
			}
			for _, secret := range append(codes, made, login, french, french[1:], ip, "482913") {
				if secret != "" && bytes.Contains(raw, []byte(secret)) {
					t.Errorf("stored: %q is in %s", secret, raw)
				}
			}
		})
	}
}

// Whoever finds what was kept must not learn the code by trying all of them.
func TestKeyedHashesDependOnTheCredentials(t *testing.T) {
	t.Parallel()
	document := sample()
	expecting(&document.Routes[0])
	hashes := map[string]bool{}
	for _, key := range []string{"a-made-up-key", "a-made-up-key", "another-made-up-key"} {
		v := newVendor(t, answer(200, `{"code": 0, "otp": 482913}`))
		sent := send(t, with(t, v, document, func(_ *delivery.Options, env map[string]string) { env["OTP_OCTOPUSH_API_KEY"] = key }), 0)
		raw, err := json.Marshal(sent.Kept)
		if err != nil {
			t.Fatal(err)
		}
		var stored struct {
			Phone  string
			Values map[string]struct{ Hash, Text string }
		}
		if err := json.Unmarshal(raw, &stored); err != nil {
			t.Fatal(err)
		}
		secret := stored.Values["secret_code"]
		if len(secret.Hash) != 64 || secret.Text != "" || len(stored.Phone) != 64 {
			t.Errorf("stored as %s", raw)
		}
		hashes[secret.Hash], hashes[stored.Phone] = true, true
	}
	if len(hashes) != 6 {
		t.Errorf("%d different hashes of 6: neither salt nor key may be shared", len(hashes))
	}
}
