package catalog

import (
	"context"
	"slices"
	"time"
)

// Report is what Check found.
type Report struct {
	CatalogID string `json:"catalog_id"`
	// Objects counts all objects, the retired ones included.
	Objects int `json:"objects"`
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

// Sound reports whether every reference leads somewhere. Retired objects and
// outdated documents are normal for a while.
func (r Report) Sound() bool { return len(r.Dangling) == 0 }

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

// Check looks for references that lead nowhere, retired objects that are still
// in use and documents that are not up to date, in one transaction and a fixed
// number of queries. No catalog is a *NoCatalogError.
func (s *Store) Check(ctx context.Context) (Report, error) {
	var report Report
	found, err := s.read(ctx, "check all objects", func(t *session) error {
		objects, err := t.objects(ctx, selectObjects)
		if err != nil {
			return err
		}
		madeFrom, err := t.references(ctx, selectReferences)
		if err != nil {
			return err
		}
		report = inspect(objects, madeFrom)
		report.CatalogID = t.id
		return nil
	})
	switch {
	case err != nil:
		return Report{}, err
	case !found:
		return Report{}, &NoCatalogError{Operation: "check", Catalog: s.url}
	}
	return report, nil
}

// inspect takes objects by kind and name, and what each profile refers to.
func inspect(objects []Object, madeFrom map[string][]MadeFrom) Report {
	// Lists are empty rather than nil: programs read them as JSON.
	report := Report{Objects: len(objects), Dangling: []DanglingReference{}, Retired: []RetiredObject{}, Outdated: []OutdatedDocument{}}
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
