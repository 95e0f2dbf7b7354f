package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// lively makes a catalog with a past: changed, deleted, retired, revived and
// adopted objects, texts of many kinds and times with and without fractions.
func lively(t *testing.T, p place) *Store {
	t.Helper()
	at := epoch
	s := p.open(t, WithClock(func() time.Time { at = at.Add(1234567 * time.Microsecond); return at }))
	odd := "quotes ' \\\" <&> \\u0000 \\n é 漢 \u2028 ? $1 ::text"
	create(t, s, plain(acme, odd), plain(signIn, "two"), plain(europe, "three"))
	create(t, s, profile(login, "p", acme, signIn), profile(Ref{Kind: Profile, Name: "backup"}, "q"))
	update(t, s, plain(acme, "changed"), 1)
	create(t, s, adopting(plain(acme, "changed")))
	remove(t, s, signIn, 1)
	remove(t, s, europe, 1)
	create(t, s, plain(europe, "again"), plain(Ref{Kind: Brand, Name: "Größe"}, "x"))
	remove(t, s, Ref{Kind: Profile, Name: "backup"}, 1)
	return s
}

// encoded is the bytes of an export, as a file holds them.
func encoded(t *testing.T, s *Store) string {
	t.Helper()
	export, err := s.Export(t.Context())
	must(t, err)
	var content bytes.Buffer
	must(t, export.Encode(&content))
	return content.String()
}

// decoded is an export that was read from its file.
func decoded(t *testing.T, content string) *Export {
	t.Helper()
	export, err := DecodeExport(strings.NewReader(content))
	must(t, err)
	return export
}

func TestACatalogMovesToAnyDatabaseAndBackUnchanged(t *testing.T) {
	every(t, func(t *testing.T, fresh func(t *testing.T) place) {
		from := sqlitePlace(filepath.Join(t.TempDir(), "catalog.db"))
		there, back := fresh(t), sqlitePlace(filepath.Join(t.TempDir(), "catalog.db"))
		source := lively(t, from)
		content := encoded(t, source)

		moved := there.open(t)
		must(t, moved.Import(t.Context(), decoded(t, content)))
		if diff := cmp.Diff(content, encoded(t, moved)); diff != "" {
			t.Errorf("(-exported +moved):\n%s", diff)
		}
		returned := back.open(t)
		must(t, returned.Import(t.Context(), decoded(t, encoded(t, moved))))
		if diff := cmp.Diff(content, encoded(t, returned)); diff != "" {
			t.Errorf("(-exported +returned):\n%s", diff)
		}
		equal(t, fingerprint(t, from), fingerprint(t, back))
		equal(t, documents(t, from.raw(t)), documents(t, there.raw(t)))

		want, err := source.Snapshot(t.Context())
		must(t, err)
		got, err := moved.Snapshot(t.Context())
		must(t, err)
		equal(t, want.ID, got.ID)
		equal(t, want.Objects, got.Objects)
		for _, object := range want.Objects {
			if diff := cmp.Diff(object.Claim, get(t, moved, object.Ref()).Claim); diff != "" {
				t.Errorf("the %s has another claim", object.Ref())
			}
		}
		// Life goes on where it left off.
		equal(t, int64(3), update(t, moved, plain(acme, "later"), 2).Revision)
		equal(t, int64(2), create(t, moved, profile(Ref{Kind: Profile, Name: "backup"}, "q")).Revision)
	})
}

func TestAnExportIsStable(t *testing.T) {
	every(t, func(t *testing.T, fresh func(t *testing.T) place) {
		p := fresh(t)
		content := encoded(t, lively(t, p))
		equal(t, content, encoded(t, p.open(t)))
		equal(t, true, json.Valid([]byte(content)))
	})
}

func TestExportAndCheckNeedACatalog(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		_, exportErr := s.Export(t.Context())
		_, checkErr := s.Check(t.Context(), nil)
		for _, err := range []error{exportErr, checkErr} {
			var none *NoCatalogError
			if !errors.As(err, &none) {
				t.Fatalf("got %v, want a *NoCatalogError", err)
			}
			mentions(t, err, p.url)
		}
	})
}

func TestAnImportNeitherMixesNorReplaces(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		exported := decoded(t, encoded(t, lively(t, sqlitePlace(filepath.Join(t.TempDir(), "catalog.db")))))
		s := p.open(t)
		must(t, s.Import(t.Context(), exported))
		before := p.state(t)
		must(t, s.Import(t.Context(), exported)) // An import whose end was not seen.
		equal(t, before, p.state(t))

		other := *exported
		other.CatalogID = "another"
		var occupied *OccupiedError
		err := s.Import(t.Context(), &other)
		if !errors.As(err, &occupied) {
			t.Fatalf("got %v, want an *OccupiedError", err)
		}
		equal(t, &OccupiedError{Catalog: p.url, ID: exported.CatalogID, Export: "another"}, occupied)
		mentions(t, err, "another", exported.CatalogID, p.url, "Nothing was written")
		equal(t, before, p.state(t))

		update(t, s, plain(acme, "since"), 2)
		before = p.state(t)
		if err := s.Import(t.Context(), exported); !errors.As(err, &occupied) {
			t.Fatalf("got %v, want an *OccupiedError", err)
		}
		equal(t, before, p.state(t))
	})
}

func TestAnImportIsAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		exported := decoded(t, encoded(t, lively(t, sqlitePlace(filepath.Join(t.TempDir(), "catalog.db")))))
		s := p.open(t)
		interrupted := errors.New("interrupted")
		s.beforeCommit = func() { panic(interrupted) }
		func() {
			defer func() { equal(t, true, recover() == any(interrupted)) }()
			t.Errorf("the import ended: %v", s.Import(t.Context(), exported))
		}()
		s.beforeCommit = nil
		id, err := s.ID(t.Context())
		must(t, err)
		equal(t, "", id)
		must(t, s.Import(t.Context(), exported))
	})
}

func TestALargeCatalogMoves(t *testing.T) {
	every(t, func(t *testing.T, fresh func(t *testing.T) place) {
		s := fresh(t).open(t)
		fill(t, s, 300)
		queries := 0
		s.observe = func(string, int) { queries++ }
		content := encoded(t, s)
		equal(t, 7, queries)
		target := fresh(t).open(t)
		must(t, target.Import(t.Context(), decoded(t, content)))
		equal(t, true, content == encoded(t, target))
	})
}

func TestABrokenExportIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	content := encoded(t, lively(t, p))
	find := func(e *Export, ref Ref) *ExportedObject {
		for i := range e.Objects {
			if e.Objects[i].Ref == ref {
				return &e.Objects[i]
			}
		}
		t.Fatalf("no %s in the export", ref)
		return nil
	}
	tests := map[string]struct {
		harm  func(e *Export)
		words string
	}{
		"newer":                     {func(e *Export) { e.Format = 2 }, "format 2"},
		"no format":                 {func(e *Export) { e.Format = 0 }, "does not say its format"},
		"no ID":                     {func(e *Export) { e.CatalogID = "" }, "which catalog it is of"},
		"no birth":                  {func(e *Export) { e.CreatedAt = time.Time{} }, "since when"},
		"twice":                     {func(e *Export) { e.Objects = append(e.Objects, e.Objects[0]) }, "twice"},
		"unknown kind":              {func(e *Export) { e.Objects[0].Kind = "route" }, "of a kind"},
		"no name":                   {func(e *Export) { e.Objects[0].Name = "" }, "no name"},
		"NUL":                       {func(e *Export) { e.Objects[0].UpdatedBy = "a\x00b" }, "no catalog stores"},
		"no JSON":                   {func(e *Export) { e.Objects[0].Spec = "{" }, "not a JSON object"},
		"brand with a document":     {func(e *Export) { find(e, acme).Document = "x" }, "is no profile"},
		"half retired":              {func(e *Export) { find(e, signIn).RetiredBy = "" }, "or when"},
		"never updated":             {func(e *Export) { e.Objects[0].UpdatedAt = time.Time{} }, "or when"},
		"dangling":                  {func(e *Export) { find(e, login).MadeFrom[0].Name = "gone" }, `refers to the brand "gone"`},
		"reference twice":           {func(e *Export) { o := find(e, login); o.MadeFrom = append(o.MadeFrom, o.MadeFrom[0]) }, "twice"},
		"reference to no revision":  {func(e *Export) { find(e, login).MadeFrom[0].Revision = 0 }, "from which revision"},
		"revision without history":  {func(e *Export) { find(e, acme).Revision = 7 }, "its history ends with revision 2"},
		"history cut":               {func(e *Export) { e.History = e.History[:3] }, "its history ends with revision"},
		"history out of order":      {func(e *Export) { e.History[1].Sequence = 1 }, "out of order"},
		"event of nothing":          {func(e *Export) { e.History[1].Name = "" }, "what happened to what"},
		"event with a NUL":          {func(e *Export) { e.History[1].Actor = "\x00" }, "no catalog stores"},
		"event of negative numbers": {func(e *Export) { e.History[1].OldRevision = -1 }, "negative"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target, path := sqliteFile(t)
			exported := decoded(t, content)
			test.harm(exported)
			err := target.open(t).Import(t.Context(), exported)
			var broken *ExportError
			if !errors.As(err, &broken) {
				t.Fatalf("got %v, want an *ExportError", err)
			}
			mentions(t, err, test.words, "Nothing was written")
			equal(t, 0, len(files(t, filepath.Dir(path))))
		})
	}
}

func TestWhatIsNoExportIsRefused(t *testing.T) {
	t.Parallel()
	for content, words := range map[string]string{
		"":                              "not the JSON of an export",
		"[]":                            "not the JSON of an export",
		`{"objects":[]}`:                "does not say its format",
		`{"format":2,"new":"x"}`:        "format 2",
		`{"format":1,"unheard_of":"x"}`: "unheard_of",
		`{"format":1} {"format":1}`:     "not the JSON of an export",
	} {
		_, err := DecodeExport(strings.NewReader(content))
		var broken *ExportError
		if !errors.As(err, &broken) {
			t.Errorf("%q: got %v, want an *ExportError", content, err)
			continue
		}
		mentions(t, err, words)
	}
}
