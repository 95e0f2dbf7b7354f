package tf

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// Adopt says whether a run may take over objects that it did not make.
type Adopt int

const (
	// AdoptNothing leaves to others what is theirs.
	AdoptNothing Adopt = iota
	// AdoptIdentical takes over what is exactly as configured.
	AdoptIdentical
	// AdoptUnknown is a setting whose value is not known yet: nothing is taken
	// over, and nothing is refused before the apply.
	AdoptUnknown
)

// run is what one run did with objects.
type run struct {
	mu sync.Mutex
	// refreshed are the objects that resources have read, written the revisions
	// that they have written.
	refreshed map[catalog.Ref]bool
	written   map[catalog.Ref]int64
	// placed says that somebody was told where the catalog has no place.
	placed bool
	// applies says that the run has begun to write, so it is an apply.
	applies bool
}

func newRun() run {
	return run{refreshed: map[catalog.Ref]bool{}, written: map[catalog.Ref]int64{}}
}

// refresh notes that a resource has read an object.
func (r *run) refresh(ref catalog.Ref) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refreshed[ref] = true
}

func (r *run) hasRead(ref catalog.Ref) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refreshed[ref]
}

func (r *run) wrote(object catalog.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.written[object.Ref()] = object.Revision
}

// apply notes that the run writes.
func (r *run) apply() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.applies = true
}

// isApply reports whether the run is known to be an apply. Terraform plans each
// object once more there, right before the write, which looks into the catalog
// itself: who else has the name would be read twice.
func (r *run) isApply() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.applies
}

// hasWritten reports whether the run wrote the revision that an object has.
func (r *run) hasWritten(object catalog.Object) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return object.Revision > 0 && r.written[object.Ref()] == object.Revision
}

// NoPlace is the title of the refusal of a catalog that no write could make.
const NoPlace = "Catalog has no place"

// noPlace is that refusal, for the first who asks.
func (c *Catalog) noPlace() error {
	c.run.mu.Lock()
	defer c.run.mu.Unlock()
	if c.run.placed {
		return nil
	}
	err := c.store.CheckPlace()
	c.run.placed = err != nil
	return err
}

func (c *Catalog) create(ctx context.Context, w catalog.Write) (catalog.Result, error) {
	w.Adopt = c.adopt == AdoptIdentical
	c.run.apply()
	result, err := c.store.Create(ctx, w)
	return result, c.wrote(w.Ref, result, err)
}

func (c *Catalog) update(ctx context.Context, w catalog.Write, revision int64) (catalog.Result, error) {
	w.Adopt = c.adopt == AdoptIdentical
	c.run.apply()
	result, err := c.store.Update(ctx, w, revision)
	return result, c.wrote(w.Ref, result, err)
}

func (c *Catalog) wrote(ref catalog.Ref, result catalog.Result, err error) error {
	c.overlay.over(ref)
	if err != nil {
		c.view.forget(ref)
		return err
	}
	c.run.wrote(result.Object)
	c.view.wrote(result.CatalogID, ref, &result.Object, result.Purged)
	return nil
}

func (c *Catalog) delete(ctx context.Context, ref catalog.Ref, expect catalog.Expectation) (catalog.Deleted, error) {
	expect.Adopt = c.adopt == AdoptIdentical
	c.run.apply()
	deleted, err := c.store.Delete(ctx, ref, expect)
	c.overlay.over(ref)
	if err != nil || deleted.Retired {
		c.view.forget(ref) // it is there in one way or another
	} else {
		c.view.wrote("", ref, nil, deleted.Purged)
	}
	return deleted, err
}

// taken is how the apply will refuse a create that meets a live object, as far as a
// plan can tell. A tainted resource is planned as if it were new, too; then this
// run has read it.
func (c *Catalog) taken(ctx context.Context, ref catalog.Ref, spec json.RawMessage) error {
	if c.run.isApply() {
		return nil
	}
	object, err := c.view.get(ctx, ref)
	if err != nil || object == nil || object.RetiredAt != nil || c.run.hasRead(ref) || c.adopt == AdoptUnknown {
		return err
	}
	snapshot, err := c.read(ctx)
	if err != nil {
		return err
	}
	refusal := catalog.Exists(*object, catalog.Write{Ref: ref, Spec: spec}, snapshot.UsedBy(ref), c.store.URL())
	if refusal.Same && c.adopt == AdoptIdentical {
		return nil
	}
	return refusal
}

// takenOver is the refusal of an update or a deletion of what another state owns
// by now, as far as a plan can tell.
func (c *Catalog) takenOver(ctx context.Context, ref catalog.Ref, claim string) error {
	if c.run.isApply() {
		return nil
	}
	object, err := c.view.get(ctx, ref)
	if err != nil || object == nil || object.RetiredAt != nil || object.Claim == claim || claim == "" || c.adopt != AdoptNothing {
		return err
	}
	return c.store.TakenOver(ctx, ref)
}
