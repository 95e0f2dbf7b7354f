package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func get(t *testing.T, s *Server, path string) response {
	t.Helper()
	out, err := send(t, http.MethodGet, s.URL()+path, nil, nil)
	must(t, err)
	return out
}

func post(t *testing.T, s *Server, path string, body any) response {
	t.Helper()
	out, err := send(t, http.MethodPost, s.URL()+path, nil, body)
	must(t, err)
	return out
}

func TestInbox(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	empty := get(t, s, "/")
	if empty.status != http.StatusOK || !strings.Contains(empty.raw, "No message yet") || !strings.Contains(empty.raw, "export OTP_MYOTP_API_KEY="+myotpKey) {
		t.Errorf("an empty inbox:\n%s", empty.raw)
	}
	body := explicit()
	body["text"] = `<script>alert("1")</script> & {code}`
	octopushCall(t, s, http.MethodPost, "/service/otp/generate", body)
	myotpCall(t, s, "/generate_otp", fields{"phone_number": phone, "brand": "Acme", "channel": "telegram"})
	must(t, s.Fail(RateLimited("octopush", "otp_generate", "")))

	page := get(t, s, "/")
	messages := s.Messages()
	for _, want := range []string{
		"octopush · sms", "myotp · telegram", "ACMEBANK", "Acme", "+33600000001", "2026-10-01 09:00:00", messages[0].Code, messages[1].Code,
		`&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; ` + messages[0].Code, `http-equiv="refresh"`, "answer 429 for octopush otp_generate",
	} {
		if !strings.Contains(strings.ReplaceAll(page.raw, "&#43;", "+"), want) {
			t.Errorf("the page is without %q", want)
		}
	}
	if strings.Contains(page.raw, "<script") {
		t.Error("a message got a script into the page")
	}
	if strings.Index(page.raw, "myotp · telegram") > strings.Index(page.raw, "octopush · sms") {
		t.Error("the newest message is not on top")
	}
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("Content-Security-Policy is %q", policy)
	}
	if got := get(t, s, "/nothing"); got.status != http.StatusNotFound {
		t.Errorf("an unknown page: HTTP status %d", got.status)
	}
}

func TestControlPath(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	sent := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone})
	if got := get(t, s, "/_sandbox/messages"); !strings.Contains(got.raw, `"code":"`+last(t, s.Messages()).Code+`"`) {
		t.Errorf("messages: %s", got.raw)
	}
	requests := get(t, s, "/_sandbox/requests")
	if !strings.Contains(requests.raw, `"operation":"generate_otp"`) || strings.Contains(requests.raw, myotpKey) {
		t.Errorf("requests: %s", requests.raw)
	}
	post(t, s, "/_sandbox/deliveries", fields{"message_id": sent.text("message_id"), "status": "REJECTD"})
	if got := myotpCall(t, s, "/check_otp_status", fields{"message_id": sent.text("message_id")}); got.text("DLR") != "REJECTD" {
		t.Errorf("delivery: %s", got.raw)
	}
	if got := post(t, s, "/_sandbox/clock", fields{"advance_seconds": 90}); got.text("now") != "2026-10-01T09:01:30Z" || get(t, s, "/_sandbox/clock").text("now") != got.text("now") {
		t.Errorf("clock: %s", got.raw)
	}
	if got := post(t, s, "/_sandbox/faults", fields{"vendor": "myotp", "kind": "answer", "status": 500, "times": 2}); got.status != http.StatusOK {
		t.Errorf("fault: %s", got.raw)
	}
	if got := myotpCall(t, s, "/report", nil); got.status != http.StatusInternalServerError {
		t.Errorf("the fault did not happen: %s", got.raw)
	}
	if got := get(t, s, "/_sandbox/faults"); !strings.Contains(got.raw, `"times":1`) {
		t.Errorf("faults: %s", got.raw)
	}
	deleted, err := send(t, http.MethodDelete, s.URL()+"/_sandbox/faults", nil, nil)
	must(t, err)
	if deleted.raw != "[]" {
		t.Errorf("faults after all are dropped: %s", deleted.raw)
	}
	// A short one, so that the answer is late and the test is not.
	post(t, s, "/_sandbox/faults", fields{"kind": "delay", "delay_milliseconds": 1})
	if got := myotpCall(t, s, "/report", nil); got.status != http.StatusOK {
		t.Errorf("after a delay: %s", got.raw)
	}
	post(t, s, "/_sandbox/reset", nil)
	if len(s.Messages()) != 0 || len(s.Requests()) != 0 || !s.Now().Equal(start) {
		t.Errorf("after a reset: %v, %v, %s", s.Messages(), s.Requests(), s.Now())
	}
	if got := myotpCall(t, s, "/generate_otp", fields{"phone_number": phone}); got.status != http.StatusOK {
		t.Errorf("MyOTP remembers after a reset: %s", got.raw)
	}
}

func TestControlPathRefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	for name, test := range map[string]struct {
		path string
		body any
		want int
	}{
		"a fault without a kind":  {"/_sandbox/faults", fields{"status": 500}, 400},
		"a misspelt key":          {"/_sandbox/faults", fields{"kind": "cut", "time": 2}, 400},
		"no JSON":                 {"/_sandbox/clock", "soon", 400},
		"a clock that goes back":  {"/_sandbox/clock", fields{"advance_seconds": -1}, 400},
		"a clock of another time": {"/_sandbox/clock", fields{"advance_seconds": int64(1) << 60}, 400},
		"a scan of nothing":       {"/_sandbox/androidapi/scan", fields{"token": "none", "phone": "+923007778899"}, 400},
		"a token nobody waits at": {"/_sandbox/androidapi/expire", fields{"token": "none"}, 400},
		"an unknown account":      {"/_sandbox/androidapi/disconnect", fields{"unique": "none"}, 400},
		"no devices":              {"/_sandbox/androidapi/devices", fields{}, 400},
		"too many gateways":       {"/_sandbox/androidapi/gateways", fields{"count": 1e6}, 400},
		"an unknown channel":      {"/_sandbox/androidapi/messages", fields{"channel": "telegram", "count": 1}, 400},
		"an unknown message":      {"/_sandbox/deliveries", fields{"message_id": "none", "status": "read"}, 404},
	} {
		got := post(t, s, test.path, test.body)
		if got.status != test.want || got.text("error") == "" {
			t.Errorf("%s: HTTP status %d: %s", name, got.status, got.raw)
		}
	}
	got, err := send(t, http.MethodPost, s.URL()+"/_sandbox/reset", map[string]string{"Sec-Fetch-Site": "cross-site"}, nil)
	must(t, err)
	if got.status != http.StatusForbidden {
		t.Errorf("another site's page could reset the sandbox: HTTP status %d", got.status)
	}
}

func TestCredentialsAreNotLogged(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	const wrong = "wrong_key_0123456789_0123456789ab"
	headers := map[string]string{"X-API-Key": wrong, "Authorization": "Bearer " + wrong, "X-Trace": "seen " + wrong}
	_, err := send(t, http.MethodPost, s.URL()+"/myotp/report?X-Api-Key="+wrong+"&note="+myotpKey, headers, fields{"a": wrong, "b": myotpKey, "c": phone})
	must(t, err)
	_, err = send(t, http.MethodGet, s.URL()+"/octopush/v1/public/wallet/check-balance", map[string]string{"api-login": octopushLogin, "api-key": octopushKey}, nil)
	must(t, err)
	_, err = send(t, http.MethodPost, s.URL()+"/way2api/api/v1/aws/send_otp-pin", map[string]string{"Authorization": "Bearer " + way2Key}, fields{"value": way2Key})
	must(t, err)
	_, err = send(t, http.MethodPost, s.URL()+"/way2api/api/v1/aws/send_otp-pin", map[string]string{"Authorization": "Bearer " + wrong}, fields{"value": wrong})
	must(t, err)
	log := get(t, s, "/_sandbox/requests").raw
	for _, secret := range []string{wrong, myotpKey, octopushLogin, octopushKey, way2Key} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log:\n%s", secret, log)
		}
	}
	if got := s.Requests()[0]; got.Headers.Get("X-Api-Key") != Redacted || !strings.Contains(got.Body, phone) {
		t.Errorf("too much or too little is hidden: %+v", got)
	}
}

