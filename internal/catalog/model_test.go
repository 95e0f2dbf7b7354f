package catalog

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// modelled is an object as the promises describe it, in a few lines.
type modelled struct {
	text     string
	revision int64
	retired  bool
	document string
	madeFrom map[Ref]int64
}

// model is a catalog as the promises describe it.
type model struct {
	objects map[Ref]*modelled
	last    map[Ref]int64 // The highest revision a name ever had.
}

func (m *model) usedBy(ref Ref) []Ref {
	var profiles []Ref
	for candidate, object := range m.objects {
		if _, uses := object.madeFrom[ref]; uses {
			profiles = append(profiles, candidate)
		}
	}
	slices.SortFunc(profiles, compareRefs)
	return profiles
}

// put writes an object and says whether that took a new revision.
func (m *model) put(ref Ref, text string, references []Ref) {
	next := &modelled{text: text, document: text, madeFrom: map[Ref]int64{}}
	if ref.Kind != Profile {
		next.document = ""
	}
	for _, reference := range references {
		next.document += "\n" + string(spec(m.objects[reference].text))
		next.madeFrom[reference] = m.objects[reference].revision
	}
	next.revision = m.last[ref]
	old := m.objects[ref]
	if old == nil || old.text != next.text || old.document != next.document || fmt.Sprint(old.madeFrom) != fmt.Sprint(next.madeFrom) {
		next.revision++
	}
	m.last[ref] = next.revision
	m.objects[ref] = next
	m.purge()
}

func (m *model) purge() {
	for ref, object := range m.objects {
		if object.retired && len(m.usedBy(ref)) == 0 {
			delete(m.objects, ref)
		}
	}
}

// refusal is what references forbid: "missing", "retired reference" or nothing.
func (m *model) refusal(references []Ref) string {
	refusal := ""
	for _, reference := range slices.SortedFunc(slices.Values(references), compareRefs) {
		switch object := m.objects[reference]; {
		case refusal != "":
		case object == nil:
			refusal = "missing reference"
		case object.retired:
			refusal = "retired reference"
		}
	}
	return refusal
}

func (m *model) create(ref Ref, text string, references []Ref, adopt bool) string {
	old, outcome := m.objects[ref], "created"
	switch {
	case old == nil:
	case old.retired:
		outcome = "revived"
	case adopt && old.text == text:
		outcome = "adopted"
	default:
		return "exists"
	}
	if refusal := m.refusal(references); refusal != "" {
		return refusal
	}
	m.put(ref, text, references)
	return outcome
}

func (m *model) update(ref Ref, text string, references []Ref, revision int64) string {
	old := m.objects[ref]
	switch {
	case old == nil:
		return "not found"
	case old.retired:
		return "retired"
	case old.revision != revision:
		return "conflict"
	}
	if refusal := m.refusal(references); refusal != "" {
		return refusal
	}
	m.put(ref, text, references)
	return "updated"
}

func (m *model) remove(ref Ref, revision int64) string {
	old := m.objects[ref]
	switch {
	case old == nil:
		return "gone"
	case !old.retired && old.revision != revision:
		return "conflict"
	case len(m.usedBy(ref)) > 0:
		old.retired = true
		return fmt.Sprint("retired, used by ", m.usedBy(ref))
	}
	delete(m.objects, ref)
	m.purge()
	return "deleted"
}

// refused names the type of an error as the model does.
func refused(err error) string {
	var (
		exists           *ExistsError
		missing          *NotFoundError
		conflict         *ConflictError
		retired          *RetiredError
		missingReference *MissingReferenceError
		retiredReference *RetiredReferenceError
	)
	switch {
	case errors.As(err, &exists):
		return "exists"
	case errors.As(err, &missing):
		return "not found"
	case errors.As(err, &conflict):
		return "conflict"
	case errors.As(err, &retired):
		return "retired"
	}
	// Every reference is reported; the model knows the first.
	asMissing, asRetired := errors.As(err, &missingReference), errors.As(err, &retiredReference)
	switch {
	case asMissing && (!asRetired || compareRefs(missingReference.Ref, retiredReference.Ref) < 0):
		return "missing reference"
	case asRetired:
		return "retired reference"
	}
	return err.Error()
}

// state is the model's objects in words.
func (m *model) state() []string {
	var lines []string
	for ref, object := range m.objects {
		upToDate := true
		for reference, revision := range object.madeFrom {
			upToDate = upToDate && m.objects[reference].revision == revision
		}
		lines = append(lines, line(ref, object.text, object.revision, object.retired, object.document, object.madeFrom, m.usedBy(ref), upToDate))
	}
	slices.Sort(lines)
	return lines
}

func line(ref Ref, text string, revision int64, retired bool, document string, madeFrom map[Ref]int64, usedBy []Ref, upToDate bool) string {
	return fmt.Sprintf("%s %s r%d retired=%t document=%q from=%v used by=%v up to date=%t",
		ref, spec(text), revision, retired, document, madeFrom, usedBy, upToDate)
}

