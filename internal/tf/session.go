package tf

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// Session is one configuration of the provider: what its resources, data
// sources and actions work with. It lives as long as one walk of Terraform.
type Session struct {
	Catalog *Catalog
	Vendors *vendors.Clients
	// Unknown names, by vendor, an attribute of its account that is not known
	// yet; calling the vendor is an error then.
	Unknown map[otp.Vendor]string
	// CheckAccounts says that plans ask vendors whether an account can do what
	// profiles want.
	CheckAccounts bool
	// Reservations keep operations that go on at the same time apart.
	Reservations Reservations
	// Clock is what operations wait by. Nil: the system's.
	Clock clock.Clock
	// Variable is the value of a variable that documents name: a credential or
	// a base URL. What the provider is configured with comes before the
	// environment.
	Variable func(name string) (value string, ok bool)
	// Deliveries is the file that remembers what actions have sent. Empty: what
	// the environment says.
	Deliveries string
}

// From takes the session out of what Configure handed to a resource or data
// source: nil before the provider is configured, which is so while a
// configuration is validated.
func From(data any, diags *diag.Diagnostics) *Session {
	if data == nil {
		return nil
	}
	session, ok := data.(*Session)
	if !ok {
		diags.AddError("Provider is not wired correctly", "A resource was handed something other than the provider's session. This is a bug; please report it.")
	}
	return session
}

// Ready reports a vendor that cannot be called because its account is not
// known yet.
func (s *Session) Ready(vendor otp.Vendor) error {
	name, unknown := s.Unknown[vendor]
	if !unknown {
		return nil
	}
	return fmt.Errorf("%s of the %s account is not known until another resource is applied. Apply that one first with -target, or give the provider a value that is known when it plans", name, vendor.Title())
}

// Catalog is the store with the overlay of this run and a read snapshot.
type Catalog struct {
	store *catalog.Store
	// isDefault says that nobody chose the URL: the file appears by itself.
	isDefault bool
	adopt     Adopt
	overlay   *overlay

	view *view
	run  run
}

// NewCatalog wraps a store. A nil store means that the catalog's URL is not
// known yet: reads keep what Terraform has, and nothing is written.
func NewCatalog(store *catalog.Store, isDefault bool, adopt Adopt) *Catalog {
	return &Catalog{store: store, isDefault: isDefault, adopt: adopt, overlay: newOverlay(), view: newView(store), run: newRun()}
}

// Store is the catalog itself, without the overlay; nil while its URL is not
// known.
func (c *Catalog) Store() *catalog.Store { return c.store }

// Known reports whether the URL of the catalog is known.
func (c *Catalog) Known() bool { return c.store != nil }

// read is the catalog as it was when this run first looked, with what it has
// written since. All reads of a walk share one.
func (c *Catalog) read(ctx context.Context) (*catalog.Snapshot, error) { return c.view.snapshot(ctx) }

// find gives one live object, for somebody who wrote its name. Only for a name
// that is not there it reads the others, to suggest one.
func (c *Catalog) find(ctx context.Context, ref catalog.Ref) (catalog.Object, error) {
	stored, err := c.view.get(ctx, ref)
	if err != nil {
		return catalog.Object{}, err
	}
	if stored != nil && stored.RetiredAt == nil {
		return *stored, nil
	}
	snapshot, err := c.read(ctx)
	if err != nil {
		return catalog.Object{}, err
	}
	return snapshot.Find(ref, c.store.URL())
}

// UpToDate reports whether a stored profile was made from what the catalog has
// now.
func (c *Catalog) UpToDate(ctx context.Context, profile catalog.Object) (bool, error) {
	for _, from := range profile.MadeFrom {
		source, err := c.view.get(ctx, from.Ref)
		if err != nil {
			return false, err
		}
		if source == nil || source.Revision != from.Revision {
			return false, nil
		}
	}
	return true, nil
}

// Settled is a profile as it is stored, where this run does not plan it: nil
// where it does, because it may change. One that will not be there is a
// *catalog.UnknownNameError.
func (c *Catalog) Settled(ctx context.Context, name string) (*catalog.Object, error) {
	ref := catalog.Ref{Kind: catalog.Profile, Name: name}
	e, planned := c.overlay.get(ref)
	if planned && !e.gone {
		return nil, nil
	}
	if e.gone {
		return nil, &catalog.UnknownNameError{Ref: ref, Sentence: fmt.Sprintf("The %s is deleted by this run.", ref)}
	}
	object, err := c.find(ctx, ref)
	var missing *catalog.UnknownNameError
	if errors.As(err, &missing) {
		return nil, fmt.Errorf("%w %s", err, ReferenceAdvice(catalog.Profile))
	}
	return &object, err
}
