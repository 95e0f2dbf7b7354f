package delivery

import "github.com/otp-as-code/terraform-provider-otp/internal/otp"

// DefaultBaseURL is where a vendor is when no variable says.
func DefaultBaseURL(vendor string) string { return defaultBaseURLs[otp.Vendor(vendor)] }
