package way2api

import (
	"net/http"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// The calls of Way2API that are used. It has none that verifies a code, reads a
// balance or tells what became of a message (Way2API reference §7).
var (
	// SendEndpoint sends a code that the caller made (Way2API reference §2).
	SendEndpoint = httpapi.Endpoint{
		Operation: "send_otp_pin", Purpose: "send a code",
		Method: http.MethodPost, Path: "/aws/send_otp-pin", Encoding: otp.JSON,
	}
	// PricingEndpoint reads the prices of all services. It needs no key; the
	// key is sent, because without one the figures are hidden (Way2API
	// reference §5).
	PricingEndpoint = httpapi.Endpoint{
		Operation: "pricing", Purpose: "read the prices",
		Method: http.MethodGet, Path: "/pricing", Encoding: otp.Query, Read: true,
	}
)

// Endpoints lists every call that the client makes.
func Endpoints() []httpapi.Endpoint { return []httpapi.Endpoint{SendEndpoint, PricingEndpoint} }
