package pairing

import "github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"

// phase is how far a link is.
type phase string

// The phases of a link.
const (
	asking    phase = "asking"    // there was no code yet
	showing   phase = "showing"   // a code waits to be scanned
	renewing  phase = "renewing"  // the code has expired, and another is asked for
	scanned   phase = "scanned"   // there is an account, which the vendor has not listed yet
	listed    phase = "listed"    // the account is listed, and not connected
	connected phase = "connected" // the account is connected: the link has done its work
	refused   phase = "refused"   // what was linked is gone, or was undone: the link has failed
)

// event is what the vendor has told of a link.
type event string

// The events of a link.
const (
	codeMade      event = "code made"
	codeExpired   event = "code expired"
	accountLinked event = "account linked"
	accountListed event = "account listed" // and not connected
	accountWorks  event = "account works"  // it is listed as connected
	accountLost   event = "account lost"   // deleted elsewhere, or of another phone
)

// transitions is where each event leads from each phase. An event that is not
// there changes nothing. An account can appear before its code was shown and
// without it: somebody links in the dashboard, or the vendor says at the first
// question that it is connected.
var transitions = map[phase]map[event]phase{
	asking:   {codeMade: showing, accountLinked: scanned, accountWorks: connected, accountLost: refused},
	showing:  {codeExpired: renewing, accountLinked: scanned, accountWorks: connected, accountLost: refused},
	renewing: {codeMade: showing, accountLinked: scanned, accountWorks: connected, accountLost: refused},
	scanned:  {accountListed: listed, accountWorks: connected, accountLost: refused},
	listed:   {accountWorks: connected, accountLost: refused},
}

// after is the phase that an event leads to.
func (p phase) after(e event) phase {
	if next, changes := transitions[p][e]; changes {
		return next
	}
	return p
}

// hasCode reports that somebody may have scanned a code unnoticed.
func (p phase) hasCode() bool { return p == showing || p == renewing }

// hasAccount reports that an account was linked.
func (p phase) hasAccount() bool { return p == scanned || p == listed || p == connected }

// isListed reports that the vendor has listed the account that was linked.
func (p phase) isListed() bool { return p == listed || p == connected }

// code is the code that is shown, and how the vendor's picture of it is followed.
type code struct {
	token     string // that tells who has scanned it; empty: the vendor told none
	picture   *Code  // the vendor's own, as read last; nil: not yet
	blind     int    // readings of it in a row that failed
	blindness error  // why the last one did
}

// linked is the account that a link has made or found.
type linked struct{ androidapi.Account }

// unique is the vendor's handle of it.
func (l linked) unique() string { return string(l.Unique) }

// as is the account as it was listed now; a number that the list lacks is known
// from the scan.
func (l linked) as(account androidapi.Account) linked {
	if account.Phone == "" {
		account.Phone = l.Phone
	}
	return linked{account}
}
