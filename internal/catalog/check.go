package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Report is what Check found.
type Report struct {
	CatalogID string `json:"catalog_id"`
	// Objects counts all objects, the retired ones included.
	Objects int `json:"objects"`
	// Faults lists what is broken. There is none unless the tables were changed by
	// hand, or by another program: bring the catalog back from its backup.
	Faults []Fault `json:"faults"`
	// Dangling lists references that lead nowhere. There are none unless the
	// tables were changed by hand: bring the catalog back from its backup.
	Dangling []DanglingReference `json:"dangling"`
	// Retired lists the deleted objects that profiles still refer to, by kind and
	// name.
	Retired []RetiredObject `json:"retired"`
	// Outdated lists the profiles whose document is not up to date, by name. Their
	// next apply makes it anew.
	Outdated []OutdatedDocument `json:"outdated"`
}

// Sound reports whether nothing is broken and every reference leads somewhere.
// Retired objects and outdated documents are normal for a while.
func (r Report) Sound() bool { return len(r.Dangling) == 0 && len(r.Faults) == 0 }

// Fault is something broken.
type Fault struct {
	// Ref is the object that is broken; nil: it is the catalog itself.
	Ref *Ref `json:"ref,omitempty"`
	// Problem is a sentence without its subject and its end, such as: has a
	// document that is none.
	Problem string `json:"problem"`
}

// String is the fault as a sentence: profile "login" has no document.
func (f Fault) String() string {
	if f.Ref == nil {
		return "the catalog " + f.Problem
	}
	return f.Ref.String() + " " + f.Problem
}

// Judge says what is wrong with an object that can be read: a sentence without its
// subject and its end; empty: nothing. It knows what this package does not, such as
// what makes a document one.
type Judge func(Object) string

// DanglingReference is a reference whose profile, or whose object, is not there.
type DanglingReference struct {
	Profile Ref `json:"profile"`
	Ref     Ref `json:"ref"`
}

// RetiredObject is a deleted object that profiles still refer to.
type RetiredObject struct {
	Ref Ref `json:"ref"`
	// By and At say who deleted it and when, in UTC.
	By string    `json:"by"`
	At time.Time `json:"at"`
	// UsedBy lists the profiles by name. It is empty only if the tables were
	// changed by hand.
	UsedBy []Ref `json:"used_by"`
}

// OutdatedDocument is a document that was made from objects which have changed
// since.
type OutdatedDocument struct {
	Profile Ref             `json:"profile"`
	Changed []ChangedObject `json:"changed"`
}

// ChangedObject is an object that a document was made from.
type ChangedObject struct {
	Ref Ref `json:"ref"`
	// MadeFrom is the revision in the document, Current the one in the catalog.
	MadeFrom int64 `json:"made_from"`
	Current  int64 `json:"current"`
}

// Check looks for what is broken, references that lead nowhere, retired objects
// that are still in use and documents that are not up to date, in one transaction
// and a fixed number of queries. judge may be nil. No catalog is a *NoCatalogError.
func (s *Store) Check(ctx context.Context, judge Judge) (Report, error) {
	var report Report
	found, err := s.readAs(ctx, &session{operation: "check all objects", checking: true}, func(t *session) (err error) {
		report, err = t.examine(ctx, judge)
		return err
	})
	switch {
	case err != nil:
		return Report{}, err
	case !found:
		return Report{}, &NoCatalogError{Operation: "check", Catalog: s.url}
	}
	return report, nil
}

