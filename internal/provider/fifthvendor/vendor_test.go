// Package fifthvendor has a made-up vendor, and tests that nothing has to know
// more of a vendor than its descriptor.
package fifthvendor

import (
	"net/http"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const name otp.Vendor = "pigeon"

const (
	keyHeader = "X-Pigeon-Key"
	apiKey    = "pk_8f3a6c1d2b"
)

var (
	sendEndpoint    = httpapi.Endpoint{Operation: "send", Purpose: "send a code", Method: http.MethodPost, Path: "/messages", Encoding: otp.JSON}
	checkEndpoint   = httpapi.Endpoint{Operation: "check", Purpose: "verify a code", Method: http.MethodPost, Path: "/checks", Encoding: otp.JSON}
	accountEndpoint = httpapi.Endpoint{Operation: "account", Purpose: "read the account", Method: http.MethodGet, Path: "/account", Encoding: otp.Query, Read: true}
	pricesEndpoint  = httpapi.Endpoint{Operation: "prices", Purpose: "read the prices", Method: http.MethodGet, Path: "/prices", Encoding: otp.Query, Read: true}
	extendEndpoint  = httpapi.Endpoint{Operation: "extend", Purpose: "extend a code", Method: http.MethodPost, Path: "/extensions", Encoding: otp.JSON}
)

// pigeon is everything that the house is told of the vendor.
var pigeon = httpapi.Vendor{
	Name: name, Title: "Pigeon Post", BaseURL: "https://api.pigeon.example",
	Credentials: []httpapi.CredentialField{{Field: "API_KEY", Name: "API key", Where: "API key of the loft."}},
	Authorize:   authorize, Classify: classify, Open: httpapi.Opens(open), Compiler: compiler{},
	Endpoints: []httpapi.Endpoint{sendEndpoint, checkEndpoint, extendEndpoint, accountEndpoint, pricesEndpoint},
	Extension: &otp.Extension{Least: 5, Most: 40},
	Receipt:   otp.Receipt{MessageID: "/ring"},
}

// classify explains the vendor's codes.
func classify(_ httpapi.Endpoint, answer *httpapi.Answer) *httpapi.Error {
	var body struct {
		Trouble string `json:"trouble"`
		Words   string `json:"words"`
	}
	kind := httpapi.KindOf(answer.Status)
	if kind == "" || !answer.Parse(&body) {
		return nil
	}
	failure := &httpapi.Error{Kind: kind, Code: body.Trouble, Message: body.Words}
	if body.Trouble == "P17" {
		failure.Kind, failure.Next = httpapi.InsufficientBalance, "Buy corn in the dashboard of Pigeon Post."
	}
	return failure
}

// compiler has the vendor's rules and requests.
type compiler struct{}

func (compiler) Vendor() otp.Vendor { return name }

func (compiler) Placeholders() map[otp.Placeholder]string {
	return map[otp.Placeholder]string{otp.PlaceholderOTP: "<code>", otp.PlaceholderExpiry: "<until>"}
}

func (compiler) CheckBrand(brand otp.Brand) otp.Problems {
	var ps otp.Problems
	if strings.Contains(brand.DisplayName, "Hawk") {
		ps.Errorf(otp.At("display_name"), "Brand frightens pigeons", "display_name is %q, and no pigeon carries that. Write another one.", brand.DisplayName)
	}
	return ps
}

func (compiler) CheckTemplate(otp.MessageTemplate) otp.Problems { return nil }
func (compiler) CheckSender(otp.SenderID) otp.Problems          { return nil }

func (c compiler) CompileRoute(r otp.RoutePlan) (otp.DocumentRoute, otp.Problems) {
	var ps otp.Problems
	r.CheckChannel(&ps, otp.SMS)
	r.RefuseSender(&ps, "Pigeon Post signs with its own ring.")
	validity, _ := r.Validity()
	send := httpapi.Document(r, sendEndpoint, authorize, httpapi.Fields{"to": "{{phone_e164}}", "letter": "{{text}}", "seconds": validity},
		otp.When(otp.OutcomeOK, otp.Status(http.StatusCreated)), otp.When(otp.OutcomeNextRoute, otp.Status(http.StatusPaymentRequired)), otp.When(otp.OutcomeUnknown))
	send.Texts, send.Keep = otp.Texts(r.Messages(&ps, c.Placeholders())), map[string]string{"ring": "/ring"}
	check := httpapi.Document(r, checkEndpoint, authorize, httpapi.Fields{"ring": "{{ring}}", "code": "{{code}}"},
		otp.When(otp.OutcomeOK, otp.ValueIn("/right", true)), otp.When(otp.OutcomeWrongCode, otp.ValueIn("/right", false)), otp.When(otp.OutcomeStop))
	extend := httpapi.Document(r, extendEndpoint, authorize, httpapi.Fields{"ring": "{{ring}}", "more": "{{duration_seconds:number}}"},
		otp.When(otp.OutcomeOK, otp.Status(http.StatusOK)), otp.When(otp.OutcomeStop))
	return otp.DocumentRoute{Send: send, Verify: check, Extend: extend, ApplicationMustEnforce: []otp.Duty{otp.MaxWrongAttempts, otp.SingleUse}}, ps
}

func authorize(call *httpapi.Call, credential func(string) string) {
	call.Headers[keyHeader] = credential("API_KEY")
}
