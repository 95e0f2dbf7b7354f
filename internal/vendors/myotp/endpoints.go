package myotp

import (
	"net/http"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// The calls of MyOTP.App that are used. POST /v1/topup is left out on purpose:
// it spends money (MyOTP reference §9).
var (
	// GenerateEndpoint makes and sends a code (MyOTP reference §2).
	GenerateEndpoint = httpapi.Endpoint{
		Operation: "generate_otp", Purpose: "send a code",
		Method: http.MethodPost, Path: "/generate_otp", Encoding: otp.JSON,
	}
	// VerifyEndpoint checks a code; success uses it up (MyOTP reference §3).
	VerifyEndpoint = httpapi.Endpoint{
		Operation: "verify_otp", Purpose: "verify a code",
		Method: http.MethodPost, Path: "/verify_otp", Encoding: otp.JSON,
	}
	// ExtendEndpoint moves the expiry of a code (MyOTP reference §4).
	ExtendEndpoint = httpapi.Endpoint{
		Operation: "extend_otp", Purpose: "extend a code",
		Method: http.MethodPost, Path: "/extend_otp", Encoding: otp.JSON,
	}
	// StatusEndpoint asks for the delivery report (MyOTP reference §5).
	StatusEndpoint = httpapi.Endpoint{
		Operation: "check_otp_status", Purpose: "check the status of a message",
		Method: http.MethodPost, Path: "/check_otp_status", Encoding: otp.JSON, Read: true,
	}
	// OlderStatusEndpoint is the same call at the path of the vendor's older
	// page (MyOTP reference §5).
	OlderStatusEndpoint = httpapi.Endpoint{
		Operation: "check_otp", Purpose: "check the status of a message",
		Method: http.MethodPost, Path: "/check_otp", Encoding: otp.JSON, Read: true,
	}
	// ReportEndpoint lists transactions (MyOTP reference §6).
	ReportEndpoint = httpapi.Endpoint{
		Operation: "report", Purpose: "read the transactions",
		Method: http.MethodPost, Path: "/report", Encoding: otp.JSON, Read: true,
	}
	// MeEndpoint says whose key it is (MyOTP reference §7).
	MeEndpoint = httpapi.Endpoint{
		Operation: "me", Purpose: "read the owner of the API key",
		Method: http.MethodGet, Path: "/me", Encoding: otp.Query, Read: true,
	}
	// AccountEndpoint reads plan and balance (MyOTP reference §8).
	AccountEndpoint = httpapi.Endpoint{
		Operation: "account", Purpose: "read the account",
		Method: http.MethodGet, Path: "/v1/agent/account", Encoding: otp.Query, Read: true,
	}
)

// Endpoints lists every call that the client makes.
func Endpoints() []httpapi.Endpoint {
	return []httpapi.Endpoint{
		GenerateEndpoint, VerifyEndpoint, ExtendEndpoint, StatusEndpoint, OlderStatusEndpoint,
		ReportEndpoint, MeEndpoint, AccountEndpoint,
	}
}
