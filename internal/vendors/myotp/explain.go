package myotp

import (
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// explain says what a delivery report means that is none of success (MyOTP
// reference §5).
func explain(e httpapi.Endpoint, answer *httpapi.Answer) *httpapi.Error {
	var status MessageStatus
	if e.Purpose != StatusEndpoint.Purpose || !answer.Parse(&status) {
		return nil
	}
	for _, known := range meanings {
		if status.Report == known.report {
			return &httpapi.Error{Code: known.report, Next: known.next}
		}
	}
	if strings.HasPrefix(status.Report, "failed.") {
		return &httpapi.Error{Next: "MyOTP.App does not document this reason. " + otherRoute}
	}
	return nil
}

const otherRoute = "Send another code, through another route if the profile has one."

// meanings are what reports mean. Those that are sentences are no codes.
var meanings = []struct{ report, next string }{
	{"UNDELIV", "The carrier could not deliver the message. Check the phone number. " + otherRoute},
	{"EXPIRED", "The carrier gave up before it reached the phone. " + otherRoute},
	{"REJECTD", "The carrier refused the message. " + otherRoute + " If others are refused, too, write to support@myotp.app."},
	{"failed.Undeliverable", "The number cannot be reached over WhatsApp, now or later. Send over SMS."},
	{"failed.Provider", providerAdvice},
	{"failed", providerAdvice},
	{"failed.SMPP", "The line between MyOTP.App and the carrier failed. " + otherRoute},
	{"failed.NoBalance", balanceAdvice},
}

const providerAdvice = "WhatsApp's provider failed, and may not the next time. " + otherRoute