// AndroidAPI's secret is a parameter: it may be anywhere.
func TestSecretsInParametersAreNotLogged(t *testing.T) {
	t.Parallel()
	const wrong = "wrong-secret/0123456789+abcdef"
	for _, secret := range []string{wrong, androidSecret} {
		s := open(t, Options{})
		values := params{"secret": secret, "phone": customer, "note": "seen " + secret}
		contentType, multipartBody := encodeMultipart(t, values)
		for _, request := range []struct{ query, contentType, body string }{
			{encodeQuery(values), "", ""},
			{"Secret=" + url.QueryEscape(secret), "", ""},
			{"", "application/x-www-form-urlencoded", encodeQuery(values)},
			{"", "application/x-www-form-urlencoded", "%73ecret=" + secret + "&phone=%2B923004445566&broken=%zz"},
			{"", contentType, multipartBody},
			{"", contentType, multipartBody[:strings.LastIndex(multipartBody, secret)+len(secret)]},
			{"", "application/json", `{"secret":"` + secret + `","phone":"` + customer + `"}`},
			{"", "", encodeQuery(values)},
		} {
			headers := map[string]string{"Content-Type": request.contentType}
			_, err := send(t, http.MethodPost, s.URL()+"/androidapi/api/send/otp?"+request.query, headers, request.body)
			must(t, err)
		}
		raw, err := json.Marshal(s.Requests())
		must(t, err)
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			if strings.Contains(string(raw), form) {
				t.Errorf("%q is in the log:\n%s", form, raw)
			}
		}
		if n := strings.Count(string(raw), "923004445566"); n < 6 {
			t.Errorf("the phone number is hidden too, %d are left", n)
		}
	}
}

func TestRequestsAreCopies(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	myotpCall(t, s, "/report", nil)
	s.Requests()[0].Headers.Set("X-Api-Key", "changed")
	if got := s.Requests()[0].Headers.Get("X-Api-Key"); got != Redacted {
		t.Errorf("a caller changed the log to %q", got)
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "8484"} {
		s, err := New(Options{})
		must(t, err)
		if err := s.Start(address); err == nil {
			t.Errorf("started on %s", address)
			must(t, s.Close())
		} else if !strings.Contains(err.Error(), DefaultAddress) {
			t.Errorf("%s: %v does not say what to write", address, err)
		}
		if s.URL() != "" {
			t.Errorf("%s: the URL is %q", address, s.URL())
		}
	}
	s, err := New(Options{})
	must(t, err)
	must(t, s.Start("localhost:0"))
	if !strings.HasPrefix(s.URL(), "http://127.0.0.1:") {
		t.Errorf("the URL is %q", s.URL())
	}
	if err := s.Start("127.0.0.1:0"); err == nil {
		t.Error("started twice")
	}
	second, err := New(Options{})
	must(t, err)
	if err := second.Start(strings.TrimPrefix(s.URL(), "http://")); err == nil || !strings.Contains(err.Error(), "another port") {
		t.Errorf("on a port in use: %v", err)
	}
	must(t, s.Close())
	must(t, s.Close())
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	want := map[string]string{
		"OTP_ANDROIDAPI_BASE_URL": s.URL() + "/androidapi/api", "OTP_ANDROIDAPI_SECRET": androidSecret,
		"OTP_WAY2API_BASE_URL": s.URL() + "/way2api/api/v1", "OTP_WAY2API_API_KEY": way2Key,
		"OTP_MYOTP_BASE_URL": s.URL() + "/myotp", "OTP_MYOTP_API_KEY": myotpKey,
		"OTP_OCTOPUSH_BASE_URL": s.URL() + "/octopush/v1/public", "OTP_OCTOPUSH_API_LOGIN": octopushLogin, "OTP_OCTOPUSH_API_KEY": octopushKey,
	}
	if diff := cmp.Diff(want, s.Environment()); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if len(myotpKey) != 32 {
		t.Errorf("the key of MyOTP has %d characters", len(myotpKey))
	}
	idle, err := New(Options{})
	must(t, err)
	if _, ok := idle.Environment()["OTP_MYOTP_BASE_URL"]; ok {
		t.Error("there is a base URL before Start")
	}
}

func TestPrintEnvironment(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	must(t, PrintEnvironment(&out, map[string]string{"B": "http://127.0.0.1:8484/x", "A": "it's $HOME", "C": "", "D": "a@b.test"}))
	want := "export A='it'\\''s $HOME'\nexport B=http://127.0.0.1:8484/x\nexport C=''\nexport D=a@b.test\n"
	if out.String() != want {
		t.Errorf("printed\n%s, want\n%s", out.String(), want)
	}
}

func TestWithoutAClockTimePasses(t *testing.T) {
	t.Parallel()
	s, err := New(Options{})
	must(t, err)
	if now := s.Now(); now.Before(start.AddDate(-2, 0, 0)) || now.Location() != time.UTC || now.Nanosecond() != 0 {
		t.Errorf("it is %s", now)
	}
}