// stored is the catalog's objects in the same words.
func stored(t *testing.T, s *Store, db *sql.DB) []string {
	t.Helper()
	snapshot, err := s.Snapshot(t.Context())
	must(t, err)
	upToDate := map[string]bool{}
	for _, d := range documents(t, db) {
		upToDate[d.Name] = d.UpToDate
	}
	var lines []string
	for _, object := range snapshot.Objects {
		madeFrom := map[Ref]int64{}
		for _, entry := range object.MadeFrom {
			madeFrom[entry.Ref] = entry.Revision
		}
		text := strings.TrimSuffix(strings.TrimPrefix(string(object.Spec), `{"text":"`), `"}`)
		current := object.Kind != Profile || upToDate[object.Name]
		lines = append(lines, line(object.Ref(), text, object.Revision, object.RetiredAt != nil,
			object.Document, madeFrom, snapshot.UsedBy(object.Ref()), current))
	}
	slices.Sort(lines)
	return lines
}

// history is the whole history in words, in order.
func history(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT * FROM otp_history ORDER BY sequence")
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	var lines []string
	for rows.Next() {
		values := [11]string{}
		targets := make([]any, len(values))
		for i := range values {
			targets[i] = &values[i]
		}
		must(t, rows.Scan(targets...))
		lines = append(lines, strings.Join(values[:], " | "))
	}
	must(t, rows.Err())
	return lines
}

func TestAnySequenceOfWritesKeepsThePromises(t *testing.T) {
	others := []Ref{acme, {Kind: Brand, Name: "other"}, signIn, europe}
	profiles := []Ref{login, {Kind: Profile, Name: "backup"}}
	all := slices.Concat(others, profiles)
	every(t, func(t *testing.T, fresh func(t *testing.T) place) {
		runs := 0
		rapid.Check(t, func(r *rapid.T) {
			p := fresh(t)
			s := p.open(t)
			if _, isFile := s.backend.(*sqlite); isFile {
				replaceWriter(t, s, "_synchronous=OFF") // What is tested here outlasts no power cut.
			} else if runs++; runs > 25 {
				return // A server takes its time; the sequences are the same.
			}
			m := &model{objects: map[Ref]*modelled{}, last: map[Ref]int64{}}
			db := p.raw(t)
			r.Cleanup(func() { must(t, errors.Join(s.Close(), db.Close())) })
			create(t, s, plain(Ref{Kind: SenderID, Name: "first"}, "x")) // The tables have to be there.
			remove(t, s, Ref{Kind: SenderID, Name: "first"}, 1)
			past := history(t, db)

			draw := func(r *rapid.T) (Write, []Ref) {
				ref := rapid.SampledFrom(all).Draw(r, "ref")
				text := rapid.SampledFrom([]string{"x", "y"}).Draw(r, "text")
				if ref.Kind != Profile {
					return plain(ref, text), nil
				}
				references := rapid.SliceOfNDistinct(rapid.SampledFrom(others), 0, 3, rapid.ID[Ref]).Draw(r, "references")
				return profile(ref, text, references...), references
			}
			revision := func(r *rapid.T, ref Ref) int64 {
				return m.last[ref] - rapid.SampledFrom([]int64{0, 0, 0, 1}).Draw(r, "behind")
			}
			text := func(w Write) string { return strings.TrimSuffix(strings.TrimPrefix(string(w.Spec), `{"text":"`), `"}`) }
			agree := func(r *rapid.T, want, got string) {
				if want != got {
					r.Fatalf("the promises say %q, the catalog did %q", want, got)
				}
			}
			r.Repeat(map[string]func(*rapid.T){
				"create": func(r *rapid.T) {
					w, references := draw(r)
					w.Adopt = rapid.Bool().Draw(r, "adopt")
					result, err := s.Create(t.Context(), w)
					got := "created"
					switch {
					case err != nil:
						got = refused(err)
					case result.Revived:
						got = "revived"
					case result.Adopted:
						got = "adopted"
					}
					agree(r, m.create(w.Ref, text(w), references, w.Adopt), got)
				},
				"update": func(r *rapid.T) {
					w, references := draw(r)
					from := revision(r, w.Ref)
					got := "updated"
					if _, err := s.Update(t.Context(), w, from); err != nil {
						got = refused(err)
					}
					agree(r, m.update(w.Ref, text(w), references, from), got)
				},
				"delete": func(r *rapid.T) {
					ref := rapid.SampledFrom(all).Draw(r, "ref")
					from := revision(r, ref)
					deleted, err := s.Delete(t.Context(), ref, Expectation{Revision: from})
					got := "deleted"
					switch {
					case err != nil:
						got = refused(err)
					case deleted.Gone:
						got = "gone"
					case deleted.Retired:
						got = fmt.Sprint("retired, used by ", deleted.UsedBy)
					}
					agree(r, m.remove(ref, from), got)
				},
				"": func(r *rapid.T) {
					agree(r, strings.Join(m.state(), "\n"), strings.Join(stored(t, s, db), "\n"))
					now := history(t, db)
					if len(now) < len(past) || !slices.Equal(past, now[:len(past)]) {
						r.Fatalf("history was lost:\n%q\nbecame\n%q", past, now)
					}
					past = now
				},
			})
		})
	})
}
