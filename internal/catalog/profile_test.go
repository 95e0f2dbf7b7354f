package catalog

import (
	"errors"
	"testing"
	"time"
)

func TestProfileKeepsItsDocumentAndWhatItWasMadeFrom(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), plain(signIn, "two"))
		update(t, s, plain(acme, "three"), 1)
		w := profile(login, "p", signIn, acme, signIn)
		w.Compile = func(get func(Ref) (Object, error)) (string, error) {
			brand, err := get(acme)
			must(t, err)
			equal(t, int64(2), brand.Revision)
			return "{\"b\": 1,\r\n\"a\":\t\"" + string(brand.Spec) + "\u00a0\"}\n", nil
		}
		created := create(t, s, w)
		equal(t, "{\"b\": 1,\r\n\"a\":\t\"{\"text\":\"three\"}\u00a0\"}\n", created.Document)
		equal(t, []MadeFrom{{Ref: acme, Revision: 2}, {Ref: signIn, Revision: 1}}, created.MadeFrom)
		equal(t, created, get(t, s, login))
		listed, err := s.List(t.Context(), Profile)
		must(t, err)
		equal(t, []Object{created}, listed)
		events, err := s.History(t.Context(), login)
		must(t, err)
		equal(t, created.Document, events[0].Document)
		equal(t, created.MadeFrom, events[0].MadeFrom)
	})
}

func TestProfileNeedsEverythingItRefersTo(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(signIn, "two"), profile(login, "p", signIn))
		before := fingerprint(t, p)
		compiled := false
		w := profile(Ref{Kind: Profile, Name: "other"}, "p", signIn, acme)
		w.Compile = func(func(Ref) (Object, error)) (string, error) {
			compiled = true
			return "", nil
		}
		_, createErr := s.Create(t.Context(), w)
		w.Ref = login
		_, updateErr := s.Update(t.Context(), w, 1)
		for _, err := range []error{createErr, updateErr} {
			var missing *MissingReferenceError
			if !errors.As(err, &missing) {
				t.Fatalf("got %v, want a *MissingReferenceError", err)
			}
			equal(t, acme, missing.Ref)
			mentions(t, err, "brand = otp_brand.<label>.name", p.url)
		}
		equal(t, false, compiled)
		equal(t, before, fingerprint(t, p))
	})
}

func TestEveryMissingReferenceIsReported(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		_, err := p.open(t).Create(t.Context(), profile(login, "p", acme, signIn, europe))
		mentions(t, err, "brand = otp_brand.<label>", "template = otp_message_template.<label>", "sender_id = otp_sender_id.<label>")
	})
}

func TestCompileErrorLeavesNothingWritten(t *testing.T) {
	refused := errors.New("the text has no code in it")
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), profile(login, "p", acme))
		remove(t, s, acme, 1)
		create(t, s, plain(europe, "three"))
		before := fingerprint(t, p)
		w := profile(login, "changed", europe)
		w.Compile = func(func(Ref) (Object, error)) (string, error) { return "half a document", refused }
		_, updateErr := s.Update(t.Context(), w, 1)
		w.Ref = Ref{Kind: Profile, Name: "other"}
		_, createErr := s.Create(t.Context(), w)
		for _, err := range []error{updateErr, createErr} {
			if !errors.Is(err, refused) {
				t.Errorf("got %v, want the error of compile", err)
			}
		}
		equal(t, before, fingerprint(t, p))
	})
}

func TestCompileErrorOfTheFirstWriteLeavesNoCatalog(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		w := profile(login, "p")
		w.Compile = func(func(Ref) (Object, error)) (string, error) { return "", errors.New("refused") }
		if _, err := s.Create(t.Context(), w); err == nil {
			t.Fatal("no error")
		}
		id, err := s.ID(t.Context())
		must(t, err)
		equal(t, "", id)
		result, err := s.Create(t.Context(), plain(acme, "one"))
		must(t, err)
		equal(t, true, result.CreatedCatalog)
	})
}

// SQLite would keep what PostgreSQL cannot, and lose the way there.
func TestADocumentHasToBeUTF8(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		for _, document := range []string{"\xff", "a\x00b"} {
			w := profile(login, "p")
			w.Compile = func(func(Ref) (Object, error)) (string, error) { return document, nil }
			_, err := p.open(t).Create(t.Context(), w)
			var invalid *InvalidWriteError
			if !errors.As(err, &invalid) {
				t.Errorf("%q: got %v, want an *InvalidWriteError", document, err)
			}
		}
	})
}

