package androidapi_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

func TestAndroidAPISend(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		send    sandboxtest.Params
		want    sandbox.Message
		list    string
		row     sandboxtest.Fields
		credits string
	}{
		"device": {
			sandboxtest.ByDevice(), sandbox.Message{Channel: "sms", Sender: sandboxtest.CounterPhone}, "sms",
			sandboxtest.Fields{"mode": "Devices", "sender": sandboxtest.CounterPhone, "sender_type": "device", "sim": 2.0, "status_code": "SMS_SENT", "priority": false}, "125.5040",
		},
		"gateway": {
			sandboxtest.ByGateway("3"), sandbox.Message{Channel: "sms", Sender: "Carrier A"}, "sms",
			sandboxtest.Fields{"mode": "Credits", "sender": "Carrier A", "sender_type": "gateway", "sim": 0.0, "status_code": "", "priority": false}, "125.4840",
		},
		"gateway without country prices": {
			sandboxtest.ByGateway("4"), sandbox.Message{Channel: "sms", Sender: "Carrier B"}, "sms",
			sandboxtest.Fields{"mode": "Credits", "sender": "Carrier B", "sender_type": "gateway", "sim": 0.0, "status_code": "", "priority": false}, "125.4540",
		},
		"partner device": {
			sandboxtest.ByGateway(sandboxtest.ShopPhone), sandbox.Message{Channel: "sms", Sender: sandboxtest.ShopPhone}, "sms",
			sandboxtest.Fields{"mode": "Credits", "sender": sandboxtest.ShopPhone, "sender_type": "partner_device", "sim": 1.0, "status_code": "SMS_SENT", "priority": false}, "121.5040",
		},
		"whatsapp": {
			sandboxtest.ByWhatsApp(), sandbox.Message{Channel: "whatsapp", Sender: sandboxtest.SupportPhone}, "wa",
			sandboxtest.Fields{"account": sandboxtest.SupportPhone, "attachment": false}, "125.5040",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.Open(t, sandbox.Options{})
			got := sandboxtest.SendOTP(t, s, test.send)
			message := sandboxtest.Last(t, s.Messages())
			test.want.Number, test.want.Unit, test.want.Cost, test.want.ExpiresAt = 1, "USD", message.Cost, sandboxtest.Start.Add(5*time.Minute)
			test.want.Vendor, test.want.To, test.want.At, test.want.MessageID = "androidapi", sandboxtest.Customer, sandboxtest.Start, "901"
			test.want.Code, test.want.Text = message.Code, "Acme: "+message.Code
			if diff := cmp.Diff(test.want, message); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
			code, err := strconv.Atoi(message.Code)
			sandboxtest.Must(t, err)
			if diff := cmp.Diff(sandboxtest.Fields{"phone": sandboxtest.Customer, "message": message.Text, "messageId": 901.0, "otp": float64(code)}, got.Data()); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
			if n := len(sandboxtest.AndroidAPI(t, s, "/get/"+test.list+".sent", nil).Rows(t)); n != 0 {
				t.Errorf("%d messages are sent at once", n)
			}
			maps.Copy(test.row, sandboxtest.Fields{"id": 901.0, "api": true, "recipient": sandboxtest.Customer, "message": message.Text, "created": float64(sandboxtest.Start.Unix())})
			pending := maps.Clone(test.row)
			delete(pending, "status_code")
			if diff := cmp.Diff([]sandboxtest.Fields{pending}, sandboxtest.AndroidAPI(t, s, "/get/"+test.list+".pending", nil).Rows(t)); diff != "" {
				t.Errorf("pending (-want +got):\n%s", diff)
			}
			sandboxtest.Must(t, s.Advance(5*time.Second))
			test.row["status"] = "sent"
			if diff := cmp.Diff([]sandboxtest.Fields{test.row}, sandboxtest.AndroidAPI(t, s, "/get/"+test.list+".sent", nil).Rows(t)); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if n := len(sandboxtest.AndroidAPI(t, s, "/get/"+test.list+".pending", nil).Rows(t)); n != 0 {
				t.Errorf("%d messages are still pending", n)
			}
			if diff := cmp.Diff(test.row, sandboxtest.AndroidAPI(t, s, "/get/"+test.list+".message", sandboxtest.Params{"id": "901", "type": "sent"}).Data()); diff != "" {
				t.Errorf("single (-want +got):\n%s", diff)
			}
			if credits := sandboxtest.AndroidAPI(t, s, "/get/credits", nil).Data()["credits"]; credits != test.credits {
				t.Errorf("credits %v, want %s", credits, test.credits)
			}
		})
	}
}

