package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
)

// Write is what a create or update writes.
type Write struct {
	Ref
	// Spec is stored byte for byte. It has to be JSON.
	Spec json.RawMessage
	// CatalogID is the catalog that the caller means. Another one is a
	// *WrongCatalogError. Empty, for a caller that knows no ID yet, is any.
	CatalogID string
	// Claim is that of the caller's own create or import, for an update; empty:
	// any.
	Claim string
	// Adopt lets a create take over a live object with the same spec, and an
	// update one of the expected revision that has another claim. It is for the
	// run after one that was killed before it could keep what it had made.
	Adopt bool
	// References are what a profile refers to. Each has to be in the catalog
	// (*MissingReferenceError) and live (*RetiredReferenceError). Only profiles
	// refer to anything, and never to a profile.
	References []Ref
	// Compile makes the document of a profile and is nil for the other kinds.
	// It runs inside the write transaction; get gives the References as they
	// are there. Its error ends the write, unchanged and with nothing written.
	// It must not write to the store, which would wait for itself, and it may
	// run more than once.
	Compile func(get func(Ref) (Object, error)) (document string, err error)
}

// Result is what a write did.
type Result struct {
	Object    Object
	CatalogID string
	// CreatedCatalog says that the catalog began with this write. Of writes
	// that race for it, exactly one sees true.
	CreatedCatalog bool
	// Adopted says that the write took the object over.
	Adopted bool
	// Former is the object that was adopted, as it was before.
	Former *Object
	// Revived says that a create brought a retired object back.
	Revived bool
	// Purged lists the retired objects that went with their last reference.
	Purged []Ref
}

// Create writes a new object, and makes the catalog where there is none.
//
// A live object is an *ExistsError, unless it has the same spec and the caller
// adopts; a profile's document is then made anew and gets a new revision only if
// it differs. A retired object is revived. A failed first write may leave an empty
// catalog without an ID, which reads as none.
func (s *Store) Create(ctx context.Context, w Write) (Result, error) {
	if err := w.checkStorable(); err != nil {
		return Result{}, err
	}
	var result Result
	want := target{operation: "create the " + w.Ref.String(), id: w.CatalogID, creates: true}
	_, err := s.write(ctx, want, func(t *session) error {
		result = Result{CatalogID: t.id, CreatedCatalog: t.created}
		if err := t.lockObject(ctx, w.Ref); err != nil {
			return err
		}
		old, err := t.object(ctx, w.Ref)
		if err != nil {
			return err
		}
		action := ActionCreate
		switch {
		case old == nil:
		case old.RetiredAt != nil:
			action, result.Revived = ActionRevive, true
		case w.Adopt && sameJSON(old.Spec, w.Spec):
			action, result.Adopted, result.Former = ActionAdopt, true, old
		default:
			usedBy, err := t.usedBy(ctx, w.Ref)
			if err != nil {
				return err
			}
			return Exists(*old, w, usedBy, s.url)
		}
		result.Object, err = t.put(ctx, w, old, action)
		result.Purged = t.purged
		return err
	})
	if err != nil {
		return Result{}, err
	}
	return result, nil
}

// Update replaces the spec, and for a profile the document, of an object that
// has expectedRevision. Another revision is a *ConflictError, another claim a
// *TakenOverError, a retired object a *RetiredError, one that is gone a
// *NotFoundError. The revision stays when nothing changes.
func (s *Store) Update(ctx context.Context, w Write, expectedRevision int64) (Result, error) {
	if err := w.checkStorable(); err != nil {
		return Result{}, err
	}
	var result Result
	want := target{operation: "update the " + w.Ref.String(), id: w.CatalogID}
	found, err := s.write(ctx, want, func(t *session) error {
		result = Result{CatalogID: t.id}
		if err := t.lockObject(ctx, w.Ref); err != nil {
			return err
		}
		old, err := t.object(ctx, w.Ref)
		switch {
		case err != nil:
			return err
		case old == nil:
			return &NotFoundError{Ref: w.Ref, Catalog: s.url}
		case old.RetiredAt != nil:
			return &RetiredError{Ref: w.Ref, By: old.RetiredBy, At: *old.RetiredAt}
		case w.Claim != "" && old.Claim != w.Claim && !w.Adopt:
			return t.takenOver(ctx, w.Ref)
		case old.Revision != expectedRevision:
			return conflict(*old, expectedRevision)
		}
		action := ActionUpdate
		if w.Claim != "" && old.Claim != w.Claim {
			action, result.Adopted, result.Former = ActionAdopt, true, old
		}
		result.Object, err = t.put(ctx, w, old, action)
		result.Purged = t.purged
		return err
	})
	switch {
	case err != nil:
		return Result{}, err
	case !found:
		return Result{}, &NotFoundError{Ref: w.Ref, Catalog: s.url}
	}
	return result, nil
}

func conflict(actual Object, expected int64) error {
	return &ConflictError{Ref: actual.Ref(), Expected: expected, Actual: actual.Revision, By: actual.UpdatedBy, At: actual.UpdatedAt}
}

