package catalog

import "context"

// Expectation is what a caller knows of an object that it deletes.
type Expectation struct {
	// CatalogID is the catalog that the caller means; empty: any.
	CatalogID string
	// Revision is the revision that the caller last saw.
	Revision int64
	// Claim is that of the caller's own create or import; empty: any.
	Claim string
	// Adopt lets the caller delete an object of the expected revision that has
	// another claim; see Write.Adopt.
	Adopt bool
}

// Deleted is what a deletion did.
type Deleted struct {
	// Gone says that there was nothing to delete.
	Gone bool
	// Adopted says that another state owned the object until now.
	Adopted bool
	// Retired says that profiles still refer to the object, so it was, or
	// already had been, retired rather than removed.
	Retired bool
	// UsedBy lists those profiles by name.
	UsedBy []Ref
	// Purged lists the retired objects that went with their last reference.
	Purged []Ref
}

// Delete removes an object, or retires it while profiles still refer to it. With
// the last reference of a retired object, that object goes too. What is gone or
// retired already counts as deleted. A live object with another claim is a
// *TakenOverError, with another revision a *ConflictError. Another catalog or none
// is a *WrongCatalogError.
func (s *Store) Delete(ctx context.Context, ref Ref, expect Expectation) (Deleted, error) {
	var deleted Deleted
	want := target{operation: "delete the " + ref.String(), id: expect.CatalogID}
	found, err := s.write(ctx, want, func(t *session) (err error) {
		deleted, err = t.delete(ctx, ref, expect)
		return err
	})
	if err != nil {
		return Deleted{}, err
	}
	if !found {
		return Deleted{Gone: true}, nil
	}
	return deleted, nil
}

func (t *session) delete(ctx context.Context, ref Ref, expect Expectation) (Deleted, error) {
	if err := t.lockObject(ctx, ref); err != nil {
		return Deleted{}, err
	}
	object, err := t.object(ctx, ref)
	if err != nil {
		return Deleted{}, err
	}
	if object == nil {
		return Deleted{Gone: true}, nil
	}
	if object.RetiredAt == nil && expect.Claim != "" && object.Claim != expect.Claim && !expect.Adopt {
		return Deleted{}, t.takenOver(ctx, ref)
	}
	if object.RetiredAt == nil && object.Revision != expect.Revision {
		return Deleted{}, conflict(*object, expect.Revision)
	}
	adopted := object.RetiredAt == nil && expect.Claim != "" && object.Claim != expect.Claim
	usedBy, err := t.usedBy(ctx, ref)
	if err != nil {
		return Deleted{}, err
	}
	if len(usedBy) > 0 {
		return Deleted{Adopted: adopted, Retired: true, UsedBy: usedBy}, t.retire(ctx, *object)
	}
	if err := t.lockReferences(ctx, object.MadeFrom, nil); err != nil {
		return Deleted{}, err
	}
	if err := t.remove(ctx, ref); err != nil {
		return Deleted{}, err
	}
	if err := t.record(ctx, ActionDelete, *object, object.Revision, 0); err != nil {
		return Deleted{}, err
	}
	err = t.purge(ctx, object.MadeFrom, nil)
	return Deleted{Adopted: adopted, Purged: t.purged}, err
}

// retire marks an object as deleted. Its revision stays, so the documents made
// from it stay up to date.
func (t *session) retire(ctx context.Context, object Object) error {
	if object.RetiredAt != nil {
		return nil
	}
	at := t.at
	object.RetiredAt, object.RetiredBy = &at, t.actor
	if err := t.save(ctx, object); err != nil {
		return err
	}
	return t.record(ctx, ActionRetire, object, object.Revision, object.Revision)
}
