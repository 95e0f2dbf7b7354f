package way2api

import (
	"net/http"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Compiler makes the routes of profile documents that go through Way2API.
type Compiler struct{}

// Vendor is Way2API.
func (Compiler) Vendor() otp.Vendor { return otp.Way2API }

// Placeholders is nil: the vendor takes no free text.
func (Compiler) Placeholders() map[otp.Placeholder]string { return nil }

// CompileRoute makes the calls of a route. Way2API only sends: the application
// makes the code and does everything that has to do with it afterwards
// (Way2API reference §2).
func (Compiler) CompileRoute(r otp.RoutePlan) (otp.DocumentRoute, otp.Problems) {
	return otp.DocumentRoute{
		Send: send(r),
		ApplicationMustEnforce: []otp.Duty{
			otp.MakeCode, otp.VerifyCode, otp.Validity, otp.MaxWrongAttempts, otp.BindPhone, otp.SingleUse,
		},
	}, checkRoute(r)
}

// sendOutcomes are the same in all documents. At HTTP 200 the word success counts
// as well (Way2API reference §1), in every spelling that PHP has for false:
// whether such a send was charged is not known.
var sendOutcomes = []otp.Outcome{
	otp.When(otp.OutcomeUnknown, otp.Status(http.StatusOK), otp.ValueIn("/success", false, "false", 0, "0", "")),
	otp.When(otp.OutcomeOK, otp.Status(http.StatusOK), otp.ValueIn("/data/result/sms_status", statusSent)),
	otp.When(otp.OutcomePending, otp.Status(http.StatusAccepted)),
	otp.When(otp.OutcomeNextRoute, otp.Status(slices.Clone(uncharged)...)),
	otp.When(otp.OutcomeUnknown),
}

// send keeps nothing of the answer: no call takes the order ID.
func send(r otp.RoutePlan) *otp.Call {
	request := SendRequest{Number: "{{phone_digits}}", Value: "{{code}}"}
	if r.Template != nil && r.Template.Way2API != nil {
		words := *r.Template.Way2API
		request.Content, request.Purpose, request.ShareWith = words.Content, words.Purpose, words.ShareWith
	}
	return httpapi.Document(r, SendEndpoint, authorize, request.Fields(), sendOutcomes...)
}