// Exists is the refusal of a create that meets a live object.
func Exists(object Object, w Write, usedBy []Ref, url string) *ExistsError {
	return &ExistsError{
		Ref: w.Ref, Catalog: url, Revision: object.Revision, By: object.UpdatedBy, At: object.UpdatedAt,
		Same: sameJSON(object.Spec, w.Spec), UsedBy: usedBy,
	}
}

// checkStorable refuses what no caller of ours should ever write.
func (w Write) checkStorable() error {
	problem := ""
	switch {
	case !w.Kind.known():
		problem = "the catalog stores no such kind"
	case w.Name == "":
		problem = "it has no name"
	case !json.Valid(w.Spec) || !storable(w.Name, string(w.Spec)):
		problem = "its spec is not JSON in UTF-8"
	case w.Kind == Profile && w.Compile == nil:
		problem = "a profile needs a document"
	case w.Kind != Profile && (w.Compile != nil || len(w.References) > 0):
		problem = "only a profile has a document and refers to other objects"
	case slices.ContainsFunc(w.References, func(ref Ref) bool { return ref.Kind == Profile || !ref.Kind.known() }):
		problem = "it refers to what no profile can refer to"
	default:
		return nil
	}
	return &InvalidWriteError{Ref: w.Ref, Problem: problem}
}

// put writes w over old, which is nil where there is nothing, and records it.
func (t *session) put(ctx context.Context, w Write, old *Object, action Action) (Object, error) {
	if w.Kind == Profile {
		var before []MadeFrom
		if old != nil {
			before = old.MadeFrom
		}
		if err := t.lockReferences(ctx, before, w.References); err != nil {
			return Object{}, err
		}
	}
	document, madeFrom, err := t.compile(ctx, w)
	if err != nil {
		return Object{}, err
	}
	next := Object{
		Kind: w.Kind, Name: w.Name, Spec: w.Spec, Document: document, Claim: newID(), MadeFrom: madeFrom,
		UpdatedAt: t.at, UpdatedBy: t.actor,
	}
	oldRevision := int64(0)
	if old == nil {
		last, err := t.lastRevision(ctx, w.Ref)
		if err != nil {
			return Object{}, err
		}
		next.Revision = last + 1
	} else {
		oldRevision, next.Revision = old.Revision, old.Revision
		if action == ActionUpdate {
			next.Claim = old.Claim
		}
		changed := !sameJSON(old.Spec, w.Spec) || old.Document != document || !slices.Equal(old.MadeFrom, madeFrom)
		if changed {
			next.Revision++
		} else if old.RetiredAt == nil {
			return t.keep(ctx, *old, next.Claim, action)
		}
	}
	if err := t.save(ctx, next); err != nil {
		return Object{}, err
	}
	if err := t.record(ctx, action, next, oldRevision, next.Revision); err != nil {
		return Object{}, err
	}
	if w.Kind == Profile && old != nil {
		err = t.purge(ctx, old.MadeFrom, next.MadeFrom)
	}
	return next, err
}

// keep records a write that changed nothing; an adoption takes the claim.
func (t *session) keep(ctx context.Context, object Object, claim string, action Action) (Object, error) {
	if object.Claim != claim {
		object.Claim = claim
		if err := t.save(ctx, object); err != nil {
			return Object{}, err
		}
	}
	return object, t.record(ctx, action, object, object.Revision, object.Revision)
}

// compile makes the document of a profile from what it refers to.
func (t *session) compile(ctx context.Context, w Write) (document string, madeFrom []MadeFrom, err error) {
	if w.Kind != Profile {
		return "", nil, nil
	}
	objects, err := t.referred(ctx, w)
	if err != nil {
		return "", nil, err
	}
	byRef := make(map[Ref]Object, len(objects))
	for _, object := range objects {
		byRef[object.Ref()] = object
		madeFrom = append(madeFrom, MadeFrom{Ref: object.Ref(), Revision: object.Revision})
	}
	document, err = w.Compile(func(ref Ref) (Object, error) {
		object, found := byRef[ref]
		if !found {
			return Object{}, &InvalidWriteError{Ref: w.Ref, Problem: "its document is made from the " + ref.String() + ", which it does not refer to"}
		}
		return object, nil
	})
	if err == nil && !storable(document) {
		err = &InvalidWriteError{Ref: w.Ref, Problem: "its document is not UTF-8"}
	}
	return document, madeFrom, err
}

// referred reads what a profile refers to, by kind and name, and checks that all
// of it is there and live.
func (t *session) referred(ctx context.Context, w Write) ([]Object, error) {
	if len(w.References) == 0 {
		return nil, nil
	}
	refs := slices.Compact(slices.SortedFunc(slices.Values(w.References), compareRefs))
	query, args := selectNamed(refs)
	objects, err := t.objects(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	var problems []error
	for _, ref := range refs {
		i := slices.IndexFunc(objects, func(object Object) bool { return object.Ref() == ref })
		switch {
		case i < 0:
			problems = append(problems, &MissingReferenceError{Profile: w.Ref, Ref: ref, Catalog: t.store.url})
		case objects[i].RetiredAt != nil:
			problems = append(problems, &RetiredReferenceError{
				Profile: w.Ref, Ref: ref, By: objects[i].RetiredBy, At: *objects[i].RetiredAt,
			})
		}
	}
	return objects, errors.Join(problems...)
}