// examine reads what is there, though something be missing.
func (t *session) examine(ctx context.Context, judge Judge) (Report, error) {
	var objects []Object
	var madeFrom map[string][]MadeFrom
	var err error
	if t.present["otp_object"] {
		if objects, err = t.objects(ctx, selectObjects); err != nil {
			return Report{}, err
		}
	}
	if t.present["otp_reference"] {
		if madeFrom, err = t.references(ctx, selectReferences); err != nil {
			return Report{}, err
		}
	}
	report := inspect(objects, madeFrom)
	report.CatalogID = t.id
	for _, relation := range relations {
		if !t.present[relation.name] {
			report.Faults = append(report.Faults, Fault{Problem: fmt.Sprintf("has lost its %s %s: %s", relation.kind, relation.name, relation.loss)})
		}
	}
	if t.id == "" && t.present["otp_catalog"] {
		report.Faults = append(report.Faults, Fault{Problem: "has lost its ID, which every Terraform state that belongs to it names"})
	}
	for _, object := range objects {
		problem := object.problem()
		if problem == "" && judge != nil {
			problem = judge(object)
		}
		if problem != "" {
			ref := object.Ref()
			report.Faults = append(report.Faults, Fault{Ref: &ref, Problem: problem})
		}
	}
	return report, nil
}

// relations are what a catalog of this release consists of.
var relations = []struct{ kind, name, loss string }{
	{"table", "otp_catalog", "its ID is gone"},
	{"table", "otp_object", "all objects are gone"},
	{"table", "otp_reference", "what profiles refer to is gone"},
	{"table", "otp_history", "who wrote what is gone, and nothing can be written"},
	{"view", "otp_profile_documents", "no application can read a document"},
}

// problem says what nobody can make sense of.
func (o Object) problem() string {
	switch {
	case !o.Kind.known():
		return "is of a kind that no catalog stores"
	case !isObject(string(o.Spec)):
		return "has a spec that is not a JSON object"
	case o.Kind == Profile && o.Document == "":
		return "has no document"
	case o.Kind != Profile && o.Document != "":
		return "is no profile and has a document"
	}
	return ""
}

func isObject(text string) bool {
	var object map[string]json.RawMessage
	return json.Unmarshal([]byte(text), &object) == nil && object != nil
}

// inspect takes objects by kind and name, and what each profile refers to.
func inspect(objects []Object, madeFrom map[string][]MadeFrom) Report {
	// Lists are empty rather than nil: programs read them as JSON.
	report := Report{Objects: len(objects), Faults: []Fault{}, Dangling: []DanglingReference{}, Retired: []RetiredObject{}, Outdated: []OutdatedDocument{}}
	known, usedBy := map[Ref]Object{}, map[Ref][]Ref{}
	for _, object := range objects {
		known[object.Ref()] = object
	}
	for name, entries := range madeFrom {
		profile := Ref{Kind: Profile, Name: name}
		outdated := OutdatedDocument{Profile: profile}
		for _, entry := range entries {
			object, found := known[entry.Ref]
			if _, user := known[profile]; !found || !user {
				report.Dangling = append(report.Dangling, DanglingReference{Profile: profile, Ref: entry.Ref})
				continue
			}
			usedBy[entry.Ref] = append(usedBy[entry.Ref], profile)
			if object.Revision != entry.Revision {
				outdated.Changed = append(outdated.Changed,
					ChangedObject{Ref: entry.Ref, MadeFrom: entry.Revision, Current: object.Revision})
			}
		}
		if len(outdated.Changed) > 0 {
			report.Outdated = append(report.Outdated, outdated)
		}
	}
	for _, object := range objects {
		if object.RetiredAt != nil {
			users := usedBy[object.Ref()]
			slices.SortFunc(users, compareRefs)
			report.Retired = append(report.Retired,
				RetiredObject{Ref: object.Ref(), By: object.RetiredBy, At: *object.RetiredAt, UsedBy: users})
		}
	}
	slices.SortFunc(report.Outdated, func(a, b OutdatedDocument) int { return compareRefs(a.Profile, b.Profile) })
	slices.SortFunc(report.Dangling, func(a, b DanglingReference) int {
		if order := compareRefs(a.Profile, b.Profile); order != 0 {
			return order
		}
		return compareRefs(a.Ref, b.Ref)
	})
	return report
}
