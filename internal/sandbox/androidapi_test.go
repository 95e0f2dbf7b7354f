package sandbox

import (
	"encoding/json"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	counterPhone  = "00000000-0000-0000-aaaa-bbbbccccdddd"
	shopPhone     = "00000000-0000-0000-1111-222233334444"
	supportUnique = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"
	supportPhone  = "+923001112233"
	customer      = "+923004445566"
)

type params = map[string]string

func byDevice() params {
	return params{"type": "sms", "message": "Acme: {{otp}}", "phone": customer, "mode": "devices", "device": counterPhone, "sim": "2"}
}

func byGateway(gateway string) params {
	return params{"type": "sms", "message": "Acme: {{otp}}", "phone": customer, "mode": "credits", "gateway": gateway}
}

func byWhatsApp() params {
	return params{"type": "whatsapp", "message": "Acme: {{otp}}", "phone": customer, "account": supportUnique}
}

func encodeQuery(values params) string {
	query := url.Values{}
	for name, value := range values {
		query.Set(name, value)
	}
	return query.Encode()
}

func encodeMultipart(t *testing.T, values params) (contentType, body string) {
	t.Helper()
	var out strings.Builder
	writer := multipart.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		must(t, writer.WriteField(name, values[name]))
	}
	must(t, writer.Close())
	return writer.FormDataContentType(), out.String()
}

func withSecret(values params) params {
	out := params{"secret": androidSecret}
	maps.Copy(out, values)
	return out
}

// androidGet asks AndroidAPI in the query, with the right secret.
func androidGet(t *testing.T, s *Server, path string, values params) response {
	t.Helper()
	out, err := send(t, http.MethodGet, s.URL()+"/androidapi/api"+path+"?"+encodeQuery(withSecret(values)), nil, nil)
	must(t, err)
	return out
}

// androidSendOTP sends a code, in a multipart body.
func androidSendOTP(t *testing.T, s *Server, values params) response {
	t.Helper()
	contentType, body := encodeMultipart(t, withSecret(values))
	out, err := send(t, http.MethodPost, s.URL()+"/androidapi/api/send/otp", map[string]string{"Content-Type": contentType}, body)
	must(t, err)
	return out
}

// verdict is the status of an envelope.
func (r response) verdict() int { return int(r.number("status")) }

func (r response) data() fields { data, _ := r.body["data"].(fields); return data }

// rows are the data of a list.
func (r response) rows(t *testing.T) []fields {
	t.Helper()
	var envelope struct{ Data []fields }
	if err := json.Unmarshal([]byte(r.raw), &envelope); err != nil {
		t.Fatalf("%v: %s", err, r.raw)
	}
	return envelope.Data
}

