package catalog

import (
	"testing"
	"time"
)

func TestCheckReportsWhatIsInUseAndOutOfDate(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		second := Ref{Kind: Profile, Name: "backup"}
		first, err := s.Create(t.Context(), plain(acme, "one"))
		must(t, err)
		create(t, s, plain(signIn, "two"), plain(europe, "three"), profile(login, "p", acme, signIn), profile(second, "q", acme, signIn))
		report, err := s.Check(t.Context(), nil)
		must(t, err)
		equal(t, Report{CatalogID: first.CatalogID, Objects: 5, Faults: []Fault{}, Dangling: []DanglingReference{}, Retired: []RetiredObject{}, Outdated: []OutdatedDocument{}}, report)
		equal(t, true, report.Sound())

		update(t, s, plain(acme, "changed"), 1)
		update(t, s, profile(second, "q", acme, signIn), 1)
		remove(t, s, signIn, 1)
		report, err = s.Check(t.Context(), nil)
		must(t, err)
		equal(t, Report{
			Faults: []Fault{}, Dangling: []DanglingReference{},
			CatalogID: first.CatalogID, Objects: 5,
			Retired:  []RetiredObject{{Ref: signIn, By: "ann@laptop", At: epoch.Add(8 * time.Second), UsedBy: []Ref{second, login}}},
			Outdated: []OutdatedDocument{{Profile: login, Changed: []ChangedObject{{Ref: acme, MadeFrom: 1, Current: 2}}}},
		}, report)
		equal(t, true, report.Sound())
	})
}

func TestCheckFindsReferencesThatLeadNowhere(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), plain(signIn, "two"), profile(login, "p", acme, signIn))
		db := p.raw(t)
		conn, err := db.Conn(t.Context())
		must(t, err)
		unguarded := "PRAGMA foreign_keys = OFF"
		if _, isFile := s.backend.(*sqlite); !isFile {
			unguarded = "SET session_replication_role = replica"
		}
		for _, statement := range []string{
			unguarded, "DELETE FROM otp_object WHERE name = 'acme'",
			"INSERT INTO otp_reference (profile_kind, profile_name, kind, name, revision) VALUES ('profile', 'gone', 'message_template', 'sign-in', 1)",
		} {
			_, err := conn.ExecContext(t.Context(), statement)
			must(t, err)
		}
		must(t, conn.Close())
		report, err := s.Check(t.Context(), nil)
		must(t, err)
		equal(t, []DanglingReference{{Profile: Ref{Kind: Profile, Name: "gone"}, Ref: signIn}, {Profile: login, Ref: acme}}, report.Dangling)
		equal(t, false, report.Sound())
	})
}

func TestCheckCostsTheSameNumberOfQueriesHoweverManyObjects(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		fill(t, s, 50)
		queries := 0
		s.observe = func(string, int) { queries++ }
		report, err := s.Check(t.Context(), nil)
		must(t, err)
		equal(t, 100, report.Objects)
		equal(t, 5, queries)
	})
}
