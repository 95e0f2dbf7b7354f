package sandbox_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

const phone = "14155550123"

func TestPage(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	page := sandboxtest.Get(t, s, "/")
	if page.Status != http.StatusOK || !strings.Contains(page.Raw, "No message yet") {
		t.Errorf("the page: %s", page.Raw)
	}
	for _, policy := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"} {
		if got := page.Header.Get("Content-Security-Policy"); !strings.Contains(got, policy) {
			t.Errorf("Content-Security-Policy is %q", got)
		}
	}
	// Nothing is loaded from anywhere else, and nothing runs inside the page.
	for _, name := range []string{"index.html", "page.css", "page.js", "view.js", "detail.js", "icon.svg"} {
		file := sandboxtest.Get(t, s, "/_sandbox/page/"+name)
		without := strings.ReplaceAll(file.Raw, "http://www.w3.org/2000/svg", "")
		if file.Status != http.StatusOK || strings.Contains(without, "://") || strings.Contains(without, "innerHTML") || strings.Contains(without, "style=") {
			t.Errorf("%s: HTTP status %d, or it loads or runs something", name, file.Status)
		}
		if strings.HasSuffix(name, ".html") && strings.Contains(without, " on") && strings.Contains(without, "onclick") {
			t.Errorf("%s has a handler of its own", name)
		}
	}
	for path, want := range map[string]int{"/nothing": 404, "/_sandbox/nothing": 404, "/_sandbox/page/nothing.js": 404, "/_sandbox/page/..%2fpage.go": 404} {
		if got := sandboxtest.Get(t, s, path); got.Status != want || got.Text("error") == "" {
			t.Errorf("%s: HTTP status %d: %s", path, got.Status, got.Raw)
		}
	}
}

func TestViewShowsWhatWasSentAndWhatWasRefused(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	body := sandboxtest.OctopushBody()
	body["text"] = `<script>alert("1")</script> & {code}`
	sandboxtest.Octopush(t, s, http.MethodPost, "/service/otp/generate", body)
	sent := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "brand": "Acme", "channel": "telegram"})
	sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone})
	sandboxtest.MyOTP(t, s, "/verify_otp", sandboxtest.Fields{"message_id": sent.Text("message_id"), "otp": "0000"})
	sandboxtest.MyOTP(t, s, "/verify_otp", sandboxtest.Fields{"message_id": sent.Text("message_id"), "otp": sandboxtest.Last(t, s.Messages()).Code})
	sandboxtest.Must(t, s.Fail(sandbox.RateLimited("octopush", "otp_generate", "")))

	var view struct {
		Total, Chosen int
		Messages      []sandbox.Shown
		Refused       []sandbox.Request
		Faults        []sandbox.Fault
	}
	sandboxtest.Must(t, json.Unmarshal([]byte(sandboxtest.Get(t, s, "/_sandbox/view").Raw), &view))
	if view.Total != 2 || len(view.Messages) != 2 || len(view.Faults) != 1 || view.Faults[0].Number != 1 {
		t.Fatalf("%+v", view)
	}
	newest, oldest := view.Messages[0], view.Messages[1]
	if newest.Vendor != "myotp" || newest.Number != 2 || !newest.Used || newest.Cost != 0.5 || newest.Unit != "credits" || newest.Country != "US" || newest.Segments != 0 {
		t.Errorf("the newest: %+v", newest)
	}
	if oldest.Text != `<script>alert("1")</script> & `+oldest.Code || oldest.Segments != 1 || oldest.Encoding != "GSM-7" || oldest.Used || !oldest.ValidUntil.Equal(sandboxtest.Start.Add(5*time.Minute)) {
		t.Errorf("the oldest: %+v", oldest)
	}
	if len(view.Refused) != 1 || view.Refused[0].Status != http.StatusConflict || !strings.Contains(view.Refused[0].Answer, "OTP already active") {
		t.Errorf("refused: %+v", view.Refused)
	}
	var detail sandbox.Detail
	sandboxtest.Must(t, json.Unmarshal([]byte(sandboxtest.Get(t, s, "/_sandbox/messages/2").Raw), &detail))
	var calls []string
	for _, request := range detail.Requests {
		calls = append(calls, request.Operation)
		if request.Answer == "" || request.Headers.Get("X-Api-Key") != sandbox.Redacted {
			t.Errorf("a call without its answer, or with a credential: %+v", request)
		}
	}
	if want := []string{"generate_otp", "verify_otp", "verify_otp"}; !slices.Equal(calls, want) {
		t.Errorf("calls %q, want %q", calls, want)
	}
	for query, want := range map[string]int{"vendor=octopush": 1, "phone=%2B1+415": 1, "text=ALERT": 1, "text=nothing": 0, "phone=336&text=alert": 1, "limit=1": 1, "channel=telegram": 1} {
		var found []sandbox.Message
		sandboxtest.Must(t, json.Unmarshal([]byte(sandboxtest.Get(t, s, "/_sandbox/messages?"+query).Raw), &found))
		if len(found) != want {
			t.Errorf("%s: %d messages", query, len(found))
		}
	}
	if got := sandboxtest.Get(t, s, "/_sandbox/messages?limit=few"); got.Status != http.StatusBadRequest {
		t.Errorf("a limit that is no number: %s", got.Raw)
	}
}