func TestAndroidAPISend(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		send    params
		want    Message
		list    string
		row     fields
		credits string
	}{
		"device": {
			byDevice(), Message{Channel: "sms", Sender: counterPhone}, "sms",
			fields{"mode": "Devices", "sender": counterPhone, "sender_type": "device", "sim": 2.0, "status_code": "SMS_SENT", "priority": false}, "125.5040",
		},
		"gateway": {
			byGateway("3"), Message{Channel: "sms", Sender: "Carrier A"}, "sms",
			fields{"mode": "Credits", "sender": "Carrier A", "sender_type": "gateway", "sim": 0.0, "status_code": "", "priority": false}, "125.4840",
		},
		"gateway without country prices": {
			byGateway("4"), Message{Channel: "sms", Sender: "Carrier B"}, "sms",
			fields{"mode": "Credits", "sender": "Carrier B", "sender_type": "gateway", "sim": 0.0, "status_code": "", "priority": false}, "125.4540",
		},
		"partner device": {
			byGateway(shopPhone), Message{Channel: "sms", Sender: shopPhone}, "sms",
			fields{"mode": "Credits", "sender": shopPhone, "sender_type": "partner_device", "sim": 1.0, "status_code": "SMS_SENT", "priority": false}, "121.5040",
		},
		"whatsapp": {
			byWhatsApp(), Message{Channel: "whatsapp", Sender: supportPhone}, "wa",
			fields{"account": supportPhone, "attachment": false}, "125.5040",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{})
			got := androidSendOTP(t, s, test.send)
			message := last(t, s.Messages())
			test.want.Vendor, test.want.To, test.want.At, test.want.MessageID = "androidapi", customer, start, "901"
			test.want.Code, test.want.Text = message.Code, "Acme: "+message.Code
			if diff := cmp.Diff(test.want, message); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
			code, err := strconv.Atoi(message.Code)
			must(t, err)
			if diff := cmp.Diff(fields{"phone": customer, "message": message.Text, "messageId": 901.0, "otp": float64(code)}, got.data()); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
			if n := len(androidGet(t, s, "/get/"+test.list+".sent", nil).rows(t)); n != 0 {
				t.Errorf("%d messages are sent at once", n)
			}
			maps.Copy(test.row, fields{"id": 901.0, "api": true, "recipient": customer, "message": message.Text, "created": float64(start.Unix())})
			pending := maps.Clone(test.row)
			delete(pending, "status_code")
			if diff := cmp.Diff([]fields{pending}, androidGet(t, s, "/get/"+test.list+".pending", nil).rows(t)); diff != "" {
				t.Errorf("pending (-want +got):\n%s", diff)
			}
			must(t, s.Advance(5*time.Second))
			test.row["status"] = "sent"
			if diff := cmp.Diff([]fields{test.row}, androidGet(t, s, "/get/"+test.list+".sent", nil).rows(t)); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if n := len(androidGet(t, s, "/get/"+test.list+".pending", nil).rows(t)); n != 0 {
				t.Errorf("%d messages are still pending", n)
			}
			if diff := cmp.Diff(test.row, androidGet(t, s, "/get/"+test.list+".message", params{"id": "901", "type": "sent"}).data()); diff != "" {
				t.Errorf("single (-want +got):\n%s", diff)
			}
			if credits := androidGet(t, s, "/get/credits", nil).data()["credits"]; credits != test.credits {
				t.Errorf("credits %v, want %s", credits, test.credits)
			}
		})
	}
}

func TestAndroidAPITakesParametersFromQueryAndForm(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	values := withSecret(byDevice())
	contentType, body := encodeMultipart(t, values)
	for name, test := range map[string]struct {
		method, query, contentType, body string
		status, verdict                  int
	}{
		"GET, query":                {http.MethodGet, encodeQuery(values), "", "", 200, 200},
		"POST, query":               {http.MethodPost, encodeQuery(values), "", "", 200, 200},
		"POST, urlencoded":          {http.MethodPost, "", "application/x-www-form-urlencoded", encodeQuery(values), 200, 200},
		"POST, multipart":           {http.MethodPost, "", contentType, body, 200, 200},
		"POST, secret in the query": {http.MethodPost, "secret=" + androidSecret, "application/x-www-form-urlencoded", encodeQuery(byDevice()), 200, 200},
		"POST, JSON":                {http.MethodPost, "", "application/json", `{"secret":"` + androidSecret + `"}`, 200, 400},
		"POST, JSON beside a query": {http.MethodPost, encodeQuery(values), "application/json", `{}`, 200, 400},
		"POST, text":                {http.MethodPost, encodeQuery(values), "text/plain", "phone=1", 200, 400},
		"POST, no content type":     {http.MethodPost, encodeQuery(values), "", "phone=1", 200, 400},
		"POST, no boundary":         {http.MethodPost, "", "multipart/form-data", body, 200, 400},
		"POST, multipart cut off":   {http.MethodPost, "", contentType, body[:len(body)/2], 200, 400},
		"PUT":                       {http.MethodPut, encodeQuery(values), "", "", 405, 0},
		"DELETE":                    {http.MethodDelete, encodeQuery(values), "", "", 405, 0},
	} {
		before := len(s.Messages())
		var headers map[string]string
		if test.contentType != "" {
			headers = map[string]string{"Content-Type": test.contentType}
		}
		got, err := send(t, test.method, s.URL()+"/androidapi/api/send/otp?"+test.query, headers, test.body)
		must(t, err)
		if got.status != test.status || got.verdict() != test.verdict {
			t.Errorf("%s: HTTP status %d: %s", name, got.status, got.raw)
		}
		if sent := len(s.Messages()) > before; sent != (test.verdict == 200) {
			t.Errorf("%s: sent is %v", name, sent)
		}
	}
	got, err := send(t, http.MethodGet, s.URL()+"/androidapi/api/send/sms?secret="+androidSecret, nil, nil)
	must(t, err)
	if got.status != http.StatusNotFound || got.body != nil {
		t.Errorf("an unknown path could pass for an empty list: HTTP status %d: %s", got.status, got.raw)
	}
}

