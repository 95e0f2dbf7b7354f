package myotp

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Compiler makes the routes of profile documents that go through MyOTP.App.
type Compiler struct{}

// Vendor is MyOTP.App.
func (Compiler) Vendor() otp.Vendor { return otp.MyOTP }

// Placeholders is nil: the vendor takes no free text.
func (Compiler) Placeholders() map[otp.Placeholder]string { return nil }

// CompileRoute makes the calls of a route.
func (Compiler) CompileRoute(r otp.RoutePlan) (otp.DocumentRoute, otp.Problems) {
	ps := checkRoute(r)
	return otp.DocumentRoute{
		Send:   send(r),
		Verify: verify(r),
		Extend: extend(r),
		Status: status(r),
		// No limit of attempts is documented (MyOTP reference §3).
		ApplicationMustEnforce: []otp.Duty{otp.MaxWrongAttempts},
	}, ps
}

// What answers mean is the same in all documents.
var (
	sendOutcomes = []otp.Outcome{
		otp.When(otp.OutcomeOK, otp.Status(200), otp.ValueIn("/status", "accepted")),
		otp.When(otp.OutcomeAlreadyActive, otp.Status(409)),
		otp.When(otp.OutcomeNextRoute, otp.Status(400, 401, 402, 403, 429)),
		otp.When(otp.OutcomeUnknown),
	}
	verifyOutcomes = []otp.Outcome{
		otp.When(otp.OutcomeOK, otp.Status(200), otp.ValueIn("/status", "success")),
		// A failed verification is HTTP 200, too (MyOTP reference §3).
		otp.When(otp.OutcomeWrongCode, otp.Status(200), otp.ValueIn("/reason", "invalid")),
		otp.When(otp.OutcomeExpired, otp.Status(200), otp.ValueIn("/reason", "expired")),
		otp.When(otp.OutcomeNotFound, otp.Status(200), otp.ValueIn("/reason", "not found")),
		otp.When(otp.OutcomeExpired, otp.Status(200), otp.ValueIn("/status", "expired")),
		otp.When(otp.OutcomeNotFound, otp.Status(404)),
		otp.When(otp.OutcomeStop),
	}
	extendOutcomes = []otp.Outcome{
		otp.When(otp.OutcomeOK, otp.Status(200), otp.ValueIn("/status", "success")),
		otp.When(otp.OutcomeNotFound, otp.Status(404)),
		otp.When(otp.OutcomeStop, otp.Status(400, 401, 402, 403, 429)),
		otp.When(otp.OutcomeUnknown),
	}
)

func send(r otp.RoutePlan) *otp.Call {
	code, _ := r.Code()
	validity, _ := r.Validity()
	request := GenerateRequest{
		PhoneNumber: "{{phone_digits}}",
		Channel:     r.Route.Channel,
		OTPLength:   unless(code.Length, defaultLength),
		OTPValidity: unless(validity, defaultValidity),
	}
	if r.Brand != nil {
		request.Brand, _ = brandOf(*r.Brand)
	}
	var numbers map[string]int64
	if r.Template != nil {
		numbers, _ = numbersOf(r)
		request.TemplateOrder = unless(numbers[""], defaultTemplate)
	}
	call := httpapi.Document(r, GenerateEndpoint, authorize, request.Fields(), sendOutcomes...)
	for locale, number := range numbers {
		if locale == "" {
			continue
		}
		if call.ByLocale == nil {
			call.ByLocale = map[string]map[string]any{}
		}
		call.ByLocale[locale] = map[string]any{"template_order": number}
	}
	if mayForce(r) {
		call.Resend = map[string]any{"force_send": true}
	}
	call.Keep = map[string]string{"message_id": "/message_id"}
	return call
}

// unless is the value, or nothing where it is the vendor's documented default.
// Length, validity and template may be chosen on dearer plans only, and whether
// the others are refused for these fields or for their values is not documented
// (MyOTP reference §1, Plans): what is the default is therefore not sent.
func unless(value, vendors int64) int64 {
	if value == vendors {
		return 0 // left out
	}
	return value
}

// mayForce reports whether a resend may replace a code that is still active;
// without force_send MyOTP.App answers 409 (MyOTP reference §2).
func mayForce(r otp.RoutePlan) bool {
	options := r.Route.MyOTP
	return options == nil || options.ForceSend == nil || *options.ForceSend
}

func verify(r otp.RoutePlan) *otp.Call {
	request := VerifyRequest{OTP: "{{code}}", MessageID: "{{message_id}}", PhoneNumber: "{{phone_digits}}"}
	call := httpapi.Document(r, VerifyEndpoint, authorize, request.Fields(), verifyOutcomes...)
	call.OmitIfMissing = []string{"message_id"}
	return call
}

func extend(r otp.RoutePlan) *otp.Call {
	request := ExtendRequest{MessageID: "{{message_id}}", Duration: "{{duration_seconds:number}}"}
	return httpapi.Document(r, ExtendEndpoint, authorize, request.Fields(), extendOutcomes...)
}

// reports groups the delivery reports as the vendor does (MyOTP reference §5).
// The first entry that fits decides.
var reports = []struct {
	outcome string
	values  []any  // whole reports
	prefix  string // in place of values: how reports begin
}{
	{outcome: otp.OutcomeDelivered, values: []any{"DELIVRD", "delivered", "read"}},
	{outcome: otp.OutcomePending, values: []any{"ATES", "sent", "pending"}},
	{outcome: otp.OutcomePending, prefix: "Pending:"},
	{outcome: otp.OutcomeFailed, values: []any{"UNDELIV", "EXPIRED", "REJECTD", "failed"}},
	{outcome: otp.OutcomeFailed, prefix: "failed."},
	{outcome: otp.OutcomeUnavailable, prefix: "Not available"},
}

// statusOutcomes reads the delivery report. An answer without one is that of an
// unknown message, unless the report has come by its deprecated name (MyOTP
// reference §5), which is not read.
var statusOutcomes = func() []otp.Outcome {
	answered := otp.Status(200)
	var outcomes []otp.Outcome
	for _, report := range reports {
		condition := otp.ValueIn("/DLR", report.values...)
		if report.prefix != "" {
			condition = otp.ValuePrefix("/DLR", report.prefix)
		}
		outcomes = append(outcomes, otp.When(report.outcome, answered, condition))
	}
	return append(outcomes,
		otp.When(otp.OutcomeNotFound, answered, otp.Missing("/DLR"), otp.Missing("/DLR:")),
		otp.When(otp.OutcomeNotFound, otp.Status(404)),
		otp.When(otp.OutcomeUnknown),
	)
}()

func status(r otp.RoutePlan) *otp.Call {
	return httpapi.Document(r, StatusEndpoint, authorize, StatusRequest{MessageID: "{{message_id}}"}.Fields(), statusOutcomes...)
}
