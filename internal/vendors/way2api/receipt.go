package way2api

import "github.com/otp-as-code/terraform-provider-otp/internal/otp"

// Receipt is what the answer to send-otp-pin-sms tells: the order. The sender
// has made the code itself, and no cost comes back (Way2API reference §2).
func Receipt() otp.Receipt { return otp.Receipt{MessageID: "/data/order_id"} }
