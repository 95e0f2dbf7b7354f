package octopush

import "github.com/otp-as-code/terraform-provider-otp/internal/otp"

// Receipt is what the answer to service/otp/generate tells: the ticket of the
// message. Neither a cost nor the code come back (Octopush reference §2.1).
func Receipt() otp.Receipt { return otp.Receipt{MessageID: "/ticket_number"} }
