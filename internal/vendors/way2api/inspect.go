package way2api

import (
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Inspect says what is known of an account before anything is sent: nothing.
// Way2API has no call that tells a balance (Way2API reference §7).
func (c *Client) Inspect(_ context.Context, _ func() (otp.Account, error), _ otp.Call, at otp.Path) otp.Findings {
	var found otp.Findings
	found.Unknownf(otp.AspectBalance, at, nil, "Way2API has no call that tells the balance; its dashboard does.")
	return found
}
