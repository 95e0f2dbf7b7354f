package tf_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

const (
	manyObjects = 1000
	// parallelism is Terraform's own default.
	parallelism = 10
	// distance is how long a packet takes to a catalog that is far away.
	distance = 20 * time.Millisecond
)

// object is one of the many.
type object struct {
	typeName string
	config   map[string]any
}

func (o object) name() string { return o.config["name"].(string) }

// manyOf are the objects of a large catalog, in the order of their references.
func manyOf() []object {
	var all []object
	for i := range manyObjects {
		n := i / 4
		name := fmt.Sprintf("object-%d", n)
		all = append(all, []object{
			{"otp_brand", map[string]any{"name": name, "display_name": fmt.Sprintf("Acme %d", n)}},
			{"otp_message_template", map[string]any{"name": name, "text": "{{brand}}: {{otp}}", "translations": map[string]any{"fr": "{{brand}} : {{otp}}"}}},
			{"otp_sender_id", map[string]any{"name": name, "octopush": map[string]any{"sender": fmt.Sprintf("ACME%d", n)}}},
			{"otp_profile", map[string]any{
				"name": name, "brand": name, "template": name, "allowed_countries": []any{"FR"}, "validity_seconds": 300, "max_wrong_attempts": 3,
				"routes": []any{map[string]any{"vendor": "octopush", "channel": "sms", "sender_id": name}},
			}},
		}[i%4])
	}
	return all
}

// counter notes the statements that a server gets.
type counter struct {
	mutex      sync.Mutex
	statements []string
}

func (c *counter) decide(statement string) pgtest.Fate {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.statements = append(c.statements, strings.Join(strings.Fields(statement), " "))
	return pgtest.Deliver
}

// take gives what has come since it was last asked.
func (c *counter) take() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	taken := c.statements
	c.statements = nil
	return taken
}

// atOnce does something to all objects, as many at a time as Terraform does.
func atOnce(objects []object, do func(i int, o object)) {
	var wait sync.WaitGroup
	free := make(chan struct{}, parallelism)
	for i, o := range objects {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			do(i, o)
		})
	}
	wait.Wait()
}

// fill applies a configuration of these objects, kind by kind as their
// references have it.
func fill(w *providertest.World, objects []object) {
	w.T.Helper()
	writer, requests := w.Serve(), make([]*tfprotov6.ApplyResourceChangeRequest, len(objects))
	kinds := []string{"otp_brand", "otp_message_template", "otp_sender_id", "otp_profile"}
	byKind := func(do func(i int, o object)) {
		for _, kind := range kinds {
			atOnce(objects, func(i int, o object) {
				if o.typeName == kind {
					do(i, o)
				}
			})
		}
	}
	byKind(func(i int, o object) {
		request, diagnostics := writer.Plan(o.typeName, nil, o.config)
		writer.None(diagnostics)
		requests[i] = request
	})
	byKind(func(i int, _ object) {
		_, diagnostics := writer.Apply(requests[i])
		writer.None(diagnostics)
	})
}

// Every object of a large catalog is read and planned with the same few queries,
// however far away the catalog is.
func TestAThousandObjectsAreReadAndPlannedInSevenQueries(t *testing.T) {
	t.Parallel()
	near := providertest.NewPostgresWorld(t)
	objects := manyOf()
	fill(near, objects)

	seen := &counter{}
	proxy := pgtest.Shared(t).Proxy(t)
	proxy.Decide, proxy.Delay = seen.decide, distance
	_, database, _ := strings.Cut(near.URL, "@/")
	database, _, _ = strings.Cut(database, "?")
	far := &providertest.World{T: t, URL: fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", pgtest.Administrator, proxy.Address(), database)}

	snapshot := []string{
		"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		"SELECT 1 WHERE to_regclass($1) IS NOT NULL",
		"SELECT COALESCE(MAX(version_id), 0) FROM otp_schema_version",
		"SELECT id FROM otp_catalog",
		"SELECT kind, name, spec, revision, document, claim, updated_at, updated_by, retired_at, retired_by FROM otp_object",
		"SELECT profile_name, kind, name, revision FROM otp_reference",
		"rollback",
	}
	expect := func(what string, since time.Time, want []string) {
		t.Helper()
		got := seen.take()
		t.Logf("%s: %d queries over %d connections, %s", what, len(got), proxy.Connections(), time.Since(since).Round(time.Millisecond))
		if !slices.Equal(got, want) {
			t.Errorf("%s: the queries are\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}

	reader := far.Serve()
	expect("configure", time.Now(), nil)
	states, start := make([]*providertest.Tracked, len(objects)), time.Now()
	atOnce(objects, func(i int, o object) {
		state, diagnostics := reader.Imports(o.typeName, o.name())
		reader.None(diagnostics)
		states[i] = state
	})
	expect("import of all", start, snapshot)

	// A plan is another run: it reads the state and plans.
	planner, start := far.Serve(), time.Now()
	atOnce(objects, func(i int, o object) {
		state, diagnostics := planner.Refresh(o.typeName, states[i])
		planner.None(diagnostics)
		states[i] = state
	})
	expect("refresh of all", start, snapshot)
	start = time.Now()
	atOnce(objects, func(i int, o object) {
		request, diagnostics := planner.Plan(o.typeName, states[i], o.config)
		planner.None(diagnostics)
		if request != nil {
			t.Errorf("there is something to do with the %s %s", o.typeName, o.name())
		}
	})
	expect("plan of all", start, nil)

	// The plan sees what somebody else has changed meanwhile, in one more read.
	near.Edit(catalog.Brand, "object-7", providertest.Set("display_name", "Somebody"))
	another, start := far.Serve(), time.Now()
	var changed []string
	for i, o := range objects {
		state, diagnostics := another.Refresh(o.typeName, states[i])
		another.None(diagnostics)
		if request, _ := another.Plan(o.typeName, state, o.config); request != nil {
			changed = append(changed, o.typeName+" "+o.name())
		}
	}
	expect("plan of all after a change", start, snapshot)
	if want := []string{"otp_brand object-7", "otp_profile object-7"}; !slices.Equal(changed, want) {
		t.Errorf("planned changes of %v, want %v", changed, want)
	}
}
