package application_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// Whatever a vendor refuses, a person is told what its code means and what to do,
// and a program by vendor_code and advice.
func TestEveryVerbSaysWhatTheVendorsCodeMeans(t *testing.T) {
	t.Parallel()
	const noPlan = `{"error": {"http_code": 403, "message": "EXTEND_OTP is not available with your plan"}}`
	for _, test := range []struct {
		route     otp.Route
		phone     string
		operation string
		status    int
		body      string
		outcome   string
		code      string
		advice    string
	}{
		{overOctopush, french, "otp_generate", 400, `{"code": 104, "message": "Not enough credit."}`, otp.OutcomeNextRoute, "104", "out of credit. Buy credit in the Octopush dashboard."},
		{overOctopush, french, "otp_validate", 401, `{"code": "101", "message": "Invalid credentials."}`, otp.OutcomeStop, "101", "the login details are wrong. Check OTP_OCTOPUSH_API_LOGIN"},
		{overMyOTP, french, "generate_otp", 402, `{"error": {"message": "Insufficient balance"}}`, otp.OutcomeNextRoute, "", "Buy credits in the MyOTP.App dashboard."},
		{overMyOTP, french, "verify_otp", 403, `{"error": {"message": "Insufficient balance"}}`, otp.OutcomeStop, "", "An empty balance blocks verification, too."},
		{overMyOTP, french, "extend_otp", 403, noPlan, otp.OutcomeStop, "", "The plan of the account lacks the feature"},
		{overMyOTP, french, "check_otp_status", 200, `{"DLR": "REJECTD", "is_active": true}`, otp.OutcomeFailed, "REJECTD", "The carrier refused the message."},
		{overDevice, french, "send_otp", 200, `{"status": "404", "message": "Device doesn't exist!", "data": false}`, otp.OutcomeNextRoute, "404", "Check the sender: AndroidAPI knows no such device"},
		{overDevice, french, "get_otp", 200, `{"status": 403, "message": "Access denied!", "data": false}`, otp.OutcomeStop, "403", `Give the API key the permission "otp"`},
		{overDevice, french, "sms_message", 200, `{"status": 200, "data": [{"id": 901, "status": "failed"}]}`, otp.OutcomeFailed, "", "Check that the phone that sends is switched on"},
		{overWay2API, indian, "send_otp_pin", 402, `{"success": false, "message": "No.", "data": {"error_code": "INSUFFICIENT_BALANCE"}}`, otp.OutcomeNextRoute, "INSUFFICIENT_BALANCE", "Add money to the wallet"},
	} {
		t.Run(string(test.route.Vendor)+"/"+test.operation, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, compile(t, nil, test.route))
			s.options.Runner.HTTP.MaxRetries = 0
			refuse := func() {
				s.must(s.Fail(sandbox.Fault{
					Vendor: string(test.route.Vendor), Operation: test.operation, Kind: sandbox.Answer, Status: test.status, Body: test.body, Times: -1,
					Headers: map[string]string{"Content-Type": "application/json"},
				}))
			}
			to := delivery.Recipient{Phone: test.phone}
			var got application.Result
			var err error
			switch test.operation {
			case "otp_generate", "generate_otp", "send_otp", "send_otp_pin":
				refuse()
				got = s.sends(application.Request{To: to}, test.outcome)
			default:
				s.sends(application.Request{To: to}, otp.OutcomeOK)
				code := s.code()
				refuse()
				switch test.operation {
				case "extend_otp":
					got, err = s.application.Extend(t.Context(), "login", to, 600)
				case "check_otp_status", "sms_message":
					got, err = s.application.Status(t.Context(), "login", to, 0)
				default:
					got, err = s.application.Verify(t.Context(), "login", to, code)
				}
				s.must(err)
			}
			if got.Outcome != test.outcome || !strings.Contains(got.Why(), test.advice) {
				t.Errorf("got %s: %s; want %s, and %q", got.Outcome, got.Why(), test.outcome, test.advice)
			}
			raw, err := json.Marshal(got)
			s.must(err)
			var told struct {
				Code   string `json:"vendor_code"`
				Advice string `json:"advice"`
			}
			s.must(json.Unmarshal(raw, &told))
			if told.Code != test.code || !strings.Contains(told.Advice, test.advice) {
				t.Errorf("got %s", raw)
			}
		})
	}
}