func TestAndroidAPITakesParametersFromQueryAndForm(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	values := sandboxtest.WithSecret(sandboxtest.ByDevice())
	contentType, body := sandboxtest.EncodeMultipart(t, values)
	for name, test := range map[string]struct {
		method, query, contentType, body string
		status, verdict                  int
	}{
		"GET, query":                {http.MethodGet, sandboxtest.EncodeQuery(values), "", "", 200, 200},
		"POST, query":               {http.MethodPost, sandboxtest.EncodeQuery(values), "", "", 200, 200},
		"POST, urlencoded":          {http.MethodPost, "", "application/x-www-form-urlencoded", sandboxtest.EncodeQuery(values), 200, 200},
		"POST, multipart":           {http.MethodPost, "", contentType, body, 200, 200},
		"POST, secret in the query": {http.MethodPost, "secret=" + androidapi.Secret, "application/x-www-form-urlencoded", sandboxtest.EncodeQuery(sandboxtest.ByDevice()), 200, 200},
		"POST, JSON":                {http.MethodPost, "", "application/json", `{"secret":"` + androidapi.Secret + `"}`, 200, 400},
		"POST, JSON beside a query": {http.MethodPost, sandboxtest.EncodeQuery(values), "application/json", `{}`, 200, 400},
		"POST, text":                {http.MethodPost, sandboxtest.EncodeQuery(values), "text/plain", "phone=1", 200, 400},
		"POST, no content type":     {http.MethodPost, sandboxtest.EncodeQuery(values), "", "phone=1", 200, 400},
		"POST, no boundary":         {http.MethodPost, "", "multipart/form-data", body, 200, 400},
		"POST, multipart cut off":   {http.MethodPost, "", contentType, body[:len(body)/2], 200, 400},
		"PUT":                       {http.MethodPut, sandboxtest.EncodeQuery(values), "", "", 200, 400},
		"DELETE":                    {http.MethodDelete, sandboxtest.EncodeQuery(values), "", "", 200, 400},
	} {
		before := len(s.Messages())
		var headers map[string]string
		if test.contentType != "" {
			headers = map[string]string{"Content-Type": test.contentType}
		}
		got, err := sandboxtest.Send(t, test.method, s.URL()+"/androidapi/api/send/otp?"+test.query, headers, test.body)
		sandboxtest.Must(t, err)
		if got.Status != test.status || got.Verdict() != test.verdict {
			t.Errorf("%s: HTTP status %d: %s", name, got.Status, got.Raw)
		}
		if sent := len(s.Messages()) > before; sent != (test.verdict == 200) {
			t.Errorf("%s: sent is %v", name, sent)
		}
	}
	got, err := sandboxtest.Send(t, http.MethodGet, s.URL()+"/androidapi/api/send/sms?secret="+androidapi.Secret, nil, nil)
	sandboxtest.Must(t, err)
	if got.Status != http.StatusOK || got.Verdict() != http.StatusForbidden || got.Body["data"] != false {
		t.Errorf("an unknown path could pass for an empty list: HTTP status %d: %s", got.Status, got.Raw)
	}
}

func TestAndroidAPISaysInTheLogWhatIsInvalid(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	values := sandboxtest.ByDevice()
	values["sim"] = "3"
	if got := sandboxtest.SendOTP(t, s, values); got.Raw != `{"data":false,"message":"Invalid Parameters!","status":400}` {
		t.Errorf("answer %s", got.Raw)
	}
	if problem := sandboxtest.Last(t, s.Requests()).Problem; problem != "sim is out of range" {
		t.Errorf("problem %q", problem)
	}
}

