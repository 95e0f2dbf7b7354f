package tf

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Session is one configuration of the provider: what its resources, data
// sources and actions work with. It lives as long as one walk of Terraform.
type Session struct {
	Catalog *Catalog
	Vendors *vendors.Clients
	// Unknown names, by vendor, an attribute of its account that is not known
	// yet; calling the vendor is an error then.
	Unknown map[otp.Vendor]string
	// Claims keep operations that go on at the same time apart.
	Claims Claims
	// Clock is what operations wait by. Nil: the system's.
	Clock clock.Clock
	// Variable is the value of a variable that documents name: a credential or
	// a base URL. What the provider is configured with comes before the
	// environment.
	Variable func(name string) (value string, ok bool)
	// HTTP and UserAgent are how vendors are called.
	HTTP      httpapi.Options
	UserAgent string
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
	overlay   *overlay

	mu       sync.Mutex
	snapshot *catalog.Snapshot
}

// NewCatalog wraps a store. A nil store means that the catalog's URL is not
// known yet: reads keep what Terraform has, and nothing is written.
func NewCatalog(store *catalog.Store, isDefault bool) *Catalog {
	return &Catalog{store: store, isDefault: isDefault, overlay: newOverlay()}
}

// Store is the catalog itself, without the overlay; nil while its URL is not
// known.
func (c *Catalog) Store() *catalog.Store { return c.store }

// Known reports whether the URL of the catalog is known.
func (c *Catalog) Known() bool { return c.store != nil }

// read is the catalog as it was when this run first looked, or after its last
// write. All reads of a walk share one snapshot.
func (c *Catalog) read(ctx context.Context) (*catalog.Snapshot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.snapshot == nil {

		snapshot, err := c.store.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		c.snapshot = snapshot
	}
	return c.snapshot, nil
}

// forget drops the snapshot; every write does.
func (c *Catalog) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.snapshot = nil
}

func (c *Catalog) create(ctx context.Context, w catalog.Write) (catalog.Result, error) {
	defer c.forget()
	return c.store.Create(ctx, w)
}

func (c *Catalog) update(ctx context.Context, w catalog.Write, revision int64) (catalog.Result, error) {
	defer c.forget()
	return c.store.Update(ctx, w, revision)
}

func (c *Catalog) delete(ctx context.Context, ref catalog.Ref, expect catalog.Expectation) (catalog.Deleted, error) {
	defer c.forget()
	return c.store.Delete(ctx, ref, expect)
}

// lookup is an object as it will be after this run, for the plan of a profile.
func (c *Catalog) lookup(ctx context.Context, ref catalog.Ref, profile string) (entry, catalog.Object, error) {
	snapshot, err := c.read(ctx)
	if err != nil {
		return entry{}, catalog.Object{}, err
	}
	object, found := snapshot.Get(ref)
	e := entry{spec: object.Spec, missing: !found || object.RetiredAt != nil}
	if e.missing {
		e.spec = nil
	}
	return c.overlay.see(ref, profile, e), object, nil
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
	snapshot, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	object, err := snapshot.Find(ref, c.store.URL())
	if err != nil {
		return nil, fmt.Errorf("%w %s", err, referenceAdvice(catalog.Profile))
	}
	return &object, nil
}

// madeFrom reports whether the stored document of a profile was made from the
// object at the revision that it has now.
func (c *Catalog) madeFrom(ctx context.Context, profile catalog.Ref, object catalog.Object) (bool, error) {
	snapshot, err := c.read(ctx)
	if err != nil {
		return false, err
	}
	stored, _ := snapshot.Get(profile)
	return slices.Contains(stored.MadeFrom, catalog.MadeFrom{Ref: object.Ref(), Revision: object.Revision}), nil
}
