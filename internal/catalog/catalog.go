// Package catalog is the store of OTP configuration: brands, message templates,
// sender IDs and profiles with their documents, in the team's own database.
//
// A Store keeps no transaction open between two calls. Reads never create,
// migrate or otherwise change a catalog; the first write does. Every write is
// one transaction and appends to the history, from which nothing is removed.
//
// The tables are private to this package. Applications read the view
// otp_profile_documents and nothing else.
package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind says what an object of the catalog is. Its value is stored.
type Kind string

// The kinds of objects that a catalog holds.
const (
	Brand           Kind = "brand"
	MessageTemplate Kind = "message_template"
	SenderID        Kind = "sender_id"
	Profile         Kind = "profile"
)

// Title is the kind as a sentence spells it: "brand", "message template",
// "sender ID", "profile".
func (k Kind) Title() string {
	if k == SenderID {
		return "sender ID"
	}
	return strings.ReplaceAll(string(k), "_", " ")
}

// ResourceType is the Terraform resource type of the kind, such as "otp_brand".
func (k Kind) ResourceType() string { return "otp_" + string(k) }

// known reports whether the catalog stores objects of this kind.
func (k Kind) known() bool {
	return slices.Contains([]Kind{Brand, MessageTemplate, SenderID, Profile}, k)
}

// attribute is the argument of an otp_profile that refers to this kind.
func (k Kind) attribute() string {
	if k == MessageTemplate {
		return "template"
	}
	return string(k)
}

// Ref names one object: a name is unique within its kind.
type Ref struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
}

// String is the object as a sentence names it: brand "acme".
func (r Ref) String() string { return fmt.Sprintf("%s %q", r.Kind.Title(), r.Name) }

// compareRefs orders by kind, then name, byte by byte, so that the order does
// not depend on a database's collation.
func compareRefs(a, b Ref) int {
	if order := strings.Compare(string(a.Kind), string(b.Kind)); order != 0 {
		return order
	}
	return strings.Compare(a.Name, b.Name)
}

// MadeFrom is an object and the revision of it that a document was made from. Its
// JSON is stored.
type MadeFrom struct {
	Ref
	Revision int64 `json:"revision"`
}

// Object is one row of the catalog.
type Object struct {
	Kind Kind
	Name string
	// Spec is the canonical JSON that was written, byte for byte.
	Spec json.RawMessage
	// Revision counts the changes of this name from 1. It goes on counting
	// when the name is deleted and created again, so a revision never stands
	// for two different specs.
	Revision int64
	// Document is what the profile was compiled to, byte for byte; empty for
	// the other kinds.
	Document string
	// Claim marks the create, adoption or revival that the object goes back to.
	// A caller keeps it and shows it when it deletes: another one means that
	// somebody else has taken the object over since.
	Claim string
	// MadeFrom lists what a profile refers to with the revisions that its
	// document was made from, ordered by kind and name.
	MadeFrom []MadeFrom
	// UpdatedAt is when the object last changed, in UTC, to the microsecond.
	UpdatedAt time.Time
	// UpdatedBy is the actor of that change.
	UpdatedBy string
	// RetiredAt is when the object was deleted while a profile still referred
	// to it, in UTC; nil for a live object.
	RetiredAt *time.Time
	// RetiredBy is the actor of that deletion.
	RetiredBy string
}

// Ref names the object.
func (o Object) Ref() Ref { return Ref{Kind: o.Kind, Name: o.Name} }

// Action is what an event did. Its value is stored.
type Action string

// The actions of a history.
const (
	// ActionCreate wrote a name that the catalog did not have.
	ActionCreate Action = "create"
	// ActionUpdate replaced a spec, or a document whose making changed.
	ActionUpdate Action = "update"
	// ActionAdopt was a create that took over an object with the same spec.
	ActionAdopt Action = "adopt"
	// ActionRevive was a create of a retired name.
	ActionRevive Action = "revive"
	// ActionRetire was a deletion of what a profile still refers to.
	ActionRetire Action = "retire"
	// ActionDelete removed an object.
	ActionDelete Action = "delete"
	// ActionPurge removed a retired object together with its last reference.
	ActionPurge Action = "purge"
)

// Event is one entry of the history.
type Event struct {
	Ref
	// Sequence orders all events of a catalog.
	Sequence int64 `json:"sequence"`
	// At is when the event happened, in UTC, to the microsecond.
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action Action    `json:"action"`
	// OldRevision is 0 where there was no object before.
	OldRevision int64 `json:"old_revision"`
	// NewRevision is 0 where there is no object afterwards.
	NewRevision int64 `json:"new_revision"`
	// Spec, Document and MadeFrom are the object's after the event; for a
	// deletion or purge, its last ones.
	Spec     json.RawMessage `json:"spec"`
	Document string          `json:"document,omitempty"`
	MadeFrom []MadeFrom      `json:"made_from,omitempty"`
}
