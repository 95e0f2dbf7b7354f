package tf

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
)

const (
	// failureKept is how long a failed read answers for others: Terraform asks
	// for hundreds of objects, and each would else wait for the same server.
	failureKept = 5 * time.Second
	// manyObjects is from how many objects that were read one by one a view
	// reads the catalog as a whole, if that has at most wholeFactor times as many:
	// what a run reads grows with what it asks for and not with the catalog.
	manyObjects = 50
	wholeFactor = 4
)

// view is what one run knows of the catalog: what it has read, and what it has
// written since. A refresh reads the catalog as a whole, once. A profile of an
// apply reads what it refers to, unless the run knows that already. It is safe
// for concurrent use.
type view struct {
	store reader
	clock clock.Clock

	mu    sync.Mutex
	id    string            // of the catalog; empty: there is none, or it was not read
	whole *catalog.Snapshot // nil: not read
	// single are objects that were read one by one, or written: newer than
	// whole. nil: there is none of that name.
	single map[catalog.Ref]*catalog.Object
	// stale are names of whole of which this run does not know any more what
	// became of them.
	stale map[catalog.Ref]bool
	// wanted is what the next read asks for besides.
	wanted map[catalog.Ref]bool
	// fetched counts the objects that were read one by one; tried is how many
	// of them there were when the whole was too large.
	fetched, tried int
	reading        *viewing
	failure        error // of the last read, until failed has passed
	failed         time.Time
}

// viewing is one read of a view.
type viewing struct {
	done chan struct{} // closed when err is there
	err  error
	own  bool // err is of the one caller who read
	// written is what was written meanwhile: the read may have come before it.
	written map[catalog.Ref]bool
}

// reader is what a view needs of a store.
type reader interface {
	Snapshot(ctx context.Context) (*catalog.Snapshot, error)
	SnapshotOfUpTo(ctx context.Context, events int) (snapshot *catalog.Snapshot, complete bool, err error)
	Part(ctx context.Context, refs ...catalog.Ref) (*catalog.Snapshot, error)
}

func newView(store reader) *view {
	return &view{
		store: store, clock: clock.Or(nil), single: map[catalog.Ref]*catalog.Object{},
		stale: map[catalog.Ref]bool{}, wanted: map[catalog.Ref]bool{},
	}
}

// snapshot is the whole catalog as this run knows it.
func (v *view) snapshot(ctx context.Context) (*catalog.Snapshot, error) {
	unlock, err := v.ensure(ctx, func() (refs []catalog.Ref, whole bool) {
		return slices.Collect(maps.Keys(v.stale)), v.whole == nil
	})
	if err != nil {
		return nil, err
	}
	defer unlock()
	if len(v.single) > 0 {
		v.whole = v.whole.With(v.id, v.single)
		clear(v.single)
	}
	return v.whole, nil
}

// get is one object, retired or not, as this run knows it; nil: there is none.
func (v *view) get(ctx context.Context, ref catalog.Ref) (*catalog.Object, error) {
	unlock, err := v.load(ctx, ref)
	if err != nil {
		return nil, err
	}
	defer unlock()
	object, _ := v.look(ref)
	return object, nil
}

// load makes objects known in one read.
func (v *view) load(ctx context.Context, refs ...catalog.Ref) (unlock func(), err error) {
	return v.ensure(ctx, func() ([]catalog.Ref, bool) {
		return slices.DeleteFunc(slices.Clone(refs), func(ref catalog.Ref) bool {
			_, known := v.look(ref)
			return known
		}), false
	})
}

// look finds an object in what is known. The lock is held.
func (v *view) look(ref catalog.Ref) (object *catalog.Object, known bool) {
	if object, known := v.single[ref]; known {
		return object, true
	}
	if v.whole == nil || v.stale[ref] {
		return nil, false
	}
	if found, ok := v.whole.Get(ref); ok {
		return &found, true
	}
	return nil, true
}