func TestControlPath(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sent := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone})
	if got := sandboxtest.Get(t, s, "/_sandbox/messages"); !strings.Contains(got.Raw, `"code":"`+sandboxtest.Last(t, s.Messages()).Code+`"`) {
		t.Errorf("messages: %s", got.Raw)
	}
	requests := sandboxtest.Get(t, s, "/_sandbox/requests")
	if !strings.Contains(requests.Raw, `"operation":"generate_otp"`) || strings.Contains(requests.Raw, myotp.Key) {
		t.Errorf("requests: %s", requests.Raw)
	}
	sandboxtest.Post(t, s, "/_sandbox/deliveries", sandboxtest.Fields{"message_id": sent.Text("message_id"), "status": "REJECTD"})
	if got := sandboxtest.MyOTP(t, s, "/check_otp_status", sandboxtest.Fields{"message_id": sent.Text("message_id")}); got.Text("DLR") != "REJECTD" {
		t.Errorf("delivery: %s", got.Raw)
	}
	if got := sandboxtest.Post(t, s, "/_sandbox/clock", sandboxtest.Fields{"advance_seconds": 90}); got.Text("now") != "2026-10-01T09:01:30Z" || sandboxtest.Get(t, s, "/_sandbox/clock").Text("now") != got.Text("now") {
		t.Errorf("clock: %s", got.Raw)
	}
	if got := sandboxtest.Post(t, s, "/_sandbox/faults", sandboxtest.Fields{"vendor": "myotp", "kind": "answer", "status": 500, "times": 2}); got.Status != http.StatusOK {
		t.Errorf("fault: %s", got.Raw)
	}
	if got := sandboxtest.MyOTP(t, s, "/report", nil); got.Status != http.StatusInternalServerError {
		t.Errorf("the fault did not happen: %s", got.Raw)
	}
	if got := sandboxtest.Get(t, s, "/_sandbox/faults"); !strings.Contains(got.Raw, `"times":1`) {
		t.Errorf("faults: %s", got.Raw)
	}
	deleted, err := sandboxtest.Send(t, http.MethodDelete, s.URL()+"/_sandbox/faults", nil, nil)
	sandboxtest.Must(t, err)
	if deleted.Raw != "[]" {
		t.Errorf("faults after all are dropped: %s", deleted.Raw)
	}
	// A short one, so that the answer is late and the test is not.
	sandboxtest.Post(t, s, "/_sandbox/faults", sandboxtest.Fields{"kind": "delay", "delay_milliseconds": 1})
	if got := sandboxtest.MyOTP(t, s, "/report", nil); got.Status != http.StatusOK {
		t.Errorf("after a delay: %s", got.Raw)
	}
	sandboxtest.Post(t, s, "/_sandbox/reset", nil)
	if len(s.Messages()) != 0 || len(s.Requests()) != 0 || !s.Now().Equal(sandboxtest.Start) {
		t.Errorf("after a reset: %v, %v, %s", s.Messages(), s.Requests(), s.Now())
	}
	if got := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone}); got.Status != http.StatusOK {
		t.Errorf("MyOTP remembers after a reset: %s", got.Raw)
	}
}

func TestControlPathRefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	for name, test := range map[string]struct {
		path string
		body any
		want int
	}{
		"a fault without a kind":  {"/_sandbox/faults", sandboxtest.Fields{"status": 500}, 400},
		"a misspelt key":          {"/_sandbox/faults", sandboxtest.Fields{"kind": "cut", "time": 2}, 400},
		"no JSON":                 {"/_sandbox/clock", "soon", 400},
		"a clock that goes back":  {"/_sandbox/clock", sandboxtest.Fields{"advance_seconds": -1}, 400},
		"a clock of another time": {"/_sandbox/clock", sandboxtest.Fields{"advance_seconds": int64(1) << 60}, 400},
		"a scan of nothing":       {"/_sandbox/androidapi/scan", sandboxtest.Fields{"token": "none", "phone": "+923007778899"}, 400},
		"a token nobody waits at": {"/_sandbox/androidapi/expire", sandboxtest.Fields{"token": "none"}, 400},
		"an unknown account":      {"/_sandbox/androidapi/disconnect", sandboxtest.Fields{"unique": "none"}, 400},
		"no devices":              {"/_sandbox/androidapi/devices", sandboxtest.Fields{}, 400},
		"too many gateways":       {"/_sandbox/androidapi/gateways", sandboxtest.Fields{"count": 1e6}, 400},
		"an unknown channel":      {"/_sandbox/androidapi/messages", sandboxtest.Fields{"channel": "telegram", "count": 1}, 400},
		"an unknown message":      {"/_sandbox/deliveries", sandboxtest.Fields{"message_id": "none", "status": "read"}, 404},
	} {
		got := sandboxtest.Post(t, s, test.path, test.body)
		if got.Status != test.want || got.Text("error") == "" {
			t.Errorf("%s: HTTP status %d: %s", name, got.Status, got.Raw)
		}
	}
	got, err := sandboxtest.Send(t, http.MethodPost, s.URL()+"/_sandbox/reset", map[string]string{"Sec-Fetch-Site": "cross-site"}, nil)
	sandboxtest.Must(t, err)
	if got.Status != http.StatusForbidden {
		t.Errorf("another site's page could reset the sandbox: HTTP status %d", got.Status)
	}
}

func TestCredentialsAreNotLogged(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	const wrong = "wrong_key_0123456789_0123456789ab"
	headers := map[string]string{"X-API-Key": wrong, "Authorization": "Bearer " + wrong, "X-Trace": "seen " + wrong}
	_, err := sandboxtest.Send(t, http.MethodPost, s.URL()+"/myotp/report?X-Api-Key="+wrong+"&note="+myotp.Key, headers, sandboxtest.Fields{"a": wrong, "b": myotp.Key, "c": phone})
	sandboxtest.Must(t, err)
	_, err = sandboxtest.Send(t, http.MethodGet, s.URL()+"/octopush/v1/public/wallet/check-balance", map[string]string{"api-login": octopush.Login, "api-key": octopush.Key}, nil)
	sandboxtest.Must(t, err)
	_, err = sandboxtest.Send(t, http.MethodPost, s.URL()+"/way2api/api/v1/aws/send_otp-pin", map[string]string{"Authorization": "Bearer " + way2api.Key}, sandboxtest.Fields{"value": way2api.Key})
	sandboxtest.Must(t, err)
	_, err = sandboxtest.Send(t, http.MethodPost, s.URL()+"/way2api/api/v1/aws/send_otp-pin", map[string]string{"Authorization": "Bearer " + wrong}, sandboxtest.Fields{"value": wrong})
	sandboxtest.Must(t, err)
	log := sandboxtest.Get(t, s, "/_sandbox/requests").Raw
	for _, secret := range []string{wrong, myotp.Key, octopush.Login, octopush.Key, way2api.Key} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log:\n%s", secret, log)
		}
	}
	if got := s.Requests()[0]; got.Headers.Get("X-Api-Key") != sandbox.Redacted || !strings.Contains(got.Body, phone) {
		t.Errorf("too much or too little is hidden: %+v", got)
	}
}

