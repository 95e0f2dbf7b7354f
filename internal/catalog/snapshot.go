package catalog

import (
	"context"
	"database/sql"
	"maps"
	"slices"
)

// Snapshot is a whole catalog at one moment. It is not changed after it was
// made, so it may be shared.
type Snapshot struct {
	// ID is the identity of the catalog; empty: there is none yet, and Objects
	// is empty too.
	ID string
	// Objects holds all objects, the retired ones included, by kind and name.
	Objects []Object

	index  map[Ref]int
	usedBy map[Ref][]Ref
}

// Snapshot reads the whole catalog in one transaction and a fixed number of
// queries, whatever the number of objects. It never writes and never creates a
// catalog.
func (s *Store) Snapshot(ctx context.Context) (*Snapshot, error) {
	snapshot, _, err := s.snapshot(ctx, 0)
	return snapshot, err
}

// SnapshotOfUpTo is Snapshot for a catalog that has seen at most so many events,
// so it has no more objects than that. complete is false, and the snapshot nil,
// where there were more; that costs one row.
func (s *Store) SnapshotOfUpTo(ctx context.Context, events int) (snapshot *Snapshot, complete bool, err error) {
	return s.snapshot(ctx, events)
}

func (s *Store) snapshot(ctx context.Context, events int) (snapshot *Snapshot, complete bool, err error) {
	snapshot = newSnapshot("", nil, nil)
	_, err = s.read(ctx, "read all objects", func(t *session) error {
		snapshot = nil
		if events > 0 {
			if last, err := t.lastEvent(ctx); err != nil || last > int64(events) {
				return err
			}
		}
		objects, err := t.objects(ctx, selectObjects)
		if err != nil {
			return err
		}
		madeFrom, err := t.references(ctx, selectReferences)
		if err != nil {
			return err
		}
		snapshot = newSnapshot(t.id, objects, madeFrom)
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return snapshot, snapshot != nil, nil
}

// lastEvent is the sequence of the newest event; 0: there is none.
func (t *session) lastEvent(ctx context.Context) (last int64, err error) {
	err = t.query(ctx, selectLastEvent, nil, func(rows *sql.Rows) error { return rows.Scan(&last) })
	return last, err
}

// Part is a snapshot of some objects: those among refs that the catalog has, in
// one transaction and a fixed number of queries.
func (s *Store) Part(ctx context.Context, refs ...Ref) (*Snapshot, error) {
	refs = slices.Compact(slices.SortedFunc(slices.Values(refs), compareRefs))
	part := newSnapshot("", nil, nil)
	// A failure names no object: a run tells it to all who need one.
	_, err := s.read(ctx, "read objects", func(t *session) error {
		var objects []Object
		madeFrom := map[string][]MadeFrom{}
		for chunk := range slices.Chunk(refs, mostNamed) {
			query, args := selectNamed(chunk)
			found, err := t.objects(ctx, query, args...)
			if err != nil {
				return err
			}
			objects = append(objects, found...)
			query, args = selectReferencesOf(chunk)
			if query == "" {
				continue
			}
			entries, err := t.references(ctx, query, args...)
			if err != nil {
				return err
			}
			maps.Copy(madeFrom, entries)
		}
		part = newSnapshot(t.id, objects, madeFrom)
		return nil
	})
	return part, err
}

// newSnapshot takes objects ordered by kind and name, which orders usedBy too.
// madeFrom is what each profile refers to; a profile that it lacks keeps its own.
func newSnapshot(id string, objects []Object, madeFrom map[string][]MadeFrom) *Snapshot {
	s := &Snapshot{ID: id, Objects: objects, index: make(map[Ref]int, len(objects)), usedBy: map[Ref][]Ref{}}
	for i := range objects {
		ref := objects[i].Ref()
		s.index[ref] = i
		if ref.Kind != Profile {
			continue
		}
		if entries, found := madeFrom[ref.Name]; found {
			objects[i].MadeFrom = entries
		}
		for _, entry := range objects[i].MadeFrom {
			s.usedBy[entry.Ref] = append(s.usedBy[entry.Ref], ref)
		}
	}
	return s
}

// With is the snapshot of a catalog in which some objects have been changed
// since: nil stands for one that is gone.
func (s *Snapshot) With(id string, changed map[Ref]*Object) *Snapshot {
	objects := slices.DeleteFunc(slices.Clone(s.Objects), func(object Object) bool {
		_, found := changed[object.Ref()]
		return found
	})
	for _, object := range changed {
		if object != nil {
			objects = append(objects, *object)
		}
	}
	slices.SortFunc(objects, func(a, b Object) int { return compareRefs(a.Ref(), b.Ref()) })
	return newSnapshot(id, objects, nil)
}

// Get gives one object, retired or not.
func (s *Snapshot) Get(ref Ref) (Object, bool) {
	i, found := s.index[ref]
	if !found {
		return Object{}, false
	}
	return s.Objects[i], true
}

// List gives the live objects of a kind by name.
func (s *Snapshot) List(kind Kind) []Object {
	var live []Object
	for _, object := range s.Objects {
		if object.Kind == kind && object.RetiredAt == nil {
			live = append(live, object)
		}
	}
	return live
}

// UsedBy lists the profiles that refer to an object, by name. The caller must
// not change the list.
func (s *Snapshot) UsedBy(ref Ref) []Ref { return s.usedBy[ref] }
