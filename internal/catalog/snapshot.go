package catalog

import "context"

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
	snapshot := &Snapshot{index: map[Ref]int{}, usedBy: map[Ref][]Ref{}}
	_, err := s.read(ctx, "read all objects", func(t *session) error {
		objects, err := t.objects(ctx, selectObjects)
		if err != nil {
			return err
		}
		madeFrom, err := t.references(ctx, selectReferences)
		if err != nil {
			return err
		}
		snapshot.ID = t.id
		snapshot.fill(objects, madeFrom)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return snapshot, nil
}

// fill takes objects ordered by kind and name, which orders usedBy too.
func (s *Snapshot) fill(objects []Object, madeFrom map[string][]MadeFrom) {
	s.Objects = objects
	for i := range objects {
		ref := objects[i].Ref()
		s.index[ref] = i
		if ref.Kind != Profile {
			continue
		}
		objects[i].MadeFrom = madeFrom[ref.Name]
		for _, entry := range objects[i].MadeFrom {
			s.usedBy[entry.Ref] = append(s.usedBy[entry.Ref], ref)
		}
	}
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
