package catalog

import (
	"database/sql"
	"testing"
)

// document is a row of the view, as an application reads it.
type document struct {
	Name      string
	Revision  int64
	Document  string
	UpToDate  bool
	UpdatedAt string
}

func documents(t *testing.T, db *sql.DB) []document {
	t.Helper()
	rows, err := db.QueryContext(t.Context(),
		"SELECT name, revision, document, up_to_date, updated_at FROM otp_profile_documents ORDER BY name")
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	var found []document
	for rows.Next() {
		var d document
		must(t, rows.Scan(&d.Name, &d.Revision, &d.Document, &d.UpToDate, &d.UpdatedAt))
		found = append(found, d)
	}
	must(t, rows.Err())
	return found
}

func TestTheViewShowsDocumentsOfProfiles(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), profile(login, "p", acme), profile(Ref{Kind: Profile, Name: "alone"}, "q"))
		equal(t, []document{
			{Name: "alone", Revision: 1, Document: "q", UpToDate: true, UpdatedAt: "2026-03-04T05:06:10.000000Z"},
			{Name: "login", Revision: 1, Document: "p\n" + `{"text":"one"}`, UpToDate: true, UpdatedAt: "2026-03-04T05:06:09.000000Z"},
		}, documents(t, p.raw(t)))
		remove(t, s, login, 1)
		equal(t, 1, len(documents(t, p.raw(t))))
	})
}

func TestTheViewHasExactlyTheDocumentedColumns(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		create(t, p.open(t), plain(acme, "one"))
		rows, err := p.raw(t).QueryContext(t.Context(), "SELECT * FROM otp_profile_documents")
		must(t, err)
		defer func() { must(t, rows.Close()) }()
		columns, err := rows.Columns()
		must(t, err)
		must(t, rows.Err())
		equal(t, []string{"name", "revision", "document", "up_to_date", "updated_at"}, columns)
	})
}

func TestADocumentIsUpToDateWhileWhatItWasMadeFromStays(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), plain(signIn, "two"), profile(login, "p", acme, signIn))
		steps := []struct {
			name     string
			do       func()
			upToDate bool
		}{
			{"as made", func() {}, true},
			{"brand changed", func() { update(t, s, plain(acme, "other"), 1) }, false},
			{"profile made anew", func() { update(t, s, profile(login, "p", acme, signIn), 1) }, true},
			{"brand written without a change", func() { update(t, s, plain(acme, "other"), 2) }, true},
			{"template retired", func() { remove(t, s, signIn, 1) }, true},
			{"template revived unchanged", func() { create(t, s, plain(signIn, "two")) }, true},
			{"template retired again", func() { remove(t, s, signIn, 1) }, true},
			{"template revived with another spec", func() { create(t, s, plain(signIn, "three")) }, false},
		}
		for _, step := range steps {
			step.do()
			if got := documents(t, p.raw(t))[0].UpToDate; got != step.upToDate {
				t.Errorf("%s: up_to_date is %t, want %t", step.name, got, step.upToDate)
			}
		}
	})
}
