package delivery_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/fuzztest"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// FuzzDocuments reads whatever a catalog may hold: a document is refused in a
// sentence, or everything that is asked of it has an answer.
func FuzzDocuments(f *testing.F) {
	var seeds []string
	for _, route := range []otp.Route{overOctopush, overVoice, overMyOTP, overTelegram, overDevice, overWhatsApp, overWay2API} {
		document, complete, problems := valid(route).compile()
		text, err := document.Canonical()
		if !complete || problems.Failed() || err != nil {
			f.Fatal(problems.Error(), err)
		}
		seeds = append(seeds, text)
	}
	for _, text := range append(seeds, fuzztest.Texts(300, seeds...)...) {
		f.Add(text)
	}
	lookup := func(string) (string, bool) { return made, true }
	f.Fuzz(func(t *testing.T, text string) {
		runner, err := delivery.New(text, delivery.Options{Lookup: lookup, Vendor: vendors.Find})
		if err != nil {
			// What is no text is shown as such, which harms nobody.
			if said := strings.ReplaceAll(err.Error(), "\ufffd", "?"); said == "" || said != httpapi.Clean(said) {
				t.Errorf("the refusal is not fit to be shown: %q", said)
			}
			return
		}
		if most, length := runner.MaxWrongAttempts(), runner.Validity(); most < 1 || length <= 0 {
			t.Errorf("%d wrong attempts in %s are taken", most, length)
		}
		numbers, err := runner.RoutesFor(french)
		if err != nil {
			t.Error(err)
		}
		for _, number := range numbers {
			_ = runner.CheckRoute(number, delivery.Recipient{Phone: french}) // the base URL is none, and it says so or not
		}
		for number := range runner.Routes() {
			verdict, err := runner.Verify(t.Context(), number, delivery.Kept{}, delivery.Recipient{Phone: french}, code)
			if err == nil && verdict.Outcome != otp.OutcomeNotFound {
				t.Errorf("without a send, routes[%d] verifies as %s", number, verdict.Outcome)
			}
		}
	})
}
