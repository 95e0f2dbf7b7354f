// Package providertest is the world in which the tests of the provider and of
// its nouns run: catalogs, workspaces with the real program, providers in the
// test's own process, and vendors, which are the sandbox. A package that uses a
// workspace has Main as its TestMain.
package providertest

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
)

// Factories serve the provider in the test's own process.
var Factories = map[string]func() (tfprotov6.ProviderServer, error){
	"otp": providerserver.NewProtocol6WithError(provider.New("test")()),
}

// World is one catalog with its provider block.
type World struct {
	T     *testing.T
	URL   string
	Store *catalog.Store // as another workspace would use it
}

// NewWorld is a world with a new SQLite catalog.
func NewWorld(t *testing.T) *World {
	t.Helper()
	return WorldAt(t, "sqlite:"+filepath.Join(t.TempDir(), "catalog.db"))
}

// WorldAt is a world with the catalog at this URL.
func WorldAt(t *testing.T, url string) *World {
	t.Helper()
	store, err := catalog.Open(url, catalog.WithActor("somebody@elsewhere"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return &World{T: t, URL: url, Store: store}
}

// config is a configuration that uses the world's catalog.
func (w *World) config(body string) string {
	return fmt.Sprintf("provider \"otp\" {\n  catalog = { url = %q }\n}\n\n%s", w.URL, body)
}

// Run runs steps; after each of them Terraform's second plan must be empty.
func (w *World) Run(steps ...resource.TestStep) {
	w.T.Helper()
	for i := range steps {
		if steps[i].Config != "" {
			steps[i].Config = w.config(steps[i].Config)
		}
	}
	resource.UnitTest(w.T, resource.TestCase{
		ProtoV6ProviderFactories: Factories,
		Steps:                    steps,
	})
}

// Get is an object of the catalog.
func (w *World) Get(kind catalog.Kind, name string) catalog.Object {
	w.T.Helper()
	object, err := w.Store.Get(context.Background(), catalog.Ref{Kind: kind, Name: name})
	if err != nil {
		w.T.Fatal(err)
	}
	return object
}

// Edit changes an object as another workspace would.
func (w *World) Edit(kind catalog.Kind, name string, change func(spec map[string]any)) {
	w.T.Helper()
	object := w.Get(kind, name)
	var spec map[string]any
	if err := json.Unmarshal(object.Spec, &spec); err != nil {
		w.T.Fatal(err)
	}
	change(spec)
	raw, err := json.Marshal(spec)
	if err != nil {
		w.T.Fatal(err)
	}
	write := catalog.Write{Ref: object.Ref(), Spec: raw}
	if kind == catalog.Profile {
		for _, from := range object.MadeFrom {
			write.References = append(write.References, from.Ref)
		}
		write.Compile = func(func(catalog.Ref) (catalog.Object, error)) (string, error) { return object.Document, nil }
	}
	if _, err := w.Store.Update(context.Background(), write, object.Revision); err != nil {
		w.T.Fatal(err)
	}
}

// Remove deletes an object as another workspace would.
func (w *World) Remove(kind catalog.Kind, name string) {
	w.T.Helper()
	object := w.Get(kind, name)
	if _, err := w.Store.Delete(context.Background(), object.Ref(), catalog.Expectation{Revision: object.Revision}); err != nil {
		w.T.Fatal(err)
	}
}

// Document is the profile's document as an application reads it.
func (w *World) Document(name string) map[string]any {
	w.T.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(w.Get(catalog.Profile, name).Document), &document); err != nil {
		w.T.Fatal(err)
	}
	return document
}

// UpToDate is what the view for applications says of a profile's document.
func (w *World) UpToDate(name string) bool {
	w.T.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(w.URL, "sqlite:"))
	if err != nil {
		w.T.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			w.T.Error(err)
		}
	}()
	var current bool
	if err := db.QueryRowContext(w.T.Context(), "SELECT up_to_date FROM otp_profile_documents WHERE name = ?", name).Scan(&current); err != nil {
		w.T.Fatal(err)
	}
	return current
}

// Set is an edit that sets one member of a spec.
func Set(key string, value any) func(map[string]any) {
	return func(spec map[string]any) { spec[key] = value }
}