// Each call needs its own permission and no other.
func TestAndroidAPIPermissions(t *testing.T) {
	t.Parallel()
	for path, permission := range map[string]string{
		"/send/otp": "otp", "/get/otp?otp=123456": "otp", "/get/devices": "get_devices", "/get/rates": "get_rates",
		"/get/credits": "get_credits", "/get/subscription": "get_subscription", "/get/earnings": "get_earnings",
		"/get/wa.servers": "create_whatsapp", "/create/wa.link": "create_whatsapp", "/create/wa.relink?unique=" + sandboxtest.SupportUnique: "create_whatsapp",
		"/get/wa.qr?token=t": "create_whatsapp", "/get/wa.info?token=t": "create_whatsapp",
		"/get/wa.accounts": "get_wa_accounts", "/delete/wa.account?unique=0": "delete_wa_account",
		"/validate/whatsapp?unique=" + sandboxtest.SupportUnique + "&phone=%2B923004445566": "validate_wa_phone",
		"/get/sms.sent": "get_sms_sent", "/get/sms.pending": "get_sms_pending", "/get/wa.sent": "get_wa_sent", "/get/wa.pending": "get_wa_pending",
		"/get/sms.message?id=1&type=sent": "get_sms_sent", "/get/sms.message?id=1&type=received": "get_sms_received",
		"/get/wa.message?id=1&type=sent": "get_wa_sent", "/get/wa.message?id=1&type=received": "get_wa_received",
	} {
		t.Run(strings.ReplaceAll(path, "/", " "), func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.Open(t, sandbox.Options{})
			all := sandboxtest.Account(t, androidapi.At(s).Account).Permissions
			ask := func(permissions []string, secret string) string {
				sandboxtest.Must(t, androidapi.At(s).Update(func(a *androidapi.Account) { a.Permissions = permissions }))
				separator := "?"
				if strings.Contains(path, "?") {
					separator = "&"
				}
				got, err := sandboxtest.Send(t, http.MethodGet, s.URL()+"/androidapi/api"+path+separator+"secret="+secret, nil, nil)
				sandboxtest.Must(t, err)
				if got.Status != http.StatusOK {
					t.Errorf("HTTP status %d", got.Status)
				}
				return strconv.Itoa(got.Verdict()) + " " + got.Text("message")
			}
			if got := ask([]string{permission}, androidapi.Secret); got == "403 Access denied!" {
				t.Errorf("with %s alone it is refused", permission)
			}
			others := slices.DeleteFunc(all, func(p string) bool { return p == permission })
			if got := ask(others, androidapi.Secret); got != "403 Access denied!" {
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
	s := sandboxtest.Open(t, sandbox.Options{Random: sandboxtest.Seeded()})
	sandboxtest.Must(t, androidapi.At(s).Update(func(a *androidapi.Account) { a.Usage = nil }))
	for range 200 {
		got := sandboxtest.SendOTP(t, s, sandboxtest.ByDevice())
		code := sandboxtest.Last(t, s.Messages()).Code
		if otp, _ := got.Data()["otp"].(float64); !sixDigits.MatchString(code) || otp < 100000 {
			t.Fatalf("code %q: %s", code, got.Raw)
		}
	}
}

func TestAndroidAPINumberLosesLeadingZeros(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{Random: zeros{}, Settings: sandbox.Settings{AndroidAPI: androidapi.Settings{LeadingZeros: true}}})
	got := sandboxtest.SendOTP(t, s, sandboxtest.ByDevice())
	if code := sandboxtest.Last(t, s.Messages()).Code; code != "000000" || got.Data()["otp"] != 0.0 || got.Data()["message"] != "Acme: 000000" {
		t.Fatalf("code %q: %s", code, got.Raw)
	}
	if got := sandboxtest.AndroidAPI(t, s, "/get/otp", sandboxtest.Params{"otp": "0"}); got.Verdict() != 403 {
		t.Errorf("the number verified: %s", got.Raw)
	}
	if got := sandboxtest.AndroidAPI(t, s, "/get/otp", sandboxtest.Params{"otp": "000000"}); got.Verdict() != 200 {
		t.Errorf("the code did not verify: %s", got.Raw)
	}
}

// zeros is a source of randomness without any.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestAndroidAPIVerification(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{Random: sandboxtest.Seeded()})
	other := sandboxtest.ByDevice()
	other["phone"], other["expire"] = "+923009998877", "60"
	sandboxtest.SendOTP(t, s, sandboxtest.ByDevice())
	first := sandboxtest.Last(t, s.Messages()).Code
	sandboxtest.SendOTP(t, s, sandboxtest.ByDevice())
	second := sandboxtest.Last(t, s.Messages()).Code
	sandboxtest.SendOTP(t, s, other)
	short := sandboxtest.Last(t, s.Messages()).Code
	verify := func(code string) int {
		return sandboxtest.AndroidAPI(t, s, "/get/otp", sandboxtest.Params{"otp": code}).Verdict()
	}
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
	sandboxtest.Must(t, s.Advance(time.Minute))
	if got := verify(short); got != 403 {
		t.Errorf("at the expiry: %d", got)
	}
	sandboxtest.SendOTP(t, s, sandboxtest.ByDevice())
	sandboxtest.Must(t, s.Advance(300*time.Second-time.Second))
	if got := verify(sandboxtest.Last(t, s.Messages()).Code); got != 200 {
		t.Errorf("a second before the default expiry: %d", got)
	}
}

func TestAndroidAPIRefusalsCostAndSendNothing(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	for name, test := range map[string]struct {
		change func(*androidapi.Account)
		send   sandboxtest.Params
		want   int
	}{
		"a cent short":           {func(a *androidapi.Account) { a.Credits = 0.0199 }, sandboxtest.ByGateway("3"), 403},
		"the package is used up": {func(a *androidapi.Account) { a.Usage = map[string]androidapi.Usage{"wa_send": {7, 7}} }, sandboxtest.ByWhatsApp(), 403},
		"no such gateway":        {func(a *androidapi.Account) { a.Gateways = nil }, sandboxtest.ByGateway("3"), 404},
		"no such device":         {func(a *androidapi.Account) { a.Devices = nil }, sandboxtest.ByDevice(), 404},
		"no such account":        {func(a *androidapi.Account) { a.WhatsApp = nil }, sandboxtest.ByWhatsApp(), 404},
	} {
		sandboxtest.Must(t, s.Reset())
		sandboxtest.Must(t, androidapi.At(s).Update(test.change))
		before := sandboxtest.StateOf(t, s, "androidapi")
		got := sandboxtest.SendOTP(t, s, test.send)
		if got.Verdict() != test.want || got.Body["data"] != false {
			t.Errorf("%s: %s", name, got.Raw)
		}
		if len(s.Messages()) != 0 || sandboxtest.StateOf(t, s, "androidapi") != before {
			t.Errorf("%s: something happened all the same", name)
		}
	}
}

func TestAndroidAPICountsWhatThePackageAllows(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, androidapi.At(s).Update(func(a *androidapi.Account) { a.Usage = map[string]androidapi.Usage{"sms_send": {1, 2}, "devices": {}} }))
	sandboxtest.SendOTP(t, s, sandboxtest.ByDevice())
	if got := sandboxtest.SendOTP(t, s, sandboxtest.ByDevice()); got.Verdict() != 403 {
		t.Errorf("beyond the limit: %s", got.Raw)
	}
	sandboxtest.SendOTP(t, s, sandboxtest.ByWhatsApp())
	sandboxtest.Must(t, androidapi.At(s).AddDevices(3))
	want := `"usage":{"devices":{"used":5,"limit":0},"sms_send":{"used":2,"limit":2},"wa_send":{"used":1,"limit":0}}`
	if got := sandboxtest.AndroidAPI(t, s, "/get/subscription", nil); !strings.Contains(got.Raw, want) {
		t.Errorf("usage %s", got.Raw)
	}
}

