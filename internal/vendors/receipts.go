package vendors

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// Receipts say, by vendor, where the answer to a send holds what a test send
// reports.
func Receipts() map[otp.Vendor]otp.Receipt {
	return map[otp.Vendor]otp.Receipt{
		otp.AndroidAPI: androidapi.Receipt(), otp.MyOTP: myotp.Receipt(), otp.Octopush: octopush.Receipt(), otp.Way2API: way2api.Receipt(),
	}
}