func TestCompilePanicEndsTheTransaction(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"))
		before := fingerprint(t, p)
		func() {
			defer func() { equal(t, any("broken"), recover()) }()
			w := profile(login, "p")
			w.Compile = func(func(Ref) (Object, error)) (string, error) { panic("broken") }
			_, err := s.Create(t.Context(), w)
			t.Errorf("the panic was lost: %v", err)
		}()
		equal(t, before, fingerprint(t, p))
		create(t, s, plain(europe, "three"))
	})
}

func TestCompileSeesOnlyWhatTheProfileRefersTo(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), plain(signIn, "two"))
		w := profile(login, "p", acme, signIn)
		w.References = []Ref{acme}
		_, err := s.Create(t.Context(), w)
		var invalid *InvalidWriteError
		if !errors.As(err, &invalid) {
			t.Fatalf("got %v, want an *InvalidWriteError", err)
		}
		mentions(t, err, `message template "sign-in"`)
	})
}

func TestCompileMayReadTheStore(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"))
		w := profile(login, "p", acme)
		w.Compile = func(func(Ref) (Object, error)) (string, error) {
			object, err := s.Get(t.Context(), acme)
			return string(object.Spec), err
		}
		equal(t, `{"text":"one"}`, create(t, s, w).Document)
	})
}

// A cascade would let one workspace rewrite another's documents.
func TestWritingABrandTouchesNoOtherObject(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), plain(signIn, "two"), profile(login, "p", acme, signIn))
		template, made := get(t, s, signIn), get(t, s, login)
		update(t, s, plain(acme, "three"), 1)
		equal(t, template, get(t, s, signIn))
		equal(t, made, get(t, s, login))
		equal(t, []string{"create 0>1"}, actions(t, s, login))
	})
}

func TestProfileUpdate(t *testing.T) {
	tests := map[string]struct {
		before   func(t *testing.T, s *Store)
		write    Write
		revision int64
	}{
		"that changes nothing keeps the revision": {write: profile(login, "p", acme), revision: 1},
		"of the spec makes the next revision":     {write: profile(login, "q", acme), revision: 2},
		"of the references makes the next":        {write: profile(login, "p", acme, europe), revision: 2},
		"after its brand changed makes the next": {
			before:   func(t *testing.T, s *Store) { update(t, s, plain(acme, "changed"), 1) },
			write:    profile(login, "p", acme),
			revision: 2,
		},
		"with another document from the same parts makes the next": {
			write: Write{
				Ref: login, Spec: spec("p"), References: []Ref{acme},
				Compile: func(func(Ref) (Object, error)) (string, error) { return "compiled by a newer release", nil },
			},
			revision: 2,
		},
		// The document says the same, but what it was made from does not.
		"with the same document from changed parts makes the next": {
			before: func(t *testing.T, s *Store) { update(t, s, plain(acme, "changed"), 1) },
			write: Write{
				Ref: login, Spec: spec("p"), References: []Ref{acme},
				Compile: func(func(Ref) (Object, error)) (string, error) { return "p\n" + `{"text":"one"}`, nil },
			},
			revision: 2,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, p place) {
				s := p.open(t)
				create(t, s, plain(acme, "one"), plain(europe, "three"))
				old := create(t, s, profile(login, "p", acme))
				if test.before != nil {
					test.before(t, s)
				}
				updated := update(t, s, test.write, 1)
				equal(t, test.revision, updated.Revision)
				equal(t, updated, get(t, s, login))
				equal(t, test.revision == 1, updated.UpdatedAt.Equal(old.UpdatedAt))
			})
		})
	}
}

func TestAdoptedProfileIsMadeAnew(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"))
		first := create(t, s, profile(login, "p", acme))
		same, err := s.Create(t.Context(), adopting(profile(login, "p", acme)))
		must(t, err)
		equal(t, true, same.Adopted)
		equal(t, first, same.Object)

		update(t, s, plain(acme, "changed"), 1)
		result, err := s.Create(t.Context(), adopting(profile(login, "p", acme)))
		must(t, err)
		equal(t, true, result.Adopted)
		equal(t, Object{
			Kind: Profile, Name: "login", Spec: spec("p"), Revision: 2, Document: "p\n" + `{"text":"changed"}`,
			MadeFrom:  []MadeFrom{{Ref: acme, Revision: 2}},
			UpdatedAt: epoch.Add(5 * time.Second), UpdatedBy: "ann@laptop",
		}, result.Object)
		equal(t, result.Object, get(t, s, login))
		equal(t, []string{"create 0>1", "adopt 1>1", "adopt 1>2"}, actions(t, s, login))
	})
}
