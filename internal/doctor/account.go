package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/shared"
)

// prepare looks at the variables of accounts, and returns those that can be
// called.
func (x *examination) prepare(accounts []account) []account {
	var callable []account
	for _, a := range accounts {
		vendor, known := vendors.Find(a.vendor)
		if known && x.variables(a, vendor) && x.baseURL(a, vendor) {
			callable = append(callable, a)
		}
	}
	return callable
}

func (x *examination) variables(a account, vendor httpapi.Vendor) bool {
	var set []string
	complete := true
	for _, field := range vendor.Credentials {
		err := vendor.CheckCredential(a.slug, field.Field, value(a.vendor, a.slug, field.Field))
		if err == nil {
			set = append(set, a.vendor.Variable(a.slug, field.Field))
			continue
		}
		complete = false
		text, remedy := sentences(err)
		x.fault(Configured, Variables, a.String(), text, remedy)
	}
	if complete {
		x.add(OK, Variables, a.String(), "Set: "+strings.Join(set, ", ")+".", "")
	}
	return complete
}

func (x *examination) baseURL(a account, vendor httpapi.Vendor) bool {
	variable, address := a.vendor.Variable(a.slug, "BASE_URL"), value(a.vendor, a.slug, "BASE_URL")
	if address == "" {
		x.add(OK, BaseURL, a.String(), "The vendor's own: "+vendor.BaseURL+".", "")
		return true
	}
	if _, err := httpapi.ParseBaseURL(address); err != nil {
		x.fault(Configured, BaseURL, a.String(), variable+" cannot be used. "+err.Error(), "Correct it, or unset it for the vendor's own address.")
		return false
	}
	x.add(OK, BaseURL, a.String(), variable+" leads to "+address+" instead of the vendor's own.", "")
	return true
}

// ask asks each account, all at once, so that one that hangs holds up nobody. The
// lines are in the order of the accounts.
func (x *examination) ask(ctx context.Context, accounts []account) {
	answers := make([]answer, len(accounts))
	var all sync.WaitGroup
	for i, a := range accounts {
		all.Go(func() { answers[i] = x.question(ctx, a) })
	}
	all.Wait()
	for i, a := range accounts {
		x.judge(a, answers[i])
	}
}

// answer is what came of asking an account.
type answer struct {
	told vendors.Told
	err  error
}

func (x *examination) question(ctx context.Context, a account) answer {
	clients := x.clients.For(a.slug)
	if !tells(a.vendor) {
		return answer{err: clients.Reach(ctx, a.vendor)}
	}
	told, err := clients.Known(ctx, a.vendor)
	return answer{told, err}
}

// tells reports whether a vendor tells about accounts, which shows that it
// accepts the credentials.
func tells(vendor otp.Vendor) bool { return slices.Contains(vendors.TellAccounts(), vendor) }

// judge says what an answer shows: the way to the vendor, and whether it accepts
// the credentials.
func (x *examination) judge(a account, got answer) {
	text, remedy := sentences(got.err)
	var failure *httpapi.Error
	var late *shared.PatienceError
	errors.As(got.err, &failure)
	switch {
	case got.err == nil:
	case errors.As(got.err, &late):
		x.fault(Unavailable, Connection, a.String(), late.Error(), "Check that "+a.vendor.Title()+" is up, or allow more with --timeout.")
		return
	case failure == nil:
		x.fault(Unavailable, Connection, a.String(), text, remedy)
		return
	case failure.Untrusted:
		x.fault(Configured, TLS, a.String(), text, remedy)
		return
	case failure.Status == 0:
		x.fault(Unavailable, Connection, a.String(), text, remedy)
		return
	}
	x.way(a)
	switch {
	case got.err == nil:
		x.accepted(a, got.told)
	case failure.Kind == httpapi.Unauthorized, failure.Kind == httpapi.Forbidden:
		x.fault(Refused, Credentials, a.String(), text, remedy)
	case failure.Kind == httpapi.InsufficientBalance:
		x.fault(Person, Balance, a.String(), text, remedy)
	default:
		x.fault(Unavailable, Credentials, a.String(), text, remedy)
	}
}

// way says how an account was reached.
func (x *examination) way(a account) {
	heads := x.heads[a]
	if len(heads) == 0 {
		return
	}
	x.add(OK, Connection, a.String(), "Reached.", "")
	state := heads[len(heads)-1].TLS
	if state == nil {
		x.add(OK, TLS, a.String(), "None: it is on this machine.", "")
		return
	}
	text := tls.VersionName(state.Version) + "; the certificate is trusted"
	if len(state.PeerCertificates) > 0 {
		text += " until " + state.PeerCertificates[0].NotAfter.UTC().Format(time.DateOnly)
	}
	x.add(OK, TLS, a.String(), text+".", "")
}

func (x *examination) accepted(a account, told vendors.Told) {
	x.reached[a] = true
	if !tells(a.vendor) {
		x.add(Unknown, Credentials, a.String(), a.vendor.Title()+" has no call that shows whether a key is right, and sends nothing.", "")
		return
	}
	text := "Accepted."
	if told.Plan != "" {
		text += " The plan is " + otp.Shown(told.Plan) + "."
	}
	x.add(OK, Credentials, a.String(), text, "")
	for _, unread := range told.Unread {
		text, remedy := sentences(unread)
		x.add(Unknown, Permission, a.String(), text, remedy)
	}
	if len(x.routes) == 0 && told.Amount != "" {
		x.add(OK, Balance, a.String(), told.Amount+" "+told.Unit+" are left.", "")
	}
}

// sentences are what an error says, and what it says to do.
func sentences(err error) (text, remedy string) {
	if err == nil {
		return "", ""
	}
	var failure *httpapi.Error
	if !errors.As(err, &failure) {
		return err.Error(), ""
	}
	bare := *failure
	bare.Next = ""
	return bare.Error(), failure.Next
}