func TestAndroidAPISaysInTheLogWhatIsInvalid(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	values := byDevice()
	values["sim"] = "3"
	if got := androidSendOTP(t, s, values); got.raw != `{"data":false,"message":"Invalid Parameters!","status":400}` {
		t.Errorf("answer %s", got.raw)
	}
	if problem := last(t, s.Requests()).Problem; problem != "sim is out of range" {
		t.Errorf("problem %q", problem)
	}
}

// Each call needs its own permission and no other.
func TestAndroidAPIPermissions(t *testing.T) {
	t.Parallel()
	for path, permission := range map[string]string{
		"/send/otp": "otp", "/get/otp?otp=123456": "otp", "/get/devices": "get_devices", "/get/rates": "get_rates",
		"/get/credits": "get_credits", "/get/subscription": "get_subscription", "/get/earnings": "get_earnings",
		"/get/wa.servers": "create_whatsapp", "/create/wa.link": "create_whatsapp", "/create/wa.relink?unique=" + supportUnique: "create_whatsapp",
		"/get/wa.qr?token=t": "create_whatsapp", "/get/wa.info?token=t": "create_whatsapp",
		"/get/wa.accounts": "get_wa_accounts", "/delete/wa.account?unique=0": "delete_wa_account",
		"/validate/whatsapp?unique=" + supportUnique + "&phone=%2B923004445566": "validate_wa_phone",
		"/get/sms.sent": "get_sms_sent", "/get/sms.pending": "get_sms_pending", "/get/wa.sent": "get_wa_sent", "/get/wa.pending": "get_wa_pending",
		"/get/sms.message?id=1&type=sent": "get_sms_sent", "/get/sms.message?id=1&type=received": "get_sms_received",
		"/get/wa.message?id=1&type=sent": "get_wa_sent", "/get/wa.message?id=1&type=received": "get_wa_received",
	} {
		t.Run(strings.ReplaceAll(path, "/", " "), func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{})
			ask := func(permissions []string, secret string) string {
				must(t, s.UpdateAndroidAPI(func(a *AndroidAPIAccount) { a.Permissions = permissions }))
				separator := "?"
				if strings.Contains(path, "?") {
					separator = "&"
				}
				got, err := send(t, http.MethodGet, s.URL()+"/androidapi/api"+path+separator+"secret="+secret, nil, nil)
				must(t, err)
				if got.status != http.StatusOK {
					t.Errorf("HTTP status %d", got.status)
				}
				return strconv.Itoa(got.verdict()) + " " + got.text("message")
			}
			if got := ask([]string{permission}, androidSecret); got == "403 Access denied!" {
				t.Errorf("with %s alone it is refused", permission)
			}
			others := slices.DeleteFunc(androidAccount().Permissions, func(p string) bool { return p == permission })
			if got := ask(others, androidSecret); got != "403 Access denied!" {
				t.Errorf("with all but %s: %s", permission, got)
			}
			if strings.Contains(path, "token=") {
				return
			}
			if got := ask([]string{permission}, "wrong"); got != "401 Invalid API secret!" {
				t.Errorf("with a wrong secret: %s", got)
			}
			if got := ask([]string{permission}, ""); got != "400 Invalid Parameters!" {
				t.Errorf("without a secret: %s", got)
			}
		})
	}
}

