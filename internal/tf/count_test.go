package tf

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// otherObjects imports a catalog of so many brands, half of which a profile of
// somebody else refers to.
func otherObjects(t *testing.T, s *catalog.Store, count int) {
	t.Helper()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	e := &catalog.Export{Format: 1, CatalogID: "themeasuredcatalog", CreatedAt: at}
	for i := range count {
		ref := catalog.Ref{Kind: catalog.Brand, Name: fmt.Sprintf("other-%05d", i/2)}
		object := catalog.ExportedObject{Spec: `{"name":"x"}`}
		if i%2 == 1 {
			object.MadeFrom = []catalog.MadeFrom{{Ref: ref, Revision: 1}}
			ref.Kind, object.Document = catalog.Profile, `{}`
		}
		object.Ref, object.Revision, object.Claim, object.UpdatedAt, object.UpdatedBy = ref, 1, "claim", at, "ann"
		e.Objects = append(e.Objects, object)
		e.History = append(e.History, catalog.ExportedEvent{
			Sequence: int64(i + 1), Ref: ref, At: at, Actor: "ann", Action: catalog.ActionCreate, NewRevision: 1,
			Spec: object.Spec, Document: object.Document, MadeFrom: object.MadeFrom,
		})
	}
	if err := s.Import(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

// costs are queries and rows of an apply, for each object that it writes.
type costs struct{ queries, rows float64 }

// measure begins to count, and tells the costs of so many writes.
type measure struct{ queries, rows atomic.Int64 }

func (m *measure) observe(_ string, rows int) {
	m.queries.Add(1)
	m.rows.Add(int64(rows))
}

func (m *measure) of(writes int, apply func()) costs {
	m.queries.Store(0)
	m.rows.Store(0)
	apply()
	return costs{float64(m.queries.Load()) / float64(writes), float64(m.rows.Load()) / float64(writes)}
}

// planned plays the plan of an object that an apply is about to write.
func planned(t *testing.T, c *Catalog, w catalog.Write) {
	t.Helper()
	err := c.takenOver(t.Context(), w.Ref, w.Claim)
	if w.Claim == "" {
		err = c.taken(t.Context(), w.Ref, w.Spec)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(w.References) == 0 {
		return
	}
	sources, err := c.Sources(t.Context(), w.Ref, w.References...)
	if err != nil {
		t.Fatal(err)
	}
	for ref, source := range sources {
		if source.Missing {
			t.Fatal(ref, "is missing")
		}
	}
}

// applied plays the part of two applies that touches the catalog: one creates
// brands, and a profile on each of them and on one that was there; the other one
// changes these profiles.
func applied(t *testing.T, url string, objects int) (creating, changing costs) {
	t.Helper()
	var m measure
	s, err := catalog.Open(url, catalog.WithActor("bob"), catalog.WithObserver(m.observe))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	otherObjects(t, s, objects)
	const profiles = 40
	made := make([]catalog.Result, profiles)
	profile := func(i int, document string) catalog.Write {
		brand := catalog.Ref{Kind: catalog.Brand, Name: fmt.Sprintf("mine-%d", i)}
		return catalog.Write{
			Ref: catalog.Ref{Kind: catalog.Profile, Name: brand.Name}, Spec: json.RawMessage(`{"name":"x"}`),
			References: []catalog.Ref{brand, {Kind: catalog.Brand, Name: "other-00007"}},
			Compile:    func(func(catalog.Ref) (catalog.Object, error)) (string, error) { return document, nil },
		}
	}
	creating = m.of(2*profiles, func() {
		c := NewCatalog(s, false, AdoptNothing)
		for i := range profiles {
			w := profile(i, `{}`)
			brand := catalog.Write{Ref: w.References[0], Spec: w.Spec}
			planned(t, c, brand)
			_, err := c.create(t.Context(), brand)
			if err == nil {
				planned(t, c, w)
				made[i], err = c.create(t.Context(), w)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	changing = m.of(profiles, func() {
		c := NewCatalog(s, false, AdoptNothing)
		for i, before := range made {
			w := profile(i, `{"schema_version":1}`)
			w.CatalogID, w.Claim = before.CatalogID, before.Object.Claim
			planned(t, c, w)
			if _, err := c.update(t.Context(), w, before.Object.Revision); err != nil {
				t.Fatal(err)
			}
		}
	})
	return creating, changing
}

// What an apply asks and reads for an object does not grow with the catalog.
func TestAnApplyCostsTheSamePerObjectHoweverLargeTheCatalog(t *testing.T) {
	t.Parallel()
	for name, backend := range map[string]struct {
		place              func(t *testing.T) string
		creating, changing costs // the most
	}{
		"sqlite": {
			place:    func(t *testing.T) string { t.Helper(); return "sqlite:" + filepath.Join(t.TempDir(), "catalog.db") },
			creating: costs{5.7, 2.2},
			changing: costs{11.2, 9.2},
		},
		"postgres": { // whose locks are queries and rows, too
			place: func(t *testing.T) string {
				t.Helper()
				server := pgtest.Shared(t)
				return server.URL(pgtest.Administrator, server.Database(t))
			},
			creating: costs{9.2, 6.2},
			changing: costs{13.2, 12.2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			creating, changing := applied(t, backend.place(t), 100)
			for what, cost := range map[string]struct{ is, most costs }{"created": {creating, backend.creating}, "changed": {changing, backend.changing}} {
				t.Logf("per object that is %s: %+v", what, cost.is)
				if cost.is.queries > cost.most.queries || cost.is.rows > cost.most.rows {
					t.Errorf("an object that is %s costs %+v, more than %+v", what, cost.is, cost.most)
				}
			}
			if created, changed := applied(t, backend.place(t), 10_000); created != creating || changed != changing {
				t.Errorf("an object that is created costs %+v and one that is changed %+v in a catalog of 10,000; in one of 100 %+v and %+v", created, changed, creating, changing)
			}
		})
	}
}
