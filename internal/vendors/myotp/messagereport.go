package myotp

import (
	"context"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// CheckMessage says what is wrong with naming the channel of a message.
func (c *Client) CheckMessage(channel otp.Channel, _ string) otp.Problems {
	var ps otp.Problems
	if channel != "" {
		ps.Errorf(otp.At("channel"), "MyOTP.App needs no channel", "MyOTP.App finds a message of any channel by its ID. Remove channel.")
	}
	return ps
}

// MessageReport tells what became of a message, of whatever channel. One that is
// not known is an outcome.
func (c *Client) MessageReport(ctx context.Context, _ otp.Channel, id string) (otp.MessageReport, error) {
	found, err := c.CheckOTPStatus(ctx, id)
	if httpapi.IsKind(err, httpapi.NotFound) {
		return otp.MessageReport{Outcome: otp.OutcomeNotFound}, nil
	}
	if err != nil {
		return otp.MessageReport{}, err
	}
	report := otp.MessageReport{Outcome: found.Outcome(), Active: &found.Active, ExpiresAt: found.ExpiresAt.String()}
	// The plan of the account may be why there is no report (MyOTP reference §5).
	if report.Outcome == otp.OutcomeUnavailable && strings.Contains(found.Report, "plan") {
		report.Remarks.Warnf(otp.At("status"), "Plan of MyOTP.App has no delivery reports",
			"MyOTP.App answered %q. Delivery reports (DLR_ACCESS) belong to its plan Enterprise; without them the status stays unavailable, while is_active and expires_at are right.", found.Report)
	}
	return report, nil
}
