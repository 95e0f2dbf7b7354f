package catalog

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Import writes a whole catalog to an empty place, with its ID, so that the
// Terraform states that belong to it go on to do so. It is all or nothing. An
// export that is broken is an *ExportError. A place with another catalog, or with
// this one in another state, is an *OccupiedError; with this one as exported, the
// import has nothing left to do.
func (s *Store) Import(ctx context.Context, e *Export) error {
	if err := e.checkConsistent(); err != nil {
		return err
	}
	want := target{
		operation: "import the catalog " + e.CatalogID, creates: true,
		origin: &origin{id: e.CatalogID, createdAt: e.CreatedAt.UTC()},
	}
	_, err := s.write(ctx, want, func(t *session) error {
		if t.created {
			return t.importAll(ctx, e)
		}
		return t.compareImport(ctx, e)
	})
	return err
}

// Judge refuses an export that Import would refuse, and one with an object that
// judge finds fault with. The error is an *ExportError.
func (e *Export) Judge(judge Judge) error {
	if err := e.checkConsistent(); err != nil {
		return err
	}
	for _, o := range e.Objects {
		object := Object{Kind: o.Kind, Name: o.Name, Spec: json.RawMessage(o.Spec), Document: o.Document, RetiredAt: o.RetiredAt}
		if problem := judge(object); problem != "" {
			return &ExportError{Problem: "the " + o.String() + " " + problem}
		}
	}
	return nil
}

// compareImport accepts a catalog that is what the export says: an import whose
// end was not seen may be run again.
func (t *session) compareImport(ctx context.Context, e *Export) error {
	present, err := t.export(ctx)
	if err != nil {
		return err
	}
	var here, there bytes.Buffer
	if err := present.Encode(&here); err != nil {
		return err
	}
	if err := e.Encode(&there); err != nil {
		return err
	}
	if !bytes.Equal(here.Bytes(), there.Bytes()) {
		return &OccupiedError{Catalog: t.store.url, ID: t.id, Export: e.CatalogID}
	}
	return nil
}

// importAll fills an empty catalog: first the objects, which references and their
// foreign keys need.
func (t *session) importAll(ctx context.Context, e *Export) error {
	var objects, references, events [][]any
	for _, o := range e.Objects {
		var retiredAt, retiredBy sql.NullString
		if o.RetiredAt != nil {
			retiredAt = sql.NullString{String: formatTime(o.RetiredAt.UTC()), Valid: true}
			retiredBy = sql.NullString{String: o.RetiredBy, Valid: true}
		}
		objects = append(objects, []any{
			string(o.Kind), o.Name, o.Spec, o.Revision, o.Document, o.Claim,
			formatTime(o.UpdatedAt.UTC()), o.UpdatedBy, retiredAt, retiredBy,
		})
		for _, entry := range o.MadeFrom {
			references = append(references, []any{string(Profile), o.Name, string(entry.Kind), entry.Name, entry.Revision})
		}
	}
	for _, event := range e.History {
		madeFrom, err := encodeMadeFrom(event.MadeFrom)
		if err != nil {
			return t.failed(ctx, err)
		}
		events = append(events, []any{
			event.Sequence, string(event.Kind), event.Name, formatTime(event.At.UTC()), event.Actor,
			string(event.Action), event.OldRevision, event.NewRevision, event.Spec, event.Document, madeFrom,
		})
	}
	for _, rows := range []struct {
		into   string
		values [][]any
	}{{insertObjects, objects}, {insertReferences, references}, {insertHistory, events}} {
		if err := t.insert(ctx, rows.into, rows.values); err != nil {
			return err
		}
	}
	return nil
}

