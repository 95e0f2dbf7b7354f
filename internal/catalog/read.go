package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// ID is the random identity of the catalog, made by its first successful write
// and kept for good. It is empty as long as there is no catalog: no file, an
// empty one, or one without our tables.
//
// Errors of this and the other reads are *StorageError and *NewerSchemaError.
func (s *Store) ID(ctx context.Context) (string, error) {
	id := ""
	_, err := s.read(ctx, "read the ID", func(t *session) error {
		id = t.id
		return nil
	})
	return id, err
}

// Get reads one object. It also gives retired ones, with RetiredAt set. What is
// not there is a *NotFoundError.
func (s *Store) Get(ctx context.Context, ref Ref) (Object, error) {
	var object *Object
	_, err := s.read(ctx, "read the "+ref.String(), func(t *session) (err error) {
		object, err = t.object(ctx, ref)
		return err
	})
	switch {
	case err != nil:
		return Object{}, err
	case object == nil:
		return Object{}, &NotFoundError{Ref: ref, Catalog: s.url}
	}
	return *object, nil
}

// List gives the live objects of a kind by name.
func (s *Store) List(ctx context.Context, kind Kind) ([]Object, error) {
	var objects []Object
	_, err := s.read(ctx, "list the "+kind.Title()+"s", func(t *session) (err error) {
		if objects, err = t.objects(ctx, selectLiveObjects, string(kind)); err != nil || kind != Profile {
			return err
		}
		madeFrom, err := t.references(ctx, selectReferences)
		for i := range objects {
			objects[i].MadeFrom = madeFrom[objects[i].Name]
		}
		return err
	})
	return objects, err
}

// History gives all events of a name, oldest first, those of deleted objects
// included. A name that never was has none.
func (s *Store) History(ctx context.Context, ref Ref) ([]Event, error) {
	var events []Event
	_, err := s.read(ctx, "read the history of the "+ref.String(), func(t *session) (err error) {
		events, err = t.events(ctx, selectEvents, string(ref.Kind), ref.Name)
		return err
	})
	return events, err
}

// TakenOver is the *TakenOverError for an object whose claim is not the caller's.
func (s *Store) TakenOver(ctx context.Context, ref Ref) error {
	var taken error
	_, err := s.read(ctx, "read who has taken over the "+ref.String(), func(t *session) error {
		taken = t.takenOver(ctx, ref)
		return nil
	})
	return cmp.Or(err, taken)
}

// events runs a query built on selectHistory.
func (t *session) events(ctx context.Context, query string, args ...any) ([]Event, error) {
	var found []Event
	err := t.query(ctx, query, args, func(rows *sql.Rows) error {
		event, err := t.scanEvent(rows)
		found = append(found, event)
		return err
	})
	return found, err
}

// scanEvent reads a row of selectHistory.
func (t *session) scanEvent(rows *sql.Rows) (Event, error) {
	var event Event
	var at, spec, madeFrom string
	err := rows.Scan(&event.Sequence, &event.Kind, &event.Name, &at, &event.Actor, &event.Action, &event.OldRevision, &event.NewRevision,
		&spec, &event.Document, &madeFrom)
	if err != nil {
		return Event{}, err
	}
	event.Spec, event.Actor = json.RawMessage(spec), t.person(event.Actor)
	if event.At, err = parseTime(at); err != nil {
		return Event{}, err
	}
	if err := json.Unmarshal([]byte(madeFrom), &event.MadeFrom); err != nil {
		return Event{}, fmt.Errorf("what a document was made from cannot be read: %w", err)
	}
	if len(event.MadeFrom) == 0 {
		event.MadeFrom = nil
	}
	return event, nil
}