var sixDigits = regexp.MustCompile(`^[1-9][0-9]{5}$`)

func TestAndroidAPICodesNeverBeginWithZero(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Random: seeded()})
	must(t, s.UpdateAndroidAPI(func(a *AndroidAPIAccount) { a.Usage = nil }))
	for range 200 {
		got := androidSendOTP(t, s, byDevice())
		code := last(t, s.Messages()).Code
		if otp, _ := got.data()["otp"].(float64); !sixDigits.MatchString(code) || otp < 100000 {
			t.Fatalf("code %q: %s", code, got.raw)
		}
	}
}

func TestAndroidAPINumberLosesLeadingZeros(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Random: zeros{}, Settings: Settings{AndroidAPI: AndroidAPISettings{LeadingZeros: true}}})
	got := androidSendOTP(t, s, byDevice())
	if code := last(t, s.Messages()).Code; code != "000000" || got.data()["otp"] != 0.0 || got.data()["message"] != "Acme: 000000" {
		t.Fatalf("code %q: %s", code, got.raw)
	}
	if got := androidGet(t, s, "/get/otp", params{"otp": "0"}); got.verdict() != 403 {
		t.Errorf("the number verified: %s", got.raw)
	}
	if got := androidGet(t, s, "/get/otp", params{"otp": "000000"}); got.verdict() != 200 {
		t.Errorf("the code did not verify: %s", got.raw)
	}
}

// zeros is a source of randomness without any.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestAndroidAPIVerification(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Random: seeded()})
	other := byDevice()
	other["phone"], other["expire"] = "+923009998877", "60"
	androidSendOTP(t, s, byDevice())
	first := last(t, s.Messages()).Code
	androidSendOTP(t, s, byDevice())
	second := last(t, s.Messages()).Code
	androidSendOTP(t, s, other)
	short := last(t, s.Messages()).Code
	verify := func(code string) int { return androidGet(t, s, "/get/otp", params{"otp": code}).verdict() }
	if first == second || second == short {
		t.Fatal("the seed makes the same code twice: take another")
	}
	for _, step := range []struct {
		what string
		code string
		want int
	}{
		{"an older code of the same phone", first, 200},
		{"again", first, 403},
		{"the newer one", second, 200},
		{"no code", "000000", 403},
		{"spaces", " " + short, 403},
	} {
		if got := verify(step.code); got != step.want {
			t.Errorf("%s: %d, want %d", step.what, got, step.want)
		}
	}
	must(t, s.Advance(time.Minute))
	if got := verify(short); got != 403 {
		t.Errorf("at the expiry: %d", got)
	}
	androidSendOTP(t, s, byDevice())
	must(t, s.Advance(300*time.Second-time.Second))
	if got := verify(last(t, s.Messages()).Code); got != 200 {
		t.Errorf("a second before the default expiry: %d", got)
	}
}

func TestAndroidAPIRefusalsCostAndSendNothing(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	for name, test := range map[string]struct {
		change func(*AndroidAPIAccount)
		send   params
		want   int
	}{
		"a cent short":           {func(a *AndroidAPIAccount) { a.Credits = 0.0199 }, byGateway("3"), 403},
		"the package is used up": {func(a *AndroidAPIAccount) { a.Usage = map[string]Usage{"wa_send": {7, 7}} }, byWhatsApp(), 403},
		"no such gateway":        {func(a *AndroidAPIAccount) { a.Gateways = nil }, byGateway("3"), 404},
		"no such device":         {func(a *AndroidAPIAccount) { a.Devices = nil }, byDevice(), 404},
		"no such account":        {func(a *AndroidAPIAccount) { a.WhatsApp = nil }, byWhatsApp(), 404},
	} {
		must(t, s.Reset())
		must(t, s.UpdateAndroidAPI(test.change))
		before := s.androidapi.data.Account.Credits
		got := androidSendOTP(t, s, test.send)
		if got.verdict() != test.want || got.body["data"] != false {
			t.Errorf("%s: %s", name, got.raw)
		}
		if len(s.Messages()) != 0 || s.androidapi.data.Account.Credits != before || len(s.androidapi.data.Codes) != 0 || len(s.androidapi.data.Messages) != 0 {
			t.Errorf("%s: something happened all the same", name)
		}
	}
}

