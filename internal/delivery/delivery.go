// Package delivery executes the calls of a profile document: send, verify,
// extend and status. It knows no vendor. What it does is what the document
// says, so what the provider tests is what an application runs.
//
// A Runner remembers nothing between calls; what a later call needs is in Kept.
// The duties send_limits, max_wrong_attempts and single_use need a memory of all
// sends to a phone and are left to the caller, see Route.Duties. It does the
// others itself.
package delivery

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Options are what a document leaves open.
type Options struct {
	// Lookup returns the value of a variable that the document names:
	// credentials and base URLs. Nil: the environment. An empty value is none.
	// A base URL that is not set is the vendor's own.
	Lookup func(variable string) (value string, ok bool)
	// Transport is what all calls of the process go through, so that they share
	// connections and request limits. Its timeout holds for calls whose
	// document states none. Nil: the runner has one of its own, with the
	// settings and the user agent below.
	Transport *httpapi.Transport
	HTTP      httpapi.Options
	UserAgent string
	// Clock tells when codes of routes expire. Nil: the system's.
	Clock func() time.Time
	// Vendor finds what there is to know of a vendor: where it is, what its
	// credentials are called, how fast it may be asked and what its answers mean.
	// A document of a vendor that it does not find is refused. Nil: it finds none.
	Vendor func(otp.Vendor) (httpapi.Vendor, bool)
}

// Runner executes the calls of one profile document. It is safe for concurrent
// use.
type Runner struct {
	document parsed
	options  Options
}

// New returns the runner of a document, which is the text that the catalog
// holds. The error says why the document is refused: another version, or
// anything in it that would make a call unsafe or that this release does not
// know.
func New(document string, options Options) (*Runner, error) {
	if options.Vendor == nil {
		options.Vendor = func(otp.Vendor) (httpapi.Vendor, bool) { return httpapi.Vendor{}, false }
	}
	parsed, err := parse(document)
	if err != nil {
		return nil, err
	}
	for number, route := range parsed.Routes {
		if _, known := options.Vendor(route.Vendor); !known {
			return nil, fmt.Errorf("the document of profile %q is refused: routes[%d]: %q is not a vendor that this release knows", parsed.Profile, number, route.Vendor)
		}
	}
	if options.Lookup == nil {
		options.Lookup = os.LookupEnv
	}
	if options.Transport == nil {
		options.Transport = httpapi.NewTransport(options.HTTP, options.UserAgent)
	}
	if options.Clock == nil {
		options.Clock = time.Now
	}
	return &Runner{document: parsed, options: options}, nil
}

// Profile is the name of the profile.
func (r *Runner) Profile() string { return r.document.Profile }

// String names the profile; fmt would print everything inside.
func (r *Runner) String() string { return fmt.Sprintf("runner of profile %q", r.document.Profile) }

// GoString is String, for %#v.
func (r *Runner) GoString() string { return r.String() }

// Limits bound how many codes may be sent. They are the caller's to keep.
func (r *Runner) Limits() otp.DocumentLimits { return r.document.Limits }

// ResendRoute says where a person who asks for another code is served. It is the
// caller's to choose the route.
func (r *Runner) ResendRoute() otp.ResendRoute { return r.document.ResendRoute }

// MaxWrongAttempts is how many wrong codes one phone may try. It is the
// caller's to keep where a route has the duty.
func (r *Runner) MaxWrongAttempts() int64 { return r.document.MaxWrongAttempts }

// Validity is how long a code of the profile is good.
func (r *Runner) Validity() time.Duration {
	return time.Duration(r.document.ValiditySeconds) * time.Second
}

// Normalise is what a person typed as the code it stands for, and whether the
// profile can have such a code.
func (r *Runner) Normalise(typed string) (code string, fits bool) {
	return normalise(r.document.Code, typed)
}

// Route describes one route of the document.
type Route struct {
	Vendor    otp.Vendor
	Channel   otp.Channel
	Account   string   // the slug of the account that sends; empty for the default one
	Countries []string // nil: all that the profile allows
	// Verify, Extend and Status report whether the vendor has the call.
	Verify, Extend, Status bool
	// TellsDelivered reports whether Status can ever say that a message was
	// delivered: some vendors know only that it was sent.
	TellsDelivered bool
	// Duties are what the vendor does not do, sorted.
	Duties []otp.Duty
	// Requires is what a call of the route requires and this release does not
	// know; empty: nothing. Such a route is skipped.
	Requires string
}

// Routes describes the routes in order of preference.
func (r *Runner) Routes() []Route {
	routes := make([]Route, 0, len(r.document.Routes))
	for number, d := range r.document.Routes {
		routes = append(routes, Route{
			Vendor: d.Vendor, Channel: d.Channel, Account: accountOf(d), Countries: slices.Clone(d.Countries),
			Verify: d.Verify != nil, Extend: d.Extend != nil, Status: d.Status != nil,
			TellsDelivered: d.Status != nil && slices.ContainsFunc(d.Status.Outcomes, func(o otp.Outcome) bool { return o.Outcome == otp.OutcomeDelivered }),
			Duties:         slices.Clone(d.ApplicationMustEnforce), Requires: r.document.skipped[number],
		})
	}
	return routes
}