// ensure reads until nothing is missing, and returns with the lock held. Who
// comes while another one reads waits for that read, and for its failure.
func (v *view) ensure(ctx context.Context, missing func() (refs []catalog.Ref, whole bool)) (unlock func(), err error) {
	for {
		v.mu.Lock()
		refs, whole := missing()
		if len(refs) == 0 && !whole {
			return v.mu.Unlock, nil
		}
		if v.failure != nil && v.clock.Now().Before(v.failed.Add(failureKept)) {
			defer v.mu.Unlock()
			return nil, v.failure
		}
		for _, ref := range refs {
			v.wanted[ref] = true
		}
		r := v.reading
		if r != nil {
			v.mu.Unlock()
			select {
			case <-r.done:
			case <-ctx.Done():
				return nil, fmt.Errorf("the catalog was not read to its end: %w", ctx.Err())
			}
			if r.err != nil && !r.own {
				return nil, r.err
			}
			continue
		}
		r = &viewing{done: make(chan struct{}), written: map[catalog.Ref]bool{}}
		v.reading = r
		refs, v.wanted = slices.Collect(maps.Keys(v.wanted)), map[catalog.Ref]bool{}
		v.mu.Unlock()
		if v.read(ctx, r, refs, whole); r.err != nil {
			return nil, r.err
		}
	}
}

// read reads objects, or the whole catalog, and takes in what it finds.
func (v *view) read(ctx context.Context, r *viewing, refs []catalog.Ref, whole bool) {
	v.mu.Lock()
	attempt := 0
	if v.whole == nil && v.fetched >= manyObjects && v.fetched >= 2*v.tried {
		attempt = wholeFactor * v.fetched
	}
	v.mu.Unlock()
	var found *catalog.Snapshot
	switch {
	case whole:
		found, r.err = v.store.Snapshot(ctx)
	case attempt > 0:
		found, whole, r.err = v.store.SnapshotOfUpTo(ctx, attempt)
	}
	if !whole && r.err == nil {
		found, r.err = v.store.Part(ctx, refs...)
	}

	v.mu.Lock()
	defer v.mu.Unlock()
	v.reading = nil
	defer close(r.done)
	if r.err != nil {
		if r.own = ctx.Err() != nil; !r.own {
			v.failure, v.failed = r.err, v.clock.Now()
		}
		return
	}
	v.failure = nil
	v.take(found, refs, whole, r.written)
	maps.DeleteFunc(v.wanted, func(ref catalog.Ref, _ bool) bool {
		_, known := v.look(ref)
		return known
	})
	if attempt > 0 && !whole {
		v.tried = v.fetched
	}
}

// take makes what was read known, except for what was written meanwhile. The
// lock is held.
func (v *view) take(found *catalog.Snapshot, refs []catalog.Ref, whole bool, written map[catalog.Ref]bool) {
	if found.ID != v.id && len(written) == 0 {
		// Another catalog, or the first look at it.
		v.id, v.whole = found.ID, nil
		clear(v.single)
		clear(v.stale)
	}
	if whole || found.ID == "" {
		v.whole = found
		maps.DeleteFunc(v.single, func(ref catalog.Ref, _ *catalog.Object) bool { return !written[ref] })
		maps.DeleteFunc(v.stale, func(ref catalog.Ref, _ bool) bool { return !written[ref] })
		return
	}
	v.fetched += len(refs)
	for _, ref := range refs {
		if written[ref] {
			continue
		}
		delete(v.stale, ref)
		v.single[ref] = nil
		if object, ok := found.Get(ref); ok {
			v.single[ref] = &object
		}
	}
}

// wrote notes what this run has written: an object, or nil where it is gone.
func (v *view) wrote(id string, ref catalog.Ref, object *catalog.Object, purged []catalog.Ref) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if id != "" {
		v.id = id
	}
	for _, gone := range purged {
		v.note(gone, nil)
	}
	v.note(ref, object)
}

func (v *view) note(ref catalog.Ref, object *catalog.Object) {
	v.single[ref] = object
	delete(v.stale, ref)
	if v.reading != nil {
		v.reading.written[ref] = true
	}
}

// forget lets an object be read anew.
func (v *view) forget(ref catalog.Ref) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.single, ref)
	if v.whole != nil || v.reading != nil {
		v.stale[ref] = true
	}
	if v.reading != nil {
		v.reading.written[ref] = true
	}
}
