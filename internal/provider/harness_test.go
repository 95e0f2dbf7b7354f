package provider_test

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

// factories serve the provider in the test's own process.
var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"otp": providerserver.NewProtocol6WithError(provider.New("test")()),
}

// world is one catalog with its provider block.
type world struct {
	t     *testing.T
	url   string
	store *catalog.Store // as another workspace would use it
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return worldAt(t, "sqlite:"+filepath.Join(t.TempDir(), "catalog.db"))
}

func worldAt(t *testing.T, url string) *world {
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
	return &world{t: t, url: url, store: store}
}

// config is a configuration that uses the world's catalog.
func (w *world) config(body string) string {
	return fmt.Sprintf("provider \"otp\" {\n  catalog = { url = %q }\n}\n\n%s", w.url, body)
}

// run runs steps; after each of them Terraform's second plan must be empty.
func (w *world) run(steps ...resource.TestStep) {
	w.t.Helper()
	for i := range steps {
		if steps[i].Config != "" {
			steps[i].Config = w.config(steps[i].Config)
		}
	}
	resource.UnitTest(w.t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps:                    steps,
	})
}

func (w *world) get(kind catalog.Kind, name string) catalog.Object {
	w.t.Helper()
	object, err := w.store.Get(context.Background(), catalog.Ref{Kind: kind, Name: name})
	if err != nil {
		w.t.Fatal(err)
	}
	return object
}

// edit changes an object as another workspace would.
func (w *world) edit(kind catalog.Kind, name string, change func(spec map[string]any)) {
	w.t.Helper()
	object := w.get(kind, name)
	var spec map[string]any
	if err := json.Unmarshal(object.Spec, &spec); err != nil {
		w.t.Fatal(err)
	}
	change(spec)
	raw, err := json.Marshal(spec)
	if err != nil {
		w.t.Fatal(err)
	}
	write := catalog.Write{Ref: object.Ref(), Spec: raw}
	if kind == catalog.Profile {
		for _, from := range object.MadeFrom {
			write.References = append(write.References, from.Ref)
		}
		write.Compile = func(func(catalog.Ref) (catalog.Object, error)) (string, error) { return object.Document, nil }
	}
	if _, err := w.store.Update(context.Background(), write, object.Revision); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) remove(kind catalog.Kind, name string) {
	w.t.Helper()
	object := w.get(kind, name)
	if _, err := w.store.Delete(context.Background(), object.Ref(), catalog.Expectation{Revision: object.Revision}); err != nil {
		w.t.Fatal(err)
	}
}

// document is the profile's document as an application reads it.
func (w *world) document(name string) map[string]any {
	w.t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(w.get(catalog.Profile, name).Document), &document); err != nil {
		w.t.Fatal(err)
	}
	return document
}

// upToDate is what the view for applications says of a profile's document.
func (w *world) upToDate(name string) bool {
	w.t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(w.url, "sqlite:"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			w.t.Error(err)
		}
	}()
	var current bool
	if err := db.QueryRow("SELECT up_to_date FROM otp_profile_documents WHERE name = ?", name).Scan(&current); err != nil {
		w.t.Fatal(err)
	}
	return current
}
