package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
)

// scanObject reads a row of selectObjects.
func (t *session) scanObject(rows *sql.Rows) (Object, error) {
	var (
		object               Object
		spec, updatedAt      string
		retiredAt, retiredBy sql.NullString
	)
	err := rows.Scan(&object.Kind, &object.Name, &spec, &object.Revision, &object.Document, &object.Claim,
		&updatedAt, &object.UpdatedBy, &retiredAt, &retiredBy)
	if err != nil {
		return Object{}, err
	}
	object.Spec, object.UpdatedBy = json.RawMessage(spec), t.person(object.UpdatedBy)
	if object.UpdatedAt, err = parseTime(updatedAt); err != nil {
		return Object{}, err
	}
	if retiredAt.Valid {
		at, err := parseTime(retiredAt.String)
		if err != nil {
			return Object{}, err
		}
		object.RetiredAt, object.RetiredBy = &at, t.person(retiredBy.String)
	}
	return object, nil
}

// objects runs a query built on selectObjects and orders what it finds. It does
// not fill MadeFrom.
func (t *session) objects(ctx context.Context, query string, args ...any) ([]Object, error) {
	var found []Object
	err := t.query(ctx, query, args, func(rows *sql.Rows) error {
		object, err := t.scanObject(rows)
		found = append(found, object)
		return err
	})
	slices.SortFunc(found, func(a, b Object) int { return compareRefs(a.Ref(), b.Ref()) })
	return found, err
}

// object reads one object, retired or not; nil if there is none.
func (t *session) object(ctx context.Context, ref Ref) (*Object, error) {
	found, err := t.objects(ctx, selectObject, string(ref.Kind), ref.Name)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if ref.Kind == Profile {
		madeFrom, err := t.references(ctx, selectReferencesOfProfile, ref.Name)
		if err != nil {
			return nil, err
		}
		found[0].MadeFrom = madeFrom[ref.Name]
	}
	return &found[0], nil
}

// references runs a query built on selectReferences and gives what it finds by
// the name of the profile, in order.
func (t *session) references(ctx context.Context, query string, args ...any) (map[string][]MadeFrom, error) {
	found := map[string][]MadeFrom{}
	err := t.query(ctx, query, args, func(rows *sql.Rows) error {
		var profile string
		var entry MadeFrom
		if err := rows.Scan(&profile, &entry.Kind, &entry.Name, &entry.Revision); err != nil {
			return err
		}
		found[profile] = append(found[profile], entry)
		return nil
	})
	for _, entries := range found {
		slices.SortFunc(entries, func(a, b MadeFrom) int { return compareRefs(a.Ref, b.Ref) })
	}
	return found, err
}

// usedBy lists the profiles that refer to ref, by name.
func (t *session) usedBy(ctx context.Context, ref Ref) ([]Ref, error) {
	var profiles []Ref
	err := t.query(ctx, selectProfilesOfReference, []any{string(ref.Kind), ref.Name}, func(rows *sql.Rows) error {
		profile := Ref{Kind: Profile}
		err := rows.Scan(&profile.Name)
		profiles = append(profiles, profile)
		return err
	})
	slices.SortFunc(profiles, compareRefs)
	return profiles, err
}

// save writes an object's row and, for a profile, what it refers to.
func (t *session) save(ctx context.Context, object Object) error {
	var retiredAt, retiredBy sql.NullString
	if object.RetiredAt != nil {
		retiredAt = sql.NullString{String: formatTime(*object.RetiredAt), Valid: true}
		retiredBy = sql.NullString{String: object.RetiredBy, Valid: true}
	}
	err := t.exec(ctx, upsertObject, string(object.Kind), object.Name, string(object.Spec), object.Revision,
		object.Document, object.Claim, formatTime(object.UpdatedAt), object.UpdatedBy, retiredAt, retiredBy)
	if err != nil || object.Kind != Profile {
		return err
	}
	if err := t.exec(ctx, deleteReferences, object.Name); err != nil {
		return err
	}
	var references [][]any
	for _, entry := range object.MadeFrom {
		references = append(references, []any{string(Profile), object.Name, string(entry.Kind), entry.Name, entry.Revision})
	}
	return t.insert(ctx, insertReferences, references)
}

// remove deletes an object's row and what it refers to.
func (t *session) remove(ctx context.Context, ref Ref) error {
	if ref.Kind == Profile {
		if err := t.exec(ctx, deleteReferences, ref.Name); err != nil {
			return err
		}
	}
	return t.exec(ctx, deleteObject, string(ref.Kind), ref.Name)
}

// purge removes the retired objects that no profile refers to any more, among
// those that a profile has ceased to refer to.
func (t *session) purge(ctx context.Context, before, after []MadeFrom) error {
	var dropped []Ref
	for _, entry := range before {
		if !slices.ContainsFunc(after, func(kept MadeFrom) bool { return kept.Ref == entry.Ref }) {
			dropped = append(dropped, entry.Ref)
		}
	}
	if len(dropped) == 0 {
		return nil
	}
	query, args := selectNamed(dropped)
	unused, err := t.objects(ctx, query+andUnused, args...)
	if err != nil {
		return err
	}
	for _, object := range unused {
		if err := t.remove(ctx, object.Ref()); err != nil {
			return err
		}
		if err := t.record(ctx, ActionPurge, object, object.Revision, 0); err != nil {
			return err
		}
		t.purged = append(t.purged, object.Ref())
	}
	return nil
}

// takenOver says who has an object now.
func (t *session) takenOver(ctx context.Context, ref Ref) error {
	events, err := t.events(ctx, selectTakeovers, string(ref.Kind), ref.Name)
	if err != nil {
		return err
	}
	taken := &TakenOverError{Ref: ref}
	for _, event := range events {
		taken.By, taken.At = event.Actor, event.At
	}
	return taken
}

// lastRevision is the highest revision that a name ever had; 0 if it is new.
func (t *session) lastRevision(ctx context.Context, ref Ref) (int64, error) {
	var before, after int64
	err := t.query(ctx, selectLastRevision, []any{string(ref.Kind), ref.Name}, func(rows *sql.Rows) error {
		return rows.Scan(&before, &after)
	})
	return max(before, after), err
}

// record appends an event to the history.
func (t *session) record(ctx context.Context, action Action, object Object, oldRevision, newRevision int64) error {
	madeFrom, err := encodeMadeFrom(object.MadeFrom)
	if err != nil {
		return t.failed(ctx, err)
	}
	if err := t.lockHistory(ctx); err != nil {
		return err
	}
	return t.exec(ctx, insertEvent, string(object.Kind), object.Name, formatTime(t.at), t.actor, string(action),
		oldRevision, newRevision, string(object.Spec), object.Document, madeFrom)
}

// encodeMadeFrom is how the history stores what a document was made from.
func encodeMadeFrom(entries []MadeFrom) (string, error) {
	if entries == nil {
		entries = []MadeFrom{}
	}
	encoded, err := json.Marshal(entries)
	if err != nil {
		return "", fmt.Errorf("encode what the document was made from: %w", err)
	}
	return string(encoded), nil
}
