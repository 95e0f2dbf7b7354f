package message_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
)

// sendMyOTP sends a code as an application would and returns the message ID.
func sendMyOTP(t *testing.T, s *sandbox.Server) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Environment()["OTP_MYOTP_BASE_URL"]+"/generate_otp",
		strings.NewReader(`{"phone_number": "14155550123", "brand": "Acme"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-API-Key", s.Environment()["OTP_MYOTP_API_KEY"])
	var sent struct {
		ID string `json:"message_id"`
	}
	post(t, request, &sent)
	return sent.ID
}

// sendAndroidAPI is sendMyOTP for a message of a channel that waits a while.
func sendAndroidAPI(t *testing.T, s *sandbox.Server, channel string) string {
	t.Helper()
	fields := url.Values{
		"secret": {s.Environment()["OTP_ANDROIDAPI_SECRET"]}, "type": {channel}, "phone": {"+923001112233"}, "message": {"{{otp}} is your code"},
		"mode": {"devices"}, "device": {"00000000-0000-0000-aaaa-bbbbccccdddd"}, "sim": {"1"},
	}
	if channel == "whatsapp" {
		fields.Set("account", androidapi.At(s).WhatsAppAccounts()[0].Unique)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Environment()["OTP_ANDROIDAPI_BASE_URL"]+"/send/otp", strings.NewReader(fields.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var sent struct {
		Data struct {
			ID json.Number `json:"messageId"`
		} `json:"data"`
	}
	post(t, request, &sent)
	return sent.Data.ID.String()
}

func post(t *testing.T, request *http.Request, into any) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d, %v", response.StatusCode, err)
	}
}

func TestStatusOfAMyOTPMessage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ report, want string }{
		{"DELIVRD", "delivered"}, {"delivered", "delivered"}, {"read", "delivered"},
		{"ATES", "pending"}, {"sent", "pending"}, {"pending", "pending"}, {"Pending: not yet accepted by the carrier", "pending"},
		{"UNDELIV", "failed"}, {"EXPIRED", "failed"}, {"REJECTD", "failed"}, {"failed", "failed"}, {"failed.NoBalance", "failed"},
		{"Not available for this market", "unavailable"}, {"Not available from the carrier", "unavailable"},
		{"delivrd", "unknown"}, {"failedly", "unknown"}, {"SOMETHING", "unknown"},
	} {
		t.Run(test.report, func(t *testing.T) {
			t.Parallel()
			s := providertest.NewSandbox(t)
			id := sendMyOTP(t, s)
			if err := s.SetDelivery(id, test.report); err != nil {
				t.Fatal(err)
			}
			got := providertest.NewWalk(t, s, otp.MyOTP).Reads("otp_message_status", map[string]any{"vendor": "myotp", "message_id": id})
			want := map[string]any{
				"account": nil, "vendor": "myotp", "message_id": id, "channel": nil, "status": test.want, "is_active": true, "expires_at": "2026-10-01T09:05:00Z",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A message is delivered when time has passed, and not because somebody looked:
// otherwise every plan would show a change.
func TestLookingAtAMessageChangesNothing(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	arguments := map[string]any{"vendor": "myotp", "message_id": sendMyOTP(t, s)}
	look := func() map[string]any {
		return providertest.NewWalk(t, s, otp.MyOTP).Reads("otp_message_status", arguments)
	}
	first := look()
	for range 3 {
		if diff := cmp.Diff(first, look()); diff != "" {
			t.Error(diff)
		}
	}
	if err := s.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	if later := look(); later["status"] != "delivered" {
		t.Errorf("a minute later it is %v", later)
	}
}

func TestACodeThatHasExpiredIsNoLongerActive(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	id := sendMyOTP(t, s)
	if err := s.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	got := providertest.NewWalk(t, s, otp.MyOTP).Reads("otp_message_status", map[string]any{"vendor": "myotp", "message_id": id})
	if got["is_active"] != false || got["expires_at"] != "2026-10-01T09:05:00Z" {
		t.Errorf("got %v", got)
	}
}

// The vendor tells of an unknown message in two ways.
func TestAMessageThatNobodyKnowsIsNotFound(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]myotp.Settings{"HTTP 200": {}, "HTTP 404": {UnknownID404: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sandbox.StartForTest(t, sandbox.Options{Settings: sandbox.Settings{MyOTP: settings}})
			got := providertest.NewWalk(t, s, otp.MyOTP).Reads("otp_message_status", map[string]any{"vendor": "myotp", "message_id": "nobody-knows"})
			want := map[string]any{
				"account": nil, "vendor": "myotp", "message_id": "nobody-knows", "channel": nil, "status": "not_found", "is_active": nil, "expires_at": nil,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAPlanWithoutDeliveryReportsIsNamed(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	id := sendMyOTP(t, s)
	if err := myotp.At(s).Update(func(a *myotp.Account) { a.Plan = myotp.PlanBusiness }); err != nil {
		t.Fatal(err)
	}
	got := providertest.NewWalk(t, s, otp.MyOTP).Warns("otp_message_status", map[string]any{"vendor": "myotp", "message_id": id},
		`^Plan of MyOTP\.App has no delivery reports: .*DLR_ACCESS.* belong to its plan Enterprise`)
	if got["status"] != "unavailable" || got["is_active"] != true {
		t.Errorf("got %v", got)
	}
}

func TestStatusOfAnAndroidAPIMessage(t *testing.T) {
	t.Parallel()
	for _, channel := range []string{"sms", "whatsapp"} {
		t.Run(channel, func(t *testing.T) {
			t.Parallel()
			s := providertest.NewSandbox(t)
			id := sendAndroidAPI(t, s, channel)
			arguments := map[string]any{"vendor": "androidapi", "message_id": id, "channel": channel}
			want := map[string]any{"account": nil, "vendor": "androidapi", "message_id": id, "channel": channel, "status": "pending", "is_active": nil, "expires_at": nil}
			check := func(when, status string) {
				t.Helper()
				want["status"] = status
				if diff := cmp.Diff(want, providertest.NewWalk(t, s, otp.AndroidAPI).Reads("otp_message_status", arguments)); diff != "" {
					t.Errorf("%s: %s", when, diff)
				}
			}
			check("while it waits", "pending")
			if err := s.Advance(time.Minute); err != nil {
				t.Fatal(err)
			}
			check("when it was sent", "pending") // nobody ever learns of a delivery
			for report, status := range map[string]string{"failed": "failed", "lost": "unknown"} {
				if err := s.SetDelivery(id, report); err != nil {
					t.Fatal(err)
				}
				check(report, status)
			}
		})
	}
}

// SMS and WhatsApp messages have numbers of their own, and SMS is the default.
func TestAnAndroidAPIMessageIsFoundInItsChannelOnly(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	if err := androidapi.At(s).AddSentMessages("whatsapp", 1); err != nil {
		t.Fatal(err)
	}
	w := providertest.NewWalk(t, s, otp.AndroidAPI)
	for channel, want := range map[any]string{nil: "not_found", "sms": "not_found", "whatsapp": "pending"} {
		got := w.Reads("otp_message_status", map[string]any{"vendor": "androidapi", "message_id": "901", "channel": channel})
		if got["status"] != want {
			t.Errorf("channel %v: %v, want %s", channel, got["status"], want)
		}
	}
	if diff := cmp.Diff(map[string]int{"sms_message": 4, "sms_pending": 2, "wa_message": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}

// A message that is sent between the look at the sent ones and the look at
// those that wait must not be lost.
func TestAMessageThatIsSentMeanwhileIsFound(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	id := sendAndroidAPI(t, s, "sms")
	url := providertest.BeforeRequest(t, s, "/get/sms.pending", 1, func() error { return s.Advance(time.Minute) })
	got := providertest.NewWalkAt(t, s, url, otp.AndroidAPI).Reads("otp_message_status", map[string]any{"vendor": "androidapi", "message_id": id})
	if got["status"] != "pending" {
		t.Errorf("got %v", got)
	}
	if counts := providertest.Requested(s); counts["sms_message"] != 2 || counts["sms_pending"] != 1 {
		t.Errorf("got %v", counts)
	}
}

func TestStatusNeedsPermissions(t *testing.T) {
	t.Parallel()
	for permission, channel := range map[string]string{
		"get_sms_sent": "sms", "get_sms_pending": "sms", "get_wa_sent": "whatsapp", "get_wa_pending": "whatsapp",
	} {
		t.Run(permission, func(t *testing.T) {
			t.Parallel()
			providertest.NewWalk(t, providertest.Changed(t, providertest.Forbid(permission)), otp.AndroidAPI).Fails("otp_message_status",
				map[string]any{"vendor": "androidapi", "message_id": "901", "channel": channel},
				`^AndroidAPI could not check the message: .*Give the API key the permission "`+permission+`"`)
		})
	}
}

func TestStatusRefusesWhatCannotBeAsked(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := providertest.NewWalk(t, s, otp.AndroidAPI, otp.MyOTP)
	for want, arguments := range map[string]map[string]any{
		`one of: \["androidapi" "myotp"\]`: {"vendor": "octopush", "message_id": "1"},
		`one of: \["sms" "whatsapp"\]`:     {"vendor": "androidapi", "message_id": "1", "channel": "telegram"},
		`numbers its messages: 1042`:       {"vendor": "androidapi", "message_id": "3f0c1d2e-4b5a"},
		`^MyOTP\.App needs no channel: `:   {"vendor": "myotp", "message_id": "3f0c1d2e-4b5a", "channel": "sms"},
		`between 1 and 128`:                {"vendor": "myotp", "message_id": ""},
	} {
		w.Fails("otp_message_status", arguments, want)
	}
	if diff := cmp.Diff(map[string]int{}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
	providertest.NewWalk(t, s, otp.AndroidAPI).Fails("otp_message_status", map[string]any{"vendor": "myotp", "message_id": "x"}, `OTP_MYOTP_API_KEY`)
}
