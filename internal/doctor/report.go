package doctor

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Check is what a line is about.
type Check string

// The checks, in the order in which one that fails keeps the next from
// mattering.
const (
	Catalog     Check = "catalog"
	Document    Check = "document"
	Variables   Check = "variables"
	BaseURL     Check = "base URL"
	Connection  Check = "connection"
	TLS         Check = "TLS"
	Clock       Check = "clock"
	Credentials Check = "credentials"
	Permission  Check = "permission"
	Plan        Check = "plan"
	Device      Check = "device"
	Sender      Check = "sender"
	Balance     Check = "balance"
	Cost        Check = "cost"
)

var order = []Check{Catalog, Document, Variables, BaseURL, Connection, TLS, Clock, Credentials, Permission, Plan, Device, Sender, Balance, Cost}

// Mark is how a check has come out.
type Mark string

// The marks. Only a Fault blocks.
const (
	Fault   Mark = "fault"   // what a send needs is not there
	Warning Mark = "warning" // a send works; look at it all the same
	Unknown Mark = "unknown" // nobody tells
	OK      Mark = "ok"
)

var gravity = []Mark{Fault, Warning, Unknown, OK}

// Cause is what sort of thing blocks.
type Cause int

// The causes of faults.
const (
	None        Cause = iota
	Configured        // usage or configuration
	Person            // somebody has to look: at an account, a device, a damaged catalog
	Refused           // the vendor refuses
	Unavailable       // the catalog or a vendor cannot be reached
)

// Line is one thing that was looked at. Nothing of it is secret or personal.
type Line struct {
	Mark   Mark   `json:"mark"`
	Check  Check  `json:"check"`
	About  string `json:"about"` // an account of a vendor, or routes of profiles
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
	// Cause is why a fault is one.
	Cause Cause `json:"-"`

	routes []route // that it is about; none: About is written
}

// Price is what one code costs over a route of a profile.
type Price struct {
	Profile  string `json:"profile"`
	Route    int    `json:"route"`
	Country  string `json:"country,omitempty"`  // ISO 3166-1 alpha-2; none: all others
	Segments int64  `json:"segments,omitempty"` // of the longest message
	Price    string `json:"price,omitempty"`    // of one segment, a decimal number; none: not known
	Amount   string `json:"amount,omitempty"`   // of one code, a decimal number
	Currency string `json:"currency,omitempty"` // ISO 4217
	Source   string `json:"source,omitempty"`
	AsOf     string `json:"as_of,omitempty"` // RFC 3339, UTC
	Why      string `json:"why,omitempty"`   // why it is not known
}

// Report is what a doctor has found.
type Report struct {
	Version  string   `json:"version"`
	OS       string   `json:"os"`
	Arch     string   `json:"arch"`
	Profiles []string `json:"profiles"`
	Vendors  []string `json:"vendors"`
	Lines    []Line   `json:"checks"`
	Prices   []Price  `json:"costs"`
}

func (r *Report) add(mark Mark, check Check, about, text, remedy string) {
	r.Lines = append(r.Lines, Line{Mark: mark, Check: check, About: about, Text: text, Remedy: remedy})
}

func (r *Report) fault(cause Cause, check Check, about, text, remedy string) {
	r.Lines = append(r.Lines, Line{Mark: Fault, Check: check, About: about, Text: text, Remedy: remedy, Cause: cause})
}

// finish sorts the lines by what blocks and cleans them.
func (r *Report) finish() {
	slices.SortStableFunc(r.Lines, func(a, b Line) int {
		return cmp.Or(
			slices.Index(order, a.Check)-slices.Index(order, b.Check),
			slices.Index(gravity, a.Mark)-slices.Index(gravity, b.Mark),
		)
	})
	for i := range r.Lines {
		if len(r.Lines[i].routes) > 0 {
			r.Lines[i].About = about(r.Lines[i].routes)
		}
		r.Lines[i].Text, r.Lines[i].Remedy = clean(r.Lines[i].Text), clean(r.Lines[i].Remedy)
	}
	for i := range r.Prices {
		r.Prices[i].Why = clean(r.Prices[i].Why)
	}
}

// users are where a database names the one who asks, addresses where a URL does.
var (
	users     = regexp.MustCompile(`(\buser=|\b(?:user|role) ")[^\s"` + "`" + `]+`)
	addresses = regexp.MustCompile(`(\w://)\S*@`)
)

// clean takes out of a text what says who somebody is: e-mail addresses, users of
// databases, and the name of the home folder. It is one line.
func clean(text string) string {
	text = addresses.ReplaceAllString(strings.Join(strings.Fields(text), " "), "${1}[user]@")
	text = httpapi.MaskEmails(text)
	text = users.ReplaceAllString(text, "${1}[user]")
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 {
		text = strings.ReplaceAll(text, home, "~")
	}
	return text
}

// about names routes in few words: login.routes[1], signup.routes[0,2].
func about(routes []route) string {
	const most = 2 // profiles
	numbers := map[string][]string{}
	var profiles []string
	for _, r := range routes {
		name := r.document.Profile
		if numbers[name] == nil {
			profiles = append(profiles, name)
		}
		numbers[name] = append(numbers[name], strconv.Itoa(r.number))
	}
	var named []string
	for _, name := range profiles[:min(most, len(profiles))] {
		named = append(named, name+".routes["+strings.Join(numbers[name], ",")+"]")
	}
	text := strings.Join(named, ", ")
	if more := len(profiles) - most; more > 0 {
		text += " and of " + many(more, "more profile")
	}
	return text
}

// Blocked is the first line that blocks; nil: none does.
func (r Report) Blocked() *Line {
	for i := range r.Lines {
		if r.Lines[i].Mark == Fault {
			return &r.Lines[i]
		}
	}
	return nil
}

// Summary says how it looks, in a sentence.
func (r Report) Summary() string {
	count := map[Mark]int{}
	for _, line := range r.Lines {
		count[line.Mark]++
	}
	if count[Fault] > 0 {
		return many(count[Fault], "fault") + ". Begin at the top: what is above keeps what is below from working, or from being known."
	}
	sentence := "Nothing is known that would keep a code from being sent."
	if count[Warning] > 0 {
		sentence += " Look at " + many(count[Warning], "warning") + "."
	}
	return sentence
}

func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
