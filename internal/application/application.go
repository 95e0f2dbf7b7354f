// Package application does with the profile documents of a catalog what an
// application does: it sends a code to a phone, verifies and extends it, asks
// what became of it, and keeps every duty of the application meanwhile. Actions
// and commands are its faces.
package application

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Options are what an application works with.
type Options struct {
	// Catalog holds the profiles.
	Catalog *catalog.Store
	// Ledger is the file that remembers what was sent. Empty: ledger.Path.
	Ledger string
	// Runner makes the calls. It knows the vendors that are listed, and its
	// Clock is the one below.
	Runner delivery.Options
	// Clock is what is waited by. Nil: the system's.
	Clock clock.Clock
	// Tell is told how far a verb is, in sentences. Nil: nobody listens.
	Tell func(sentence string)
}

// Application has the verbs. It is safe for concurrent use.
type Application struct {
	options Options
	ledger  *ledger.Ledger
}

// Open opens the ledger. The error says why limits could not be kept.
func Open(ctx context.Context, options Options) (*Application, error) {
	options.Clock = clock.Or(options.Clock)
	options.Runner.Clock = options.Clock.Now
	options.Runner.Vendor = vendors.Find
	if options.Runner.Transport == nil {
		options.Runner.Transport = httpapi.NewTransport(options.Runner.HTTP, options.Runner.UserAgent)
	}
	if options.Tell == nil {
		options.Tell = func(string) {}
	}
	if options.Ledger == "" {
		path, err := ledger.Path()
		if err != nil {
			return nil, err
		}
		options.Ledger = path
	}
	opened, err := ledger.Open(ctx, options.Ledger, options.Clock.Now)
	if err != nil {
		return nil, err
	}
	return &Application{options: options, ledger: opened}, nil
}

// Close closes the ledger.
func (t *Application) Close() error { return t.ledger.Close() }

func (t *Application) tell(format string, a ...any) { t.options.Tell(fmt.Sprintf(format, a...)) }

// profile is a profile of the catalog, ready to send by.
type profile struct {
	catalog  string // its ID
	document string
	runner   *delivery.Runner
}

// profile reads a profile. The error for one that is not there lists near names.
func (t *Application) profile(ctx context.Context, name string) (profile, error) {
	snapshot, err := t.options.Catalog.Snapshot(ctx)
	if err != nil {
		return profile{}, err
	}
	ref := catalog.Ref{Kind: catalog.Profile, Name: name}
	object, err := snapshot.Find(ref, t.options.Catalog.URL())
	if err != nil {
		return profile{}, err
	}
	runner, err := delivery.New(object.Document, t.options.Runner)
	if err != nil {
		return profile{}, err
	}
	if of := runner.Profile(); of != name {
		return profile{}, fmt.Errorf("the catalog holds the document of profile %q under the name %q, so it is refused and nothing is sent; apply the profile again", of, name)
	}
	if changed := outdated(snapshot, object); len(changed) > 0 {
		t.tell("The document of profile %q is not up to date with %s: the next apply of the profile makes it anew. It is sent by as it is now.", name, strings.Join(changed, ", "))
	}
	for number, route := range runner.Routes() {
		if route.Requires != "" {
			t.tell("routes[%d] (%s, %s) requires %q, which this release does not know, so it is skipped: use a newer release of the provider.", number, route.Vendor.Title(), route.Channel, route.Requires)
		}
	}
	return profile{snapshot.ID, object.Document, runner}, nil
}

// outdated are the objects that have changed since a document was made from
// them.
func outdated(snapshot *catalog.Snapshot, object catalog.Object) []string {
	var changed []string
	for _, from := range object.MadeFrom {
		if now, found := snapshot.Get(from.Ref); !found || now.Revision != from.Revision {
			changed = append(changed, from.Ref.String())
		}
	}
	return changed
}

// of names the record of what was sent to a phone by a profile, which need
// not be in the catalog any more.
func (t *Application) of(ctx context.Context, name, phone string) (ledger.Of, error) {
	id, err := t.options.Catalog.ID(ctx)
	if err == nil && id == "" {
		err = &catalog.NoCatalogError{Operation: "look up", Catalog: t.options.Catalog.URL()}
	}
	return ledger.Of{Catalog: id, Profile: name, Phone: phone}, err
}

// latest is the code that was sent last, with the runner of the document it was
// sent by.
type latest struct {
	*ledger.Challenge
	whose  ledger.Of
	runner *delivery.Runner
}

// result is one of the route that has sent the code.
func (l latest) result() Result { return at(l.whose, l.runner, l.Route) }

// is reports whether a record still has this code.
func (l latest) is(record *ledger.Record) bool {
	return record.Challenge != nil && record.Challenge.SentAt.Equal(l.SentAt)
}

// latest finds the code that was sent last. instead is the result where there is
// none.
func (t *Application) latest(ctx context.Context, of ledger.Of) (last latest, instead *Result, err error) {
	var unanswered time.Time
	err = t.ledger.Change(ctx, of, func(record *ledger.Record, _ time.Time) error {
		last, unanswered = latest{Challenge: record.Challenge, whose: of}, record.Unanswered()
		return nil
	})
	nothing := func(reason string) (latest, *Result, error) {
		result := none(of, otp.OutcomeNotFound, reason)
		return latest{}, &result, nil
	}
	switch {
	case err != nil:
		return latest{}, nil, err
	case !unanswered.IsZero():
		return nothing(fmt.Sprintf("The last send of profile %q to this phone, at %s, is under way or was interrupted before its answer was remembered, so its code is not known here. Send another one.",
			of.Profile, unanswered.UTC().Format(time.RFC3339)))
	case last.Challenge == nil:
		return nothing(fmt.Sprintf("No code of profile %q was sent to this phone from here, or it is a day over. Only the machine and user that sent a code remember it; send one first.", of.Profile))
	}
	last.runner, err = delivery.New(last.Document, t.options.Runner)
	return last, nil, err
}

// withLatest does something to the code that was sent last to a recipient, whom
// it hands over as read.
func (t *Application) withLatest(ctx context.Context, name string, to delivery.Recipient, do func(latest, delivery.Recipient) (Result, error)) (Result, error) {
	to, err := read(to)
	if err != nil {
		return Result{}, err
	}
	of, err := t.of(ctx, name, to.Phone)
	if err != nil {
		return Result{}, err
	}
	last, instead, err := t.latest(ctx, of)
	switch {
	case err != nil:
		return Result{}, err
	case instead != nil:
		return *instead, nil
	}
	return do(last, to)
}

// read is a recipient as people type one, with the phone in E.164 form. The
// error does not repeat it.
func read(to delivery.Recipient) (delivery.Recipient, error) {
	phone, err := otp.ReadPhone(to.Phone, "")
	if err != nil {
		return to, fmt.Errorf("the phone number cannot be read. %w", err)
	}
	to.Phone = phone
	return to, to.CheckForm()
}

// none is a result of no route.
func none(of ledger.Of, outcome, reason string) Result {
	return Result{Profile: of.Profile, Phone: otp.MaskPhone(of.Phone), Outcome: outcome, Reason: reason}
}

// at is a result of a route.
func at(of ledger.Of, runner *delivery.Runner, number int) Result {
	route := runner.Routes()[number]
	return Result{Profile: of.Profile, Phone: otp.MaskPhone(of.Phone), Route: &number, Vendor: route.Vendor, Channel: route.Channel}
}

// Place is what sentences call the route of a result that has one.
func (r Result) Place() string {
	return fmt.Sprintf("routes[%d] (%s, %s)", *r.Route, r.Vendor.Title(), r.Channel)
}
