package vendors

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// Compilers returns what turns the routes of a profile into requests, for
// every vendor. They need no credentials.
func Compilers() otp.Compilers {
	compilers := otp.Compilers{}
	for _, c := range []otp.Compiler{androidapi.Compiler{}, myotp.Compiler{}, octopush.Compiler{}, way2api.Compiler{}} {
		compilers[c.Vendor()] = c
	}
	return compilers
}
