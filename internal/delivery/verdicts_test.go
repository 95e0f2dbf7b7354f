package delivery_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
)

// called finds an operation by "vendor/name".
func called(t testing.TB, name string) operation {
	t.Helper()
	i := slices.IndexFunc(operations, func(o operation) bool { return string(o.vendor)+"/"+o.name == name })
	if i < 0 {
		t.Fatalf("there is no operation %s", name)
	}
	return operations[i]
}

// What the answers mean that no contract file has, and what to do: in every
// spelling of numbers, and whatever the answer says of its own type.
func TestVerdictsOfEveryVendor(t *testing.T) {
	t.Parallel()
	const (
		octopushLogin = "Check OTP_OCTOPUSH_API_LOGIN and OTP_OCTOPUSH_API_KEY"
		octopushFault = "The fault is at Octopush. Try again later."
		myOTPFault    = "The fault is at MyOTP.App. Try again later"
		myOTPMessage  = "Check the message ID. MyOTP.App keeps a message for 24 hours"
		way2APIFault  = "The fault is at Way2API. Try again later."
		way2APIWord   = "Way2API documents no other answer than that the message was sent."
		otherRoute    = "Send another code, through another route if the profile has one."
		unsentSMS     = "Check that the phone that sends is switched on"
		noSuchAnswer  = "The profile's document knows no such answer."
		nothingToKeep = "This code can be neither verified nor followed: send another one."
		androidFault  = "The fault is at AndroidAPI. Try again later."
		undocumented  = "AndroidAPI does not document this answer."
		permission    = `Give the API key the permission "otp"`
	)
	for _, test := range []struct {
		operation string
		status    int
		body      string
		outcome   string
		code      string
		advice    string
	}{
		{"octopush/otp_generate", 200, `{"code": 0, "otp_request_token": "otp_1"}`, otp.OutcomeOK, "", ""},
		{"octopush/otp_generate", 201, `{"code": 0}`, otp.OutcomeOK, "", ""},
		{"octopush/otp_generate", 202, `{"code": 0}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"octopush/otp_generate", 200, `{"otp_request_token": "otp_1"}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"octopush/otp_generate", 200, `{"code": null}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"octopush/otp_generate", 200, `{"code": false}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"octopush/otp_generate", 200, `{"code": 104, "message": "x"}`, otp.OutcomeUnknown, "104", "out of credit. Buy credit in the Octopush dashboard."},
		{"octopush/otp_generate", 200, `{"code": 777}`, otp.OutcomeUnknown, "777", "The code is not documented."},
		{"octopush/otp_generate", 400, `{"code": 106}`, otp.OutcomeNextRoute, "106", "the sender is not allowed."},
		{"octopush/otp_generate", 400, `{"code": 0}`, otp.OutcomeNextRoute, "", "Correct the value that Octopush names."},
		{"octopush/otp_generate", 401, `{"message": "Unauthorized."}`, otp.OutcomeNextRoute, "", octopushLogin},
		{"octopush/otp_generate", 402, `{}`, otp.OutcomeUnknown, "", "Buy credit in the Octopush dashboard."},
		{"octopush/otp_generate", 429, `{}`, otp.OutcomeUnknown, "", "Wait, or lower http.max_requests_per_second."},
		{"octopush/otp_generate", 502, `<h1>Bad Gateway</h1>`, otp.OutcomeUnknown, "", octopushFault},
		{"octopush/otp_validate", 200, `{"code": 0}`, otp.OutcomeOK, "", ""},
		{"octopush/otp_validate", 400, `{"code": 0}`, otp.OutcomeStop, "", "Correct the value that Octopush names."},
		{"octopush/otp_validate", 200, `{"message": "success"}`, otp.OutcomeStop, "", noSuchAnswer},
		{"octopush/otp_validate", 400, `{"code": 194}`, otp.OutcomeStop, "194", "Code 194 means: neither a phone number nor a request token was given."},
		{"octopush/otp_validate", 401, `{"code": 101}`, otp.OutcomeStop, "101", octopushLogin},
		{"octopush/otp_validate", 500, `{}`, otp.OutcomeStop, "", octopushFault},

		{"myotp/generate_otp", 200, `{"status": "accepted", "message_id": 17}`, otp.OutcomeOK, "", ""},
		{"myotp/generate_otp", 200, `{"status": "accepted"}`, otp.OutcomeUnknown, "", nothingToKeep},
		{"myotp/generate_otp", 200, `{"status": "queued", "message_id": "x"}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"myotp/generate_otp", 201, `{"status": "accepted", "message_id": "x"}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"myotp/generate_otp", 200, `{"error": {"http_code": 402, "message": "Insufficient balance"}}`, otp.OutcomeUnknown, "", "Buy credits in the MyOTP.App dashboard."},
		{"myotp/generate_otp", 403, `{"error": {"http_code": 403, "message": "Access from this IP not allowed"}}`, otp.OutcomeNextRoute, "", "Add the address of this machine to the allowlist"},
		{"myotp/generate_otp", 409, `{"error": {"http_code": 409}}`, otp.OutcomeAlreadyActive, "", "A code for this number is still active"},
		{"myotp/generate_otp", 429, `Too Many Requests`, otp.OutcomeNextRoute, "", "MyOTP.App lets 100 requests a minute through"},
		{"myotp/generate_otp", 503, `{}`, otp.OutcomeUnknown, "", myOTPFault},
		{"myotp/verify_otp", 200, `{"status": "success"}`, otp.OutcomeOK, "", ""},
		{"myotp/verify_otp", 200, `{"status": true}`, otp.OutcomeStop, "", noSuchAnswer},
		{"myotp/verify_otp", 200, `{"status": "failed", "reason": "tired"}`, otp.OutcomeStop, "", noSuchAnswer},
		{"myotp/verify_otp", 403, `{"error": {"message": "Insufficient balance"}}`, otp.OutcomeStop, "", "An empty balance blocks verification, too."},
		{"myotp/extend_otp", 200, `{"status": "success"}`, otp.OutcomeOK, "", ""},
		{"myotp/extend_otp", 200, `{"status": "failed"}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"myotp/extend_otp", 403, `{"error": {"message": "EXTEND_OTP is not available with your plan"}}`, otp.OutcomeStop, "", "The plan of the account lacks the feature"},
		{"myotp/extend_otp", 404, `{"error": {"message": "OTP not found"}}`, otp.OutcomeNotFound, "", myOTPMessage},
		{"myotp/check_otp_status", 200, `{"DLR": "DELIVRD"}`, otp.OutcomeDelivered, "", ""},
		{"myotp/check_otp_status", 200, `{"DLR": "UNDELIV"}`, otp.OutcomeFailed, "UNDELIV", "The carrier could not deliver the message. Check the phone number. " + otherRoute},
		{"myotp/check_otp_status", 200, `{"DLR": "failed.NoBalance"}`, otp.OutcomeFailed, "failed.NoBalance", "Buy credits in the MyOTP.App dashboard."},
		{"myotp/check_otp_status", 200, `{"DLR": "failed.Weather"}`, otp.OutcomeFailed, "", "MyOTP.App does not document this reason. " + otherRoute},
		{"myotp/check_otp_status", 200, `{"DLR": "delivrd"}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"myotp/check_otp_status", 200, `{"DLR:": "DELIVRD"}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"myotp/check_otp_status", 200, `{"message": "Message not found"}`, otp.OutcomeNotFound, "", myOTPMessage},
		{"myotp/check_otp_status", 404, `{"error": {"message": "Message not found"}}`, otp.OutcomeNotFound, "", myOTPMessage},
		{"myotp/check_otp_status", 401, `{"DLR": "DELIVRD"}`, otp.OutcomeUnknown, "", "Check OTP_MYOTP_API_KEY"},

		{"androidapi/send_otp", 200, `{"status": 200, "data": {"messageId": 901, "otp": 482913}}`, otp.OutcomeOK, "", ""},
		{"androidapi/send_otp", 400, `{"status": 200, "data": {"otp": 482913}}`, otp.OutcomeOK, "", ""},
		{"androidapi/send_otp", 200, `{"status": 200, "data": {"messageId": 901}}`, otp.OutcomeUnknown, "", nothingToKeep},
		{"androidapi/send_otp", 200, `{"status": 200, "data": {"otp": false, "messageId": false}}`, otp.OutcomeUnknown, "", nothingToKeep},
		{"androidapi/send_otp", 200, `{"status": 200, "data": false}`, otp.OutcomeUnknown, "", nothingToKeep},
		{"androidapi/send_otp", 200, `{"status": 202, "data": {"otp": 482913}}`, otp.OutcomeUnknown, "202", undocumented},
		{"androidapi/send_otp", 200, `{"status": true, "data": {"otp": 482913}}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"androidapi/send_otp", 200, `{"status": 404, "message": "Device doesn't exist!", "data": false}`, otp.OutcomeNextRoute, "404", "Check the sender: AndroidAPI knows no such device"},
		{"androidapi/send_otp", 200, `{"status": 403, "message": "Not enough credits!", "data": false}`, otp.OutcomeNextRoute, "403", "Buy credits in the AndroidAPI dashboard"},
		{"androidapi/send_otp", 200, `{"status": 403, "message": "Access denied!", "data": false}`, otp.OutcomeNextRoute, "403", permission},
		{"androidapi/send_otp", 200, `{"status": 500, "data": false}`, otp.OutcomeUnknown, "500", androidFault},
		{"androidapi/send_otp", 502, `<h1>Bad Gateway</h1>`, otp.OutcomeUnknown, "", androidFault},
		{"androidapi/get_otp", 404, `{"status": 200, "data": false}`, otp.OutcomeOK, "", ""},
		{"androidapi/get_otp", 403, `{"status": 403, "message": "OTP is invalid or expired!", "data": false}`, otp.OutcomeWrongCode, "", ""},
		{"androidapi/get_otp", 200, `{"status": 403, "message": "Access denied!", "data": false}`, otp.OutcomeStop, "403", permission},
		{"androidapi/get_otp", 200, `{"ok": true}`, otp.OutcomeStop, "", noSuchAnswer},
		{"androidapi/sms_message", 200, `{"status": 200, "data": {"id": 1042, "status": "failed"}}`, otp.OutcomeFailed, "", unsentSMS},
		{"androidapi/sms_message", 200, `{"status": 200, "data": {"0": {"id": 1042, "status": "sent"}}}`, otp.OutcomePending, "", ""},
		{"androidapi/sms_message", 200, `{"status": 200, "data": [{"id": 1042, "status": "failed", "status_code": "SMS_FAILED"}]}`, otp.OutcomeFailed, "SMS_FAILED", unsentSMS},
		{"androidapi/wa_message", 200, `{"status": 200, "data": {"id": 1042, "status": "failed", "status_code": "no code"}}`, otp.OutcomeFailed, "", "Check that the WhatsApp account is still linked"},
		{"androidapi/sms_message", 200, `{"status": 403, "data": {"status": "sent"}}`, otp.OutcomeUnknown, "403", `the permission "get_sms_sent"`},
		{"androidapi/wa_message", 200, `{"status": 404, "message": "x", "data": false}`, otp.OutcomePending, "", ""},
		{"androidapi/wa_message", 200, `{"status": 401, "data": false}`, otp.OutcomeUnknown, "401", "Check OTP_ANDROIDAPI_SECRET"},

		{"way2api/send_otp_pin", 200, `{"success": true, "data": {"result": {"sms_status": "sent"}}}`, otp.OutcomeOK, "", ""},
		{"way2api/send_otp_pin", 200, `{"success": 1, "data": {"result": {"sms_status": "sent"}}}`, otp.OutcomeOK, "", ""},
		{"way2api/send_otp_pin", 201, `{"success": true, "data": {"result": {"sms_status": "sent"}}}`, otp.OutcomeUnknown, "", noSuchAnswer},
		{"way2api/send_otp_pin", 200, `{"success": true, "data": {"result": {"sms_status": "Sent"}}}`, otp.OutcomeUnknown, "Sent", way2APIWord},
		{"way2api/send_otp_pin", 200, `{"success": true, "data": {"order_id": "W2A_1", "result": {}}}`, otp.OutcomeUnknown, "", way2APIWord},
		{"way2api/send_otp_pin", 200, `{"success": false, "data": {"error_code": 1, "result": {"sms_status": "sent"}}}`, otp.OutcomeUnknown, "1", "Look in the Way2API dashboard whether it was charged."},
		{"way2api/send_otp_pin", 200, `{"success": 0, "data": {"result": {"sms_status": "sent"}}}`, otp.OutcomeUnknown, "", "Look in the Way2API dashboard whether it was charged."},
		{"way2api/send_otp_pin", 202, ``, otp.OutcomePending, "", ""},
		{"way2api/send_otp_pin", 202, `{"success": tr`, otp.OutcomePending, "", ""},
		{"way2api/send_otp_pin", 202, `{"success": false, "data": {"order_id": 77, "error_code": "X"}}`, otp.OutcomePending, "", ""},
		{"way2api/send_otp_pin", 402, `{"success": false, "data": {}}`, otp.OutcomeNextRoute, "", "Add money to the wallet"},
		{"way2api/send_otp_pin", 500, `{"success": false, "data": {"order_id": "W2A_1", "error_code": "External API Error"}}`, otp.OutcomeNextRoute, "External API Error", way2APIFault + " Quote order W2A_1"},
		{"way2api/send_otp_pin", 502, `<h1>Bad Gateway</h1>`, otp.OutcomeUnknown, "", way2APIFault},
	} {
		t.Run(test.operation+" "+test.body, func(t *testing.T) {
			t.Parallel()
			o := called(t, test.operation)
			bodies := [][]byte{[]byte(test.body)}
			if other, differs := respelled(bodies[0]); differs {
				bodies = append(bodies, other)
			}
			var first replay.Verdict
			for number, body := range bodies {
				for _, contentType := range []string{"application/json", "text/html"} {
					file := replay.File{Operation: o.name, Response: replay.Response{Status: test.status, Headers: map[string]string{"Content-Type": contentType}}}
					got, _ := o.play(t, o.tell(replay.File{}), file, body)
					only(t, string(body), got.Outcome, got.Reason, test.outcome)
					if got.VendorCode != test.code || !strings.Contains(got.Advice, test.advice) || (got.Advice == "") != (test.advice == "") {
						t.Errorf("HTTP %d %s: code %q and advice %q, want %q and %q", test.status, body, got.VendorCode, got.Advice, test.code, test.advice)
					}
					if number == 0 && first.Outcome == "" {
						first = got
					}
					if diff := cmp.Diff(first, got, cmpopts.EquateEmpty()); diff != "" && json200(test.body) {
						t.Errorf("%s as %s (-documented +this):\n%s", body, contentType, diff)
					}
				}
			}
		})
	}
}

// json200 leaves out pages, which are quoted by their type.
func json200(body string) bool { return strings.HasPrefix(body, "{") && strings.HasSuffix(body, "}") }

// A send that is refused by its HTTP status is explained even where the answer is
// a page.
func TestEveryRefusalIsExplained(t *testing.T) {
	t.Parallel()
	for _, o := range operations {
		t.Run(string(o.vendor)+"/"+o.name, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{400, 401, 402, 403, 404, 409, 422, 429, 500, 503} {
				file := replay.File{Operation: o.name, Response: replay.Response{Status: status, Headers: map[string]string{"Content-Type": "text/html"}}}
				got, _ := o.play(t, o.tell(replay.File{}), file, []byte("<h1>"+http.StatusText(status)+"</h1>"))
				if got.Outcome == "" || got.Outcome == otp.OutcomeOK || got.Advice == "" || got.Reason == "" {
					t.Errorf("HTTP %d: %+v", status, got)
				}
			}
		})
	}
}
