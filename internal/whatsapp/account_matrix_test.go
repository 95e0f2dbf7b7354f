package whatsapp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/faulttest"
)

// Whatever the list of accounts is answered with, what it does not say rightly is
// no reason to change the state.
func TestNoFaultOfTheListChangesTheState(t *testing.T) {
	t.Parallel()
	var cases []faulttest.Case
	for _, fault := range faulttest.All() {
		if fault.Slow || fault.Some {
			continue // a matter of the transport, and lists of other accounts
		}
		cases = append(cases, faulttest.Case{Name: fault.Name, Run: func(t *testing.T) {
			l := providertest.NewLinking(t, androidapi.Settings{})
			config := l.Account(providertest.SeededPhone, "adopt_existing", true)
			l.Apply(t.Context(), config).Fine()
			before := l.Attributes()

			line := faulttest.Start(t, fault, l.Vendor.Handler(), func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/get/wa.accounts") })
			account := l.Credentials()
			account["base_url"] = strings.Replace(account["base_url"].(string), l.Vendor.URL(), line.URL(), 1)
			o := &providertest.Outcome{T: t}
			l.Refresh(l.WalkWith(account), o)
			if l.State == nil {
				t.Fatalf("the account is gone from the state: %s%s", o.Errors, o.Warnings)
			}
			if diff := cmp.Diff(before, l.Attributes()); diff != "" {
				t.Errorf("the state changed (-before +after):\n%s", diff)
			}
			if fault.Right {
				o.Fine()
			} else {
				o.Failed("AndroidAPI")
			}
			l.Settled(config) // without the fault
		}})
	}
	faulttest.Matrix(t, cases)
}
