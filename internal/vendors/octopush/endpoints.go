package octopush

import (
	"net/http"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// The calls of Octopush that are used. None of them moves money.
var (
	// GenerateEndpoint makes and sends a code (Octopush reference §2.1).
	GenerateEndpoint = httpapi.Endpoint{
		Operation: "otp_generate", Purpose: "send a code",
		Method: http.MethodPost, Path: "/service/otp/generate", Encoding: otp.JSON,
	}
	// ValidateEndpoint checks a code. It is a PUT and yet no repeatable call:
	// each wrong try counts (Octopush reference §2.2).
	ValidateEndpoint = httpapi.Endpoint{
		Operation: "otp_validate", Purpose: "verify a code",
		Method: http.MethodPut, Path: "/service/otp/validate", Encoding: otp.JSON,
	}
	// BalanceEndpoint reads the wallet (Octopush reference §4.1).
	BalanceEndpoint = httpapi.Endpoint{
		Operation: "check_balance", Purpose: "read the balance",
		Method: http.MethodGet, Path: "/wallet/check-balance", Encoding: otp.Query, Read: true,
	}
	// CreditsEndpoint reads how many messages the wallet is worth (§4.2).
	CreditsEndpoint = httpapi.Endpoint{
		Operation: "check_credits", Purpose: "read the credits",
		Method: http.MethodGet, Path: "/wallet/check-credits", Encoding: otp.Query, Read: true,
	}
	// ConsumptionEndpoint reads what a month cost: a read made by POST (§8.1).
	ConsumptionEndpoint = httpapi.Endpoint{
		Operation: "monthly_consumption", Purpose: "read the monthly consumption",
		Method: http.MethodPost, Path: "/monthly-consumption", Encoding: otp.JSON, Read: true,
	}
)

// Endpoints lists every call that the client makes.
func Endpoints() []httpapi.Endpoint {
	return []httpapi.Endpoint{
		GenerateEndpoint, ValidateEndpoint, BalanceEndpoint, CreditsEndpoint, ConsumptionEndpoint,
	}
}
