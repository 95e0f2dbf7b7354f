package catalog

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// exportFormat is the version of the format that Export has.
const exportFormat = 1

// Export is a whole catalog, to be kept as a backup or moved to another place.
// Its JSON has a stable order: two exports of one catalog are the same bytes,
// whichever database it is in.
type Export struct {
	// Format is the version of this format, 1.
	Format    int       `json:"format"`
	CatalogID string    `json:"catalog_id"`
	CreatedAt time.Time `json:"created_at"`
	// Objects holds all objects, the retired ones included, by kind and name.
	Objects []ExportedObject `json:"objects"`
	// History holds all events in their order.
	History []ExportedEvent `json:"history"`
}

// ExportedObject is an Object in an Export. Its texts are the stored ones, byte
// for byte, which is why its spec is a string.
type ExportedObject struct {
	Ref
	Spec      string     `json:"spec"`
	Revision  int64      `json:"revision"`
	Document  string     `json:"document,omitempty"`
	Claim     string     `json:"claim"`
	MadeFrom  []MadeFrom `json:"made_from,omitempty"`
	UpdatedAt time.Time  `json:"updated_at"`
	UpdatedBy string     `json:"updated_by"`
	RetiredAt *time.Time `json:"retired_at,omitempty"`
	RetiredBy string     `json:"retired_by,omitempty"`
}

// ExportedEvent is an Event in an Export.
type ExportedEvent struct {
	Sequence int64 `json:"sequence"`
	Ref
	At          time.Time  `json:"at"`
	Actor       string     `json:"actor"`
	Action      Action     `json:"action"`
	OldRevision int64      `json:"old_revision"`
	NewRevision int64      `json:"new_revision"`
	Spec        string     `json:"spec"`
	Document    string     `json:"document,omitempty"`
	MadeFrom    []MadeFrom `json:"made_from,omitempty"`
}

// Export reads the whole catalog in one transaction and a fixed number of
// queries. No catalog is a *NoCatalogError.
func (s *Store) Export(ctx context.Context) (*Export, error) {
	var export *Export
	found, err := s.read(ctx, "export all objects", func(t *session) (err error) {
		export, err = t.export(ctx)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, &NoCatalogError{Operation: "export", Catalog: s.url}
	}
	return export, nil
}

// Encode writes the export as indented JSON.
func (e *Export) Encode(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(e)
}

// DecodeExport reads what Encode wrote. Anything else is an *ExportError.
func DecodeExport(r io.Reader) (*Export, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the export: %w", err)
	}
	// An export of a newer release may have fields that this one does not know:
	// say that it is newer rather than which field.
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return nil, &ExportError{Problem: "it is not the JSON of an export: " + err.Error()}
	}
	if err := checkFormat(head.Format); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	export := &Export{}
	if err := decoder.Decode(export); err != nil {
		return nil, &ExportError{Problem: "it is not the JSON of an export: " + err.Error()}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, &ExportError{Problem: "something follows the export"}
	}
	// A moment of a zone that is none can be read, and then never be written.
	if err := export.Encode(io.Discard); err != nil {
		return nil, &ExportError{Problem: "it holds what could not be exported again: " + err.Error()}
	}
	return export, nil
}

// export reads everything in the catalog.
func (t *session) export(ctx context.Context) (*Export, error) {
	t.raw = true // for good: an export is the last of its transaction
	export := &Export{Format: exportFormat, CatalogID: t.id, Objects: []ExportedObject{}}
	err := t.query(ctx, selectCreation, nil, func(rows *sql.Rows) error {
		var createdAt string
		if err := rows.Scan(&createdAt); err != nil {
			return err
		}
		var err error
		export.CreatedAt, err = parseTime(createdAt)
		return err
	})
	if err != nil {
		return nil, err
	}
	objects, err := t.objects(ctx, selectObjects)
	if err != nil {
		return nil, err
	}
	madeFrom, err := t.references(ctx, selectReferences)
	if err != nil {
		return nil, err
	}
	for _, object := range objects {
		if object.Kind == Profile {
			object.MadeFrom = madeFrom[object.Name]
		}
		export.Objects = append(export.Objects, exportedObject(object))
	}
	events, err := t.events(ctx, selectAllEvents)
	for _, event := range events {
		export.History = append(export.History, exportedEvent(event))
	}
	return export, err
}

func exportedObject(object Object) ExportedObject {
	return ExportedObject{
		Ref: object.Ref(), Spec: string(object.Spec), Revision: object.Revision, Document: object.Document,
		Claim: object.Claim, MadeFrom: object.MadeFrom, UpdatedAt: object.UpdatedAt, UpdatedBy: object.UpdatedBy,
		RetiredAt: object.RetiredAt, RetiredBy: object.RetiredBy,
	}
}

func exportedEvent(event Event) ExportedEvent {
	return ExportedEvent{
		Sequence: event.Sequence, Ref: event.Ref, At: event.At, Actor: event.Actor, Action: event.Action,
		OldRevision: event.OldRevision, NewRevision: event.NewRevision,
		Spec: string(event.Spec), Document: event.Document, MadeFrom: event.MadeFrom,
	}
}
