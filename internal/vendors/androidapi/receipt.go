package androidapi

import "github.com/otp-as-code/terraform-provider-otp/internal/otp"

// Receipt is what the answer to send/otp tells: the code, always, and no cost
// (AndroidAPI reference §7.1).
func Receipt() otp.Receipt { return otp.Receipt{Code: "/data/otp", MessageID: "/data/messageId"} }