func TestAndroidAPICountsWhatThePackageAllows(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.UpdateAndroidAPI(func(a *AndroidAPIAccount) { a.Usage = map[string]Usage{"sms_send": {1, 2}, "devices": {}} }))
	androidSendOTP(t, s, byDevice())
	if got := androidSendOTP(t, s, byDevice()); got.verdict() != 403 {
		t.Errorf("beyond the limit: %s", got.raw)
	}
	androidSendOTP(t, s, byWhatsApp())
	must(t, s.AddDevices(3))
	want := `"usage":{"devices":{"used":5,"limit":0},"sms_send":{"used":2,"limit":2},"wa_send":{"used":1,"limit":0}}`
	if got := androidGet(t, s, "/get/subscription", nil); !strings.Contains(got.raw, want) {
		t.Errorf("usage %s", got.raw)
	}
}

func TestAndroidAPIMessageThatReachesNobody(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.UpdateAndroidAPI(func(a *AndroidAPIAccount) { a.NotOnWhatsApp = []string{"+923009998877"} }))
	stranger := byWhatsApp()
	stranger["phone"], stranger["priority"] = "+923009998877", "1"
	androidSendOTP(t, s, stranger)
	must(t, s.DisconnectWhatsApp(supportUnique))
	urgent := byWhatsApp()
	urgent["priority"] = "1"
	androidSendOTP(t, s, urgent)
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages in the inbox", n)
	}
	// Urgent ones are not queued.
	for _, row := range androidGet(t, s, "/get/wa.sent", nil).rows(t) {
		if row["status"] != "failed" {
			t.Errorf("row %v", row)
		}
	}
	must(t, s.SetDelivery("902", "sent"))
	if got := androidGet(t, s, "/get/wa.message", params{"id": "902", "type": "sent"}).data()["status"]; got != "sent" {
		t.Errorf("status %v after it was set", got)
	}
	androidSendOTP(t, s, byDevice())
	must(t, s.SetDelivery("903", "failed"))
	if got := androidGet(t, s, "/get/sms.message", params{"id": "903", "type": "sent"}).data()["status"]; got != "failed" {
		t.Errorf("status %v of a pending message that was ended", got)
	}
}

func TestAndroidAPISettingsAreChecked(t *testing.T) {
	t.Parallel()
	for want, settings := range map[string]Settings{
		"message_id": {AndroidAPI: AndroidAPISettings{MessageID: "id"}},
		"qr_seconds": {AndroidAPI: AndroidAPISettings{QRSeconds: -1}},
		"per_minute": {Way2API: Way2APISettings{PerMinute: -1}},
	} {
		if _, err := New(Options{Settings: settings}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New says %v, want %q", err, want)
		}
	}
	s := open(t, Options{})
	for want, change := range map[string]func(*AndroidAPIAccount){
		`"free"`:  func(a *AndroidAPIAccount) { a.Gateways[0].Pricing.Default = "free" },
		`"cheap"`: func(a *AndroidAPIAccount) { a.Gateways[0].Pricing.Countries["pk"] = "cheap" },
		`"gone"`:  func(a *AndroidAPIAccount) { a.WhatsApp[0].Status = "gone" },
	} {
		before, err := s.androidapi.data.Account.clone()
		must(t, err)
		if err := s.UpdateAndroidAPI(change); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("UpdateAndroidAPI says %v, want %s", err, want)
		}
		if diff := cmp.Diff(before, s.androidapi.data.Account); diff != "" {
			t.Errorf("a refused change was made (-before +after):\n%s", diff)
		}
	}
}