// accountOf is the slug of the account that the send of a route goes to.
func accountOf(d otp.DocumentRoute) string {
	if d.Send == nil {
		return "" // it is skipped
	}
	parts := target.FindStringSubmatch(d.Send.URL)
	if parts == nil {
		return ""
	}
	slug, _, _ := parseVariable(d.Vendor, parts[1])
	return slug
}

// RoutesFor lists the numbers of the routes that serve a phone number, in order
// of preference: none where the profile does not allow its country. The error
// says that the number is not in international form.
func (r *Runner) RoutesFor(phone string) ([]int, error) {
	if err := CheckPhone(phone); err != nil {
		return nil, err
	}
	serving := []int{}
	country := r.country(phone)
	for number, d := range r.document.Routes {
		if r.document.skipped[number] == "" && serves(r.document.AllowedCountries, country) && serves(d.Countries, country) {
			serving = append(serving, number)
		}
	}
	return serving, nil
}

// CheckRoute reports what would keep a send through a route from being tried:
// credentials that are missing or cannot be right, a base URL that is none, or
// an IP address that the route needs. Nothing is sent.
func (r *Runner) CheckRoute(number int, to Recipient) error {
	at, err := r.route(number)
	if err != nil {
		return err
	}
	if at.must(otp.BindRecipientIP) && to.IP == "" {
		return at.failed(sending, errNoIP)
	}
	for _, name := range variables(at.Send) {
		if err := r.credential(at.Vendor, name, r.variable(name)); err != nil {
			return at.failed(sending, err)
		}
	}
	if _, _, err := r.client(at.Vendor, at.Send); err != nil {
		return at.failed(sending, err)
	}
	return nil
}

// variable is the value of a variable, empty where it is not set.
func (r *Runner) variable(name string) string {
	value, ok := r.options.Lookup(name)
	if !ok {
		return ""
	}
	return value
}

// country is where a number is, by its longest known beginning; empty where no
// beginning matches.
func (r *Runner) country(phone string) string {
	for digits := phone[1:]; digits != ""; digits = digits[:len(digits)-1] {
		if country, ok := r.document.CountryPrefixes[digits]; ok {
			return country
		}
	}
	return ""
}

// serves reports whether a country rule, nil for none, lets a country through.
func serves(countries []string, country string) bool {
	return countries == nil || slices.Contains(countries, country)
}

// Recipient is the person a code is for.
type Recipient struct {
	Phone  string // E.164, with the plus sign
	Locale string // BCP 47; empty: the default
	// IP is the person's address, for routes that bind a code to it and for
	// limits; empty where it is not known.
	IP string
}

// String hides the phone number and the address.
func (Recipient) String() string { return "recipient" }

// GoString is String, for %#v.
func (to Recipient) GoString() string { return to.String() }

var phoneForm = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// CheckPhone refuses what is no phone number in international form. The error
// does not repeat the number, which is personal data.
func CheckPhone(phone string) error {
	if !phoneForm.MatchString(phone) {
		return errors.New("the phone number is not in international form; write it as a plus sign, the country code and the number, without spaces")
	}
	return nil
}

// CheckLocale refuses what is no language tag: a locale that nobody knows would
// be answered with the default text. Empty is none.
func CheckLocale(locale string) error {
	if _, err := language.Parse(locale); locale != "" && (err != nil || strings.Contains(locale, "_")) {
		return fmt.Errorf("the locale %q is no BCP 47 language tag; write \"fr\", \"pt-BR\" or \"zh-Hant\" for example", locale)
	}
	return nil
}

// CheckIP refuses what is no IP address. The error does not repeat it. Empty is
// none.
func CheckIP(address string) error {
	if _, err := netip.ParseAddr(address); address != "" && err != nil {
		return errors.New("what is given as the recipient's IP address is none; write an IPv4 or IPv6 address")
	}
	return nil
}

// CheckForm refuses a recipient who cannot be one, see CheckPhone, CheckLocale and
// CheckIP.
func (to Recipient) CheckForm() error {
	return errors.Join(CheckPhone(to.Phone), CheckLocale(to.Locale), CheckIP(to.IP))
}

// normalised is the recipient with the address in its usual spelling, so that
// the same address compares equal.
func (to Recipient) normalised() (Recipient, error) {
	if err := CheckPhone(to.Phone); err != nil {
		return to, err
	}
	if err := CheckIP(to.IP); err != nil || to.IP == "" {
		return to, err
	}
	address, err := netip.ParseAddr(to.IP)
	to.IP = address.Unmap().String()
	return to, err
}

// placeholders are what a document calls the recipient.
func (to Recipient) placeholders() map[string]string {
	if to.Phone == "" {
		return map[string]string{}
	}
	return map[string]string{
		"phone_e164": to.Phone, "phone_digits": strings.TrimPrefix(to.Phone, "+"), "recipient_ip": to.IP,
	}
}