func TestAndroidAPIMessageThatReachesNobody(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, androidapi.At(s).Update(func(a *androidapi.Account) { a.NotOnWhatsApp = []string{"+923009998877"} }))
	stranger := sandboxtest.ByWhatsApp()
	stranger["phone"], stranger["priority"] = "+923009998877", "1"
	sandboxtest.SendOTP(t, s, stranger)
	sandboxtest.Must(t, androidapi.At(s).DisconnectWhatsApp(sandboxtest.SupportUnique))
	urgent := sandboxtest.ByWhatsApp()
	urgent["priority"] = "1"
	sandboxtest.SendOTP(t, s, urgent)
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages in the inbox", n)
	}
	// Urgent ones are not queued.
	for _, row := range sandboxtest.AndroidAPI(t, s, "/get/wa.sent", nil).Rows(t) {
		if row["status"] != "failed" {
			t.Errorf("row %v", row)
		}
	}
	sandboxtest.Must(t, s.SetDelivery("902", "sent"))
	if got := sandboxtest.AndroidAPI(t, s, "/get/wa.message", sandboxtest.Params{"id": "902", "type": "sent"}).Data()["status"]; got != "sent" {
		t.Errorf("status %v after it was set", got)
	}
	sandboxtest.SendOTP(t, s, sandboxtest.ByDevice())
	sandboxtest.Must(t, s.SetDelivery("903", "failed"))
	if got := sandboxtest.AndroidAPI(t, s, "/get/sms.message", sandboxtest.Params{"id": "903", "type": "sent"}).Data()["status"]; got != "failed" {
		t.Errorf("status %v of a pending message that was ended", got)
	}
}

func TestAndroidAPISettingsAreChecked(t *testing.T) {
	t.Parallel()
	for want, settings := range map[string]sandbox.Settings{
		"message_id": {AndroidAPI: androidapi.Settings{MessageID: "id"}},
		"qr_seconds": {AndroidAPI: androidapi.Settings{QRSeconds: -1}},
		"per_minute": {Way2API: way2api.Settings{PerMinute: -1}},
	} {
		if _, err := sandbox.New(sandbox.Options{Settings: settings}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New says %v, want %q", err, want)
		}
	}
	s := sandboxtest.Open(t, sandbox.Options{})
	for want, change := range map[string]func(*androidapi.Account){
		`"free"`:  func(a *androidapi.Account) { a.Gateways[0].Pricing.Default = "free" },
		`"cheap"`: func(a *androidapi.Account) { a.Gateways[0].Pricing.Countries["pk"] = "cheap" },
		`"gone"`:  func(a *androidapi.Account) { a.WhatsApp[0].Status = "gone" },
	} {
		before := sandboxtest.Account(t, androidapi.At(s).Account)
		if err := androidapi.At(s).Update(change); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("UpdateAndroidAPI says %v, want %s", err, want)
		}
		if diff := cmp.Diff(before, sandboxtest.Account(t, androidapi.At(s).Account)); diff != "" {
			t.Errorf("a refused change was made (-before +after):\n%s", diff)
		}
	}
}