// AndroidAPI's secret is a parameter: it may be anywhere.
func TestSecretsInParametersAreNotLogged(t *testing.T) {
	t.Parallel()
	const wrong = "wrong-secret/0123456789+abcdef"
	for _, secret := range []string{wrong, androidapi.Secret} {
		s := sandboxtest.Open(t, sandbox.Options{})
		values := sandboxtest.Params{"secret": secret, "phone": sandboxtest.Customer, "note": "seen " + secret}
		contentType, multipartBody := sandboxtest.EncodeMultipart(t, values)
		for _, request := range []struct{ query, contentType, body string }{
			{sandboxtest.EncodeQuery(values), "", ""},
			{"Secret=" + url.QueryEscape(secret), "", ""},
			{"", "application/x-www-form-urlencoded", sandboxtest.EncodeQuery(values)},
			{"", "application/x-www-form-urlencoded", "%73ecret=" + secret + "&phone=%2B923004445566&broken=%zz"},
			{"", contentType, multipartBody},
			{"", contentType, multipartBody[:strings.LastIndex(multipartBody, secret)+len(secret)]},
			{"", "application/json", `{"secret":"` + secret + `","phone":"` + sandboxtest.Customer + `"}`},
			{"", "", sandboxtest.EncodeQuery(values)},
		} {
			headers := map[string]string{"Content-Type": request.contentType}
			_, err := sandboxtest.Send(t, http.MethodPost, s.URL()+"/androidapi/api/send/otp?"+request.query, headers, request.body)
			sandboxtest.Must(t, err)
		}
		raw, err := json.Marshal(s.Requests())
		sandboxtest.Must(t, err)
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
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.MyOTP(t, s, "/report", nil)
	s.Requests()[0].Headers.Set("X-Api-Key", "changed")
	if got := s.Requests()[0].Headers.Get("X-Api-Key"); got != sandbox.Redacted {
		t.Errorf("a caller changed the log to %q", got)
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "8484"} {
		s, err := sandbox.New(sandbox.Options{})
		sandboxtest.Must(t, err)
		if err := s.Start(address); err == nil {
			t.Errorf("started on %s", address)
			sandboxtest.Must(t, s.Close())
		} else if !strings.Contains(err.Error(), sandbox.DefaultAddress) {
			t.Errorf("%s: %v does not say what to write", address, err)
		}
		if s.URL() != "" {
			t.Errorf("%s: the URL is %q", address, s.URL())
		}
	}
	s, err := sandbox.New(sandbox.Options{})
	sandboxtest.Must(t, err)
	sandboxtest.Must(t, s.Start("localhost:0"))
	if !strings.HasPrefix(s.URL(), "http://127.0.0.1:") {
		t.Errorf("the URL is %q", s.URL())
	}
	if err := s.Start("127.0.0.1:0"); err == nil {
		t.Error("started twice")
	}
	second, err := sandbox.New(sandbox.Options{})
	sandboxtest.Must(t, err)
	if err := second.Start(strings.TrimPrefix(s.URL(), "http://")); err == nil || !strings.Contains(err.Error(), "another port") {
		t.Errorf("on a port in use: %v", err)
	}
	sandboxtest.Must(t, s.Close())
	sandboxtest.Must(t, s.Close())
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	want := map[string]string{
		"OTP_ANDROIDAPI_BASE_URL": s.URL() + "/androidapi/api", "OTP_ANDROIDAPI_SECRET": androidapi.Secret,
		"OTP_WAY2API_BASE_URL": s.URL() + "/way2api/api/v1", "OTP_WAY2API_API_KEY": way2api.Key,
		"OTP_MYOTP_BASE_URL": s.URL() + "/myotp", "OTP_MYOTP_API_KEY": myotp.Key,
		"OTP_OCTOPUSH_BASE_URL": s.URL() + "/octopush/v1/public", "OTP_OCTOPUSH_API_LOGIN": octopush.Login, "OTP_OCTOPUSH_API_KEY": octopush.Key,
	}
	if diff := cmp.Diff(want, s.Environment()); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if len(myotp.Key) != 32 {
		t.Errorf("the key of MyOTP has %d characters", len(myotp.Key))
	}
	idle, err := sandbox.New(sandbox.Options{})
	sandboxtest.Must(t, err)
	if _, ok := idle.Environment()["OTP_MYOTP_BASE_URL"]; ok {
		t.Error("there is a base URL before Start")
	}
}

func TestPrintEnvironment(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	sandboxtest.Must(t, sandbox.PrintEnvironment(&out, map[string]string{"B": "http://127.0.0.1:8484/x", "A": "it's $HOME", "C": "", "D": "a@b.test"}))
	want := "export A='it'\\''s $HOME'\nexport B=http://127.0.0.1:8484/x\nexport C=''\nexport D=a@b.test\n"
	if out.String() != want {
		t.Errorf("printed\n%s, want\n%s", out.String(), want)
	}
}

func TestWithoutAClockTimePasses(t *testing.T) {
	t.Parallel()
	s, err := sandbox.New(sandbox.Options{})
	sandboxtest.Must(t, err)
	if now := s.Now(); now.Before(sandboxtest.Start.AddDate(-2, 0, 0)) || now.Location() != time.UTC || now.Nanosecond() != 0 {
		t.Errorf("it is %s", now)
	}
}
