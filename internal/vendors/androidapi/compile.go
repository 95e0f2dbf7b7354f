package androidapi

import (
	"net/http"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Compiler makes the routes of profile documents that go through AndroidAPI.
type Compiler struct{}

// Vendor is AndroidAPI.
func (Compiler) Vendor() otp.Vendor { return otp.AndroidAPI }

// placeholders are those of a message (AndroidAPI reference §7.1).
var placeholders = map[otp.Placeholder]string{otp.PlaceholderOTP: "{{otp}}"}

// Placeholders is how AndroidAPI spells the code.
func (Compiler) Placeholders() map[otp.Placeholder]string { return placeholders }

// CompileRoute makes the calls of a route. AndroidAPI cannot extend a code.
func (Compiler) CompileRoute(r otp.RoutePlan) (otp.DocumentRoute, otp.Problems) {
	ps := checkRoute(r)
	messages := r.Messages(&ps, placeholders)
	return otp.DocumentRoute{
		Send:   send(r, messages),
		Verify: verify(r),
		Status: status(r),
		// A check takes no phone number, so any live code of the account
		// passes; neither a limit of attempts nor that success uses a code up
		// is documented (AndroidAPI reference §7.2).
		ApplicationMustEnforce: []otp.Duty{otp.BindPhone, otp.MaxWrongAttempts, otp.SingleUse},
	}, ps
}

// What answers mean is the same in all documents.
var (
	sendOutcomes = []otp.Outcome{
		otp.When(otp.OutcomeOK, bodyStatus(success)),
		otp.When(otp.OutcomeNextRoute, bodyStatus(
			http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)),
		otp.When(otp.OutcomeUnknown),
	}
	verifyOutcomes = []otp.Outcome{
		otp.When(otp.OutcomeOK, bodyStatus(success)),
		otp.When(otp.OutcomeWrongCode, bodyStatus(http.StatusForbidden), otp.ValueIn("/message", wrongCode)),
		otp.When(otp.OutcomeStop),
	}
	statusOutcomes = []otp.Outcome{
		otp.When(otp.OutcomePending, bodyStatus(success), otp.ValueIn("/data/status", statusSent)),
		otp.When(otp.OutcomePending, bodyStatus(success), otp.ValueIn("/data/0/status", statusSent)),
		otp.When(otp.OutcomeFailed, bodyStatus(success), otp.ValueIn("/data/status", statusFailed)),
		otp.When(otp.OutcomeFailed, bodyStatus(success), otp.ValueIn("/data/0/status", statusFailed)),
		otp.When(otp.OutcomePending, bodyStatus(http.StatusNotFound)),
		otp.When(otp.OutcomeUnknown),
	}
)

func send(r otp.RoutePlan, messages []otp.Message) *otp.Call {
	validity, _ := r.Validity()
	request := SendRequest{Type: r.Route.Channel, Message: "{{text}}", Phone: "{{phone_e164}}", Expire: validity}
	if r.Route.Channel == otp.WhatsApp {
		request.Account, request.Priority = r.Route.WhatsAppAccount, priority(r)
	} else if r.Sender != nil && r.Sender.AndroidAPI != nil {
		from := *r.Sender.AndroidAPI
		if from.Gateway != "" {
			request.Mode, request.Gateway = ModeCredits, from.Gateway
		} else {
			request.Mode, request.Device = ModeDevices, from.Device
			if from.SIM != nil {
				request.SIM = *from.SIM
			}
		}
	}
	made := httpapi.Document(r, SendOTPEndpoint, authorize, request.Fields(), sendOutcomes...)
	made.Texts = otp.Texts(messages)
	made.Keep = map[string]string{"message_id": "/data/messageId", "secret_code": "/data/otp"}
	return made
}

// bodyStatus is a condition on the status in the body, which is the verdict
// (AndroidAPI reference §1.4).
func bodyStatus(codes ...int) otp.Condition { return httpapi.NumberIn("/status", codes...) }

// priority is always sent, so that the vendor's default never decides.
func priority(r otp.RoutePlan) int64 {
	if options := r.Route.AndroidAPI; options != nil && options.Priority != nil && *options.Priority {
		return PriorityYes
	}
	return PriorityNo
}

// verify compares with the code of the send first: the vendor would accept any
// live code of the account. The words tell a code that does not count from a
// key that lacks the permission (AndroidAPI reference §7.2).
func verify(r otp.RoutePlan) *otp.Call {
	made := httpapi.Document(r, VerifyOTPEndpoint, authorize, VerifyRequest{OTP: "{{code}}"}.Fields(), verifyOutcomes...)
	made.Expect = map[string]string{"secret_code": "code"}
	return made
}

// status reads the message once it is sent; until then the vendor does not find
// it. There is no state for delivered (AndroidAPI reference §9). The row is an
// object or a list of one (§9.4).
//
// The vendor's own sample of a send has no messageId (§7.1), and such a send is
// a success: id may be missing, so that message_id is nothing that a later call
// needs. The check is then refused as incomplete and its outcome unknown.
func status(r otp.RoutePlan) *otp.Call {
	endpoint := SMSMessageEndpoint
	if r.Route.Channel == otp.WhatsApp {
		endpoint = WhatsAppMessageEndpoint
	}
	made := httpapi.Document(r, endpoint, authorize, MessageRequest{ID: "{{message_id}}", Type: TypeSent}.Fields(), statusOutcomes...)
	made.OmitIfMissing = []string{"id"}
	return made
}
