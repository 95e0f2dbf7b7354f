package tf

import (
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// Source is an object that a profile refers to, as it will be after this run.
type Source struct {
	Spec
	// Gone says that this run deletes it; Missing that there is none.
	Gone    bool
	Missing bool
	// Planned says that this run plans the object, Created that it creates it,
	// perhaps after a deletion, Changes that it will be another one than Stored.
	Planned bool
	Created bool
	Changes bool
	// Stored is the object in the catalog, retired or not; of revision 0: there
	// is none. Own says that this run has written it.
	Stored catalog.Object
	Own    bool
}

// Sources are objects for the plan of a profile, by what they are. That is
// recorded: a later plan of an object with another value is an error then.
func (c *Catalog) Sources(ctx context.Context, profile catalog.Ref, refs ...catalog.Ref) (map[catalog.Ref]Source, error) {
	unlock, err := c.view.load(ctx, refs...)
	if err != nil {
		return nil, err
	}
	unlock()
	sources := map[catalog.Ref]Source{}
	for _, ref := range refs {
		stored, err := c.view.get(ctx, ref)
		if err != nil {
			return nil, err
		}
		sources[ref] = c.source(ref, profile.Name, stored)
	}
	return sources, nil
}

func (c *Catalog) source(ref catalog.Ref, profile string, stored *catalog.Object) Source {
	var source Source
	now := entry{missing: true}
	if stored != nil {
		source.Stored, source.Own = *stored, c.run.hasWritten(*stored)
		if stored.RetiredAt == nil {
			now = entry{spec: stored.Spec}
		}
	}
	e := c.overlay.see(ref, profile, now)
	source.Spec = Spec{JSON: e.spec, Unknown: e.unknown}
	source.Gone, source.Missing, source.Planned = e.gone, e.missing, e.resource != ""
	source.Created = e.created && (!source.Own || now.missing)
	source.Changes = source.Created || !e.same(now)
	return source
}

// URL is where the catalog is, without secrets.
func (c *Catalog) URL() string { return c.store.URL() }