// insert writes rows, many at a time.
func (t *session) insert(ctx context.Context, into string, rows [][]any) error {
	const most = 200 // At 11 columns, well below what both databases allow.
	for len(rows) > 0 {
		chunk := rows[:min(most, len(rows))]
		rows = rows[len(chunk):]
		one := "(" + placeholders(len(chunk[0])) + ")"
		var args []any
		for _, row := range chunk {
			args = append(args, row...)
		}
		query := into + " VALUES " + strings.TrimPrefix(strings.Repeat(", "+one, len(chunk)), ", ")
		if err := t.exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}

func checkFormat(format int) error {
	switch {
	case format > exportFormat:
		return &ExportError{Problem: fmt.Sprintf("it has format %d, and this release knows none above %d", format, exportFormat)}
	case format < 1:
		return &ExportError{Problem: "it does not say its format"}
	}
	return nil
}

// checkConsistent refuses what no catalog can have held, before anything is written.
func (e *Export) checkConsistent() error {
	if err := checkFormat(e.Format); err != nil {
		return err
	}
	if e.CatalogID == "" || !storable(e.CatalogID) || e.CreatedAt.IsZero() {
		return &ExportError{Problem: "it does not say which catalog it is of, or since when there is one"}
	}
	if e.Objects == nil || e.History == nil {
		return &ExportError{Problem: "its objects or its history are missing"}
	}
	known, last, ended := map[Ref]bool{}, map[Ref]int64{}, map[Ref]Action{}
	for _, object := range e.Objects {
		if known[object.Ref] {
			return &ExportError{Problem: "it has the " + object.String() + " twice"}
		}
		known[object.Ref] = true
	}
	sequence := int64(0)
	for _, event := range e.History {
		if problem := event.problem(sequence); problem != "" {
			return &ExportError{Problem: fmt.Sprintf("event %d of its history %s", event.Sequence, problem)}
		}
		sequence = event.Sequence
		last[event.Ref] = max(last[event.Ref], event.OldRevision, event.NewRevision)
		ended[event.Ref] = event.Action
	}
	for _, object := range e.Objects {
		problem := object.problem(known)
		if problem == "" && (ended[object.Ref] == ActionRetire) != (object.RetiredAt != nil) {
			problem = "is retired or live, and its history ends otherwise"
		}
		if problem == "" && last[object.Ref] != object.Revision {
			problem = fmt.Sprintf("has revision %d, and its history ends with revision %d", object.Revision, last[object.Ref])
		}
		if problem != "" {
			return &ExportError{Problem: "the " + object.String() + " " + problem}
		}
	}
	for _, event := range e.History { // in their order, to name the first
		gone := ended[event.Ref] == ActionDelete || ended[event.Ref] == ActionPurge
		if !gone && !known[event.Ref] {
			return &ExportError{Problem: "the " + event.String() + " is missing, which its history does not delete"}
		}
	}
	return nil
}

func (o ExportedObject) problem(known map[Ref]bool) string {
	switch {
	case !o.Kind.known():
		return "is of a kind that no catalog stores"
	case o.Name == "" || !storable(o.Name, o.Spec, o.Document, o.Claim, o.UpdatedBy, o.RetiredBy):
		return "has no name, or a character that no catalog stores"
	case !isObject(o.Spec):
		return "has a spec that is not a JSON object"
	case o.Kind == Profile && o.Document == "":
		return "has no document"
	case o.Kind != Profile && (o.Document != "" || len(o.MadeFrom) > 0):
		return "is no profile and has a document, or refers to something"
	case (o.RetiredAt == nil) != (o.RetiredBy == ""), o.UpdatedAt.IsZero():
		return "does not say who changed or deleted it, or when"
	}
	seen := map[Ref]bool{}
	for _, entry := range o.MadeFrom {
		switch {
		case !known[entry.Ref] || entry.Kind == Profile:
			return "refers to the " + entry.String() + ", which is not there or no profile can refer to"
		case seen[entry.Ref]:
			return "refers to the " + entry.String() + " twice"
		case entry.Revision < 1:
			return "does not say from which revision of the " + entry.String() + " it was made"
		}
		seen[entry.Ref] = true
	}
	return ""
}

func (e ExportedEvent) problem(before int64) string {
	switch {
	case e.Sequence <= before:
		return "is out of order"
	case !e.Kind.known() || e.Name == "" || e.Action == "" || e.At.IsZero():
		return "does not say what happened to what, or when"
	case !storable(e.Name, e.Actor, string(e.Action), e.Spec, e.Document):
		return "has a character that no catalog stores"
	case e.OldRevision < 0 || e.NewRevision < 0:
		return "has a negative revision"
	}
	return ""
}

// storable reports whether texts are UTF-8 without NUL, which is what PostgreSQL
// takes; SQLite would take anything, and lose the way to PostgreSQL.
func storable(texts ...string) bool {
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			return false
		}
	}
	return true
}
