package catalog

import (
	"fmt"
	"testing"
)

func TestSnapshotHoldsTheWholeCatalog(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		id := ""
		for _, w := range []Write{
			plain(signIn, "t"), plain(Ref{Kind: Brand, Name: "zeta"}, "z"), plain(acme, "a"), plain(europe, "e"),
			profile(login, "p", acme, signIn), profile(Ref{Kind: Profile, Name: "backup"}, "q", acme),
		} {
			result, err := s.Create(t.Context(), w)
			must(t, err)
			id = result.CatalogID
		}
		remove(t, s, signIn, 1)
		snapshot, err := s.Snapshot(t.Context())
		must(t, err)
		equal(t, id, snapshot.ID)
		var order []string
		for _, object := range snapshot.Objects {
			order = append(order, object.Ref().String())
			equal(t, get(t, s, object.Ref()), object)
			found, ok := snapshot.Get(object.Ref())
			equal(t, true, ok)
			equal(t, object, found)
		}
		equal(t, []string{
			`brand "acme"`, `brand "zeta"`, `message template "sign-in"`, `profile "backup"`, `profile "login"`, `sender ID "europe"`,
		}, order)
		for _, kind := range []Kind{Brand, MessageTemplate, SenderID, Profile} {
			live, err := s.List(t.Context(), kind)
			must(t, err)
			equal(t, live, snapshot.List(kind))
		}
		equal(t, []Ref{{Kind: Profile, Name: "backup"}, login}, snapshot.UsedBy(acme))
		equal(t, []Ref{login}, snapshot.UsedBy(signIn))
		equal(t, []Ref(nil), snapshot.UsedBy(europe))
		_, found := snapshot.Get(Ref{Kind: Brand, Name: "sign-in"})
		equal(t, false, found)
	})
}

func TestSnapshotWithoutACatalogIsEmpty(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		snapshot, err := p.open(t).Snapshot(t.Context())
		must(t, err)
		_, found := snapshot.Get(acme)
		equal(t, false, found)
		equal(t, "", snapshot.ID)
		equal(t, 0, len(snapshot.Objects)+len(snapshot.List(Brand))+len(snapshot.UsedBy(acme)))
	})
}

// fill writes brands and as many profiles that each refer to one of them, in one
// transaction.
func fill(t testing.TB, s *Store, brands int) {
	t.Helper()
	_, err := s.write(t.Context(), target{operation: "fill", creates: true}, func(session *session) error {
		for i := range brands {
			brand := plain(Ref{Kind: Brand, Name: fmt.Sprintf("brand-%04d", i)}, "x")
			if _, err := session.put(t.Context(), brand, nil, ActionCreate); err != nil {
				return err
			}
			user := profile(Ref{Kind: Profile, Name: fmt.Sprintf("profile-%04d", i)}, "y", brand.Ref)
			if _, err := session.put(t.Context(), user, nil, ActionCreate); err != nil {
				return err
			}
		}
		return nil
	})
	must(t, err)
}

func TestReadsCostTheSameNumberOfQueriesHoweverManyObjects(t *testing.T) {
	reads := map[string]struct {
		read    func(t *testing.T, s *Store) int
		queries int
	}{
		"snapshot": {queries: 5, read: func(t *testing.T, s *Store) int {
			snapshot, err := s.Snapshot(t.Context())
			must(t, err)
			return len(snapshot.Objects) / 2
		}},
		"list of brands": {queries: 4, read: func(t *testing.T, s *Store) int {
			live, err := s.List(t.Context(), Brand)
			must(t, err)
			return len(live)
		}},
		"list of profiles": {queries: 5, read: func(t *testing.T, s *Store) int {
			live, err := s.List(t.Context(), Profile)
			must(t, err)
			for _, object := range live {
				equal(t, 1, len(object.MadeFrom))
			}
			return len(live)
		}},
	}
	for _, size := range []int{1, 500} {
		t.Run(fmt.Sprint(2*size, " objects"), func(t *testing.T) {
			each(t, func(t *testing.T, p place) {
				fill(t, p.open(t), size)
				for name, test := range reads {
					s, queries := p.open(t), 0
					s.observe = func(string, int) { queries++ }
					equal(t, size, test.read(t, s))
					if queries != test.queries {
						t.Errorf("%s: %d queries, want %d", name, queries, test.queries)
					}
				}
			})
		})
	}
}

func TestAProfileOfManyReferencesReadsThemInOneQuery(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		fill(t, s, 50)
		create(t, s, plain(acme, "one")) // From now on it knows the tables.
		counts := map[int]int{}
		for _, size := range []int{1, 50} {
			var references []Ref
			for i := range size {
				references = append(references, Ref{Kind: Brand, Name: fmt.Sprintf("brand-%04d", i)})
			}
			s.observe = func(string, int) { counts[size]++ }
			create(t, s, profile(Ref{Kind: Profile, Name: fmt.Sprintf("of-%d", size)}, "p", references...))
		}
		equal(t, counts[1], counts[50])
	})
}
