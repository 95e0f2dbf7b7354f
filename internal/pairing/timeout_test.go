package pairing_test

import (
	"errors"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// A vendor that never answers costs the time that was given, and no more: the
// answers are held back until the link has ended. Without its own bound a call
// would take half a minute and be tried again.
func TestATimeoutBoundsTheCallsOfAVendorThatHangs(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]string{
		"wa_accounts": "AndroidAPI to list its WhatsApp accounts",
		"wa_link":     "AndroidAPI to make a QR code",
		"wa_qr":       "the QR code to be scanned by the phone whose number ends in 5566",
		"wa_info":     "the QR code to be scanned by the phone whose number ends in 5566",
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			vendor := sandbox.StartForTest(t, sandbox.Options{})
			environment := vendor.Environment()
			client, err := androidapi.New(
				httpapi.Account{Credentials: map[string]string{"SECRET": environment["OTP_ANDROIDAPI_SECRET"]}, BaseURL: environment["OTP_ANDROIDAPI_BASE_URL"]},
				httpapi.NewTransport(httpapi.Options{MaxRequestsPerSecond: 100_000, MaxRetries: 3}, ""),
			)
			if err != nil {
				t.Fatal(err)
			}
			gate := make(chan struct{})
			if err := vendor.Fail(sandbox.Fault{Vendor: "androidapi", Operation: operation, Kind: sandbox.Delay, Gate: gate, Times: -1}); err != nil {
				t.Fatal(err)
			}
			_, err = pairing.New(client, nil).Link(t.Context(), pairing.Request{Phone: phone, Timeout: time.Second})
			close(gate)
			var timeout *pairing.TimeoutError
			if !errors.As(err, &timeout) || timeout.For != want || timeout.After != time.Second {
				t.Errorf("got %v, want a timeout of %q", err, want)
			}
		})
	}
}
