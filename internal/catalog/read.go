package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
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
	_, err := s.read(ctx, "read the history of the "+ref.String(), func(t *session) error {
		return t.query(ctx, selectEvents, []any{string(ref.Kind), ref.Name}, func(rows *sql.Rows) error {
			event, err := scanEvent(rows)
			event.Ref = ref
			events = append(events, event)
			return err
		})
	})
	return events, err
}

// scanEvent reads a row of selectEvents.
func scanEvent(rows *sql.Rows) (Event, error) {
	var event Event
	var at, spec, madeFrom string
	err := rows.Scan(&event.Sequence, &at, &event.Actor, &event.Action, &event.OldRevision, &event.NewRevision,
		&spec, &event.Document, &madeFrom)
	if err != nil {
		return Event{}, err
	}
	event.Spec = json.RawMessage(spec)
	if event.At, err = parseTime(at); err != nil {
		return Event{}, err
	}
	var entries []historyEntry
	if err := json.Unmarshal([]byte(madeFrom), &entries); err != nil {
		return Event{}, err
	}
	for _, entry := range entries {
		event.MadeFrom = append(event.MadeFrom, MadeFrom{Ref: Ref{Kind: entry.Kind, Name: entry.Name}, Revision: entry.Revision})
	}
	return event, nil
}
