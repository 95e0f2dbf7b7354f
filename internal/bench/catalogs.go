package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// helper lets the servers of tests serve here. What it lacks they do not use.
type helper struct{ testing.TB }

func (helper) Helper() {}

func (helper) Skipf(format string, args ...any) { panic(left{fmt.Sprintf(format, args...)}) }

func (helper) Fatalf(format string, args ...any) { panic(fmt.Errorf(format, args...)) }

func (helper) Fatal(args ...any) { panic(errors.New(fmt.Sprint(args...))) }

func (helper) Error(args ...any) { panic(errors.New(fmt.Sprint(args...))) }

// postgres does something with the server of this process.
func postgres(do func(s *pgtest.Server, t testing.TB)) (err error) {
	defer func() {
		if failure := recover(); failure != nil {
			var ok bool
			if err, ok = failure.(error); !ok {
				panic(failure)
			}
		}
	}()
	do(pgtest.Shared(helper{}), helper{})
	return nil
}

// places give catalogs of one kind: empty ones, or copies of one that was filled.
type places struct {
	empty func() (url string, err error)
	copy  func(of string) func() (url string, err error)
}

func (w *world) sqlite() places {
	path := func() string {
		w.made++
		return filepath.Join(w.folder, fmt.Sprintf("catalog-%d.db", w.made))
	}
	return places{
		empty: func() (string, error) { return "sqlite:" + path(), nil },
		copy: func(of string) func() (string, error) {
			return func() (string, error) {
				content, err := os.ReadFile(of[len("sqlite:"):])
				if err != nil {
					return "", err
				}
				to := path()
				return "sqlite:" + to, os.WriteFile(to, content, 0o600)
			}
		},
	}
}

func (w *world) postgres() places {
	create := func(more string) (url string, err error) {
		err = postgres(func(s *pgtest.Server, t testing.TB) {
			w.made++
			name := fmt.Sprintf("bench_%d_%d", os.Getpid(), time.Now().UnixNano())
			s.Run(t, pgtest.Administrator, "postgres", "CREATE DATABASE "+name+more)
			url = s.URL(pgtest.Administrator, name)
		})
		return url, err
	}
	return places{
		empty: func() (string, error) { return create("") },
		copy: func(of string) func() (string, error) {
			return func() (url string, err error) {
				var name string
				if _, err := fmt.Sscanf(of, "postgres://"+pgtest.Administrator+"@/%s", &name); err != nil {
					return "", err
				}
				for i := range name {
					if name[i] == '?' {
						name = name[:i]
						break
					}
				}
				return create(" TEMPLATE " + name)
			}
		},
	}
}

// filled is a catalog of so many objects of somebody else: brands, and profiles
// that refer to them and have a document.
func filled(place func() (string, error), objects int) (url string, err error) {
	if url, err = place(); err != nil {
		return "", err
	}
	s, err := catalog.Open(url, catalog.WithActor("bench"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	at := time.Now().UTC().Truncate(time.Second)
	e := &catalog.Export{Format: 1, CatalogID: "measuredcatalog", CreatedAt: at}
	for i := range objects {
		ref := catalog.Ref{Kind: catalog.Brand, Name: fmt.Sprintf("other-%05d", i/2)}
		object := catalog.ExportedObject{Spec: fmt.Sprintf(`{"name":%q,"display_name":"Other"}`, ref.Name)}
		if i%2 == 1 {
			object.MadeFrom = []catalog.MadeFrom{{Ref: ref, Revision: 1}}
			ref.Kind, object.Document = catalog.Profile, `{"schema_version":1}`
		}
		object.Ref, object.Revision, object.Claim, object.UpdatedAt, object.UpdatedBy = ref, 1, "claim", at, "bench"
		e.Objects = append(e.Objects, object)
		e.History = append(e.History, catalog.ExportedEvent{
			Sequence: int64(i + 1), Ref: ref, At: at, Actor: "bench", Action: catalog.ActionCreate, NewRevision: 1,
			Spec: object.Spec, Document: object.Document, MadeFrom: object.MadeFrom,
		})
	}
	return url, s.Import(context.Background(), e)
}
