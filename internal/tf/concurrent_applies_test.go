package tf_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// workspaces is how many apply at the same time.
const workspaces = 40

// conflicts are the titles under which an apply may fail because of another
// one. No other is right.
var conflicts = []string{
	"Object exists already",
	"Object was changed by somebody else",
	"Object is not in the catalog",
	"Object was deleted",
	"Referenced object does not exist",
}

func TestFortyWorkspacesThatApplyAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fresh func(*testing.T) *providertest.World
		turns int // How often each applies. In a file only one writes at a time.
	}{"sqlite": {providertest.NewWorld, 6}, "postgres": {providertest.NewPostgresWorld, 16}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, told := test.fresh(t), &ledger{written: map[written]int{}, deleted: map[written]int{}, refused: map[string]int{}}
			begin := make(chan struct{})
			var wait sync.WaitGroup
			for i := range workspaces {
				one := &colleague{Server: w.Serve(), number: i, random: rand.New(rand.NewPCG(5, uint64(i))), ledger: told, states: map[catalog.Ref]*providertest.Tracked{}}
				wait.Go(func() {
					<-begin
					for turn := range test.turns {
						one.turn(1 + i*test.turns + turn)
					}
				})
			}
			close(begin)
			wait.Wait()
			if told.refused["Object exists already"] == 0 || told.refused["Object was changed by somebody else"] == 0 {
				t.Errorf("nobody met anybody: %v", told.refused)
			}
			t.Logf("%d writes, %d deletions, refused: %v", total(told.written), total(told.deleted), told.refused)
			balances(w, told)
		})
	}
}

func total[K comparable](counts map[K]int) int {
	all := 0
	for _, count := range counts {
		all += count
	}
	return all
}

// written is what a workspace was told to have written, or deleted.
type written struct {
	ref      catalog.Ref
	action   catalog.Action // A revival is told as a create.
	from, to int64          // Revisions; a workspace that creates knows none before.
	spec     string
}

// ledger is what all workspaces were told.
type ledger struct {
	mutex            sync.Mutex
	written, deleted map[written]int
	refused          map[string]int
}

func (l *ledger) note(counts map[written]int, entry written) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	counts[entry]++
}

// colleague is one workspace with its own provider and state.
//
// The even ones manage the nouns of one half and profiles that refer to the
// other half; the odd ones the other way round. So each provider's own plan has
// an order, and everybody meets everybody else.
type colleague struct {
	*providertest.Server
	number int
	random *rand.Rand
	ledger *ledger
	states map[catalog.Ref]*providertest.Tracked
}

// turn does to one object what comes to mind: create or import, update, delete,
// or delete and create again. No other turn has its number.
func (c *colleague) turn(number int) {
	mine, theirs := c.number%2, 1-c.number%2
	kinds := []catalog.Kind{catalog.Brand, catalog.Brand, catalog.MessageTemplate, catalog.SenderID, catalog.Profile, catalog.Profile}
	ref := catalog.Ref{Kind: kinds[c.random.IntN(len(kinds))], Name: fmt.Sprintf("half-%d-%d", mine, c.random.IntN(2))}
	config := c.config(ref, theirs, number)
	if c.states[ref] != nil && c.random.IntN(2) == 0 { // Else the state is from the last turn.
		state, diagnostics := c.Refresh(ref.Kind.ResourceType(), c.states[ref])
		c.judge(ref, diagnostics)
		c.states[ref] = state
	}
	switch {
	case c.states[ref] == nil && c.random.IntN(3) > 0:
		state, diagnostics := c.Imports(ref.Kind.ResourceType(), ref.Name)
		c.judge(ref, diagnostics)
		c.states[ref] = state
		c.change(ref, config)
	case c.states[ref] != nil && c.random.IntN(2) == 0:
		c.change(ref, nil)
		if c.random.IntN(2) == 0 {
			c.change(ref, config)
		}
	default:
		c.change(ref, config)
	}
}

// config is one that nobody else writes, except that some creates are alike.
func (c *colleague) config(ref catalog.Ref, theirs, number int) map[string]any {
	if c.states[ref] == nil && c.random.IntN(3) == 0 {
		number = 0
	}
	other := fmt.Sprintf("half-%d-%d", theirs, c.random.IntN(2))
	return map[catalog.Kind]map[string]any{
		catalog.Brand:           {"name": ref.Name, "display_name": fmt.Sprintf("Acme %d", number)},
		catalog.MessageTemplate: {"name": ref.Name, "text": fmt.Sprintf("{{brand}}: {{otp}} is number %d", number)},
		catalog.SenderID:        {"name": ref.Name, "octopush": map[string]any{"sender": fmt.Sprintf("ACME%d", number)}},
		catalog.Profile: {
			"name": ref.Name, "brand": other, "template": other, "allowed_countries": []any{"FR"},
			"validity_seconds": 300, "max_wrong_attempts": 3, "limits": map[string]any{"per_phone_day": 10 + number},
			"routes": []any{map[string]any{"vendor": "octopush", "channel": "sms", "sender_id": other}},
		},
	}[ref.Kind]
}

// change plans and applies; nil destroys.
func (c *colleague) change(ref catalog.Ref, config map[string]any) {
	typeName, before := ref.Kind.ResourceType(), c.states[ref]
	if before == nil && config == nil {
		return
	}
	request, diagnostics := c.Plan(typeName, before, config)
	if c.judge(ref, diagnostics) || request == nil {
		return
	}
	after, diagnostics := c.Apply(request)
	if c.judge(ref, diagnostics) {
		if (before == nil) != (after == nil) || before != nil && !maps.EqualFunc(c.Members(typeName, before.State), c.Members(typeName, after.State), tftypes.Value.Equal) {
			c.T.Errorf("a failed apply changed the state of the %s", ref)
		}
		return
	}
	c.states[ref] = after
	entry := written{ref: ref, action: catalog.ActionUpdate}
	switch {
	case config == nil:
		entry.action, entry.from = catalog.ActionDelete, c.Kept(before).Revision
		c.ledger.note(c.ledger.deleted, entry)
		return
	case before == nil:
		entry.action = catalog.ActionCreate
	default:
		entry.from = c.Kept(before).Revision
	}
	entry.to, entry.spec = c.Kept(after).Revision, plainJSON(c.T, config)
	c.ledger.note(c.ledger.written, entry)
}

// judge notes why something was refused, and accepts no reason but another
// workspace.
func (c *colleague) judge(ref catalog.Ref, diagnostics []*tfprotov6.Diagnostic) (failed bool) {
	titles := providertest.Failures(diagnostics)
	for _, title := range titles {
		if !slices.Contains(conflicts, title) {
			c.T.Errorf("workspace %d failed with the %s for no good reason: %v", c.number, ref, providertest.Texts(diagnostics))
		}
		c.ledger.mutex.Lock()
		c.ledger.refused[title]++
		c.ledger.mutex.Unlock()
	}
	return len(titles) > 0
}

// plainJSON is JSON with its keys in order.
func plainJSON(t *testing.T, value any) string {
	t.Helper()
	if raw, ok := value.(json.RawMessage); ok {
		value = nil
		if err := json.Unmarshal(raw, &value); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// balances fails the test unless the catalog and its whole history are what the
// workspaces were told.
func balances(w *providertest.World, told *ledger) {
	w.T.Helper()
	export, err := w.Store.Export(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	last, newest, specs := map[catalog.Ref]catalog.ExportedEvent{}, map[catalog.Ref]int64{}, map[catalog.MadeFrom]string{}
	for i, event := range export.History {
		ref, spec := event.Ref, plainJSON(w.T, json.RawMessage(event.Spec))
		if event.Sequence != int64(i+1) || event.OldRevision != last[ref].NewRevision {
			w.T.Errorf("event %d, %s, has the number %d and starts from revision %d after revision %d",
				i+1, ref, event.Sequence, event.OldRevision, last[ref].NewRevision)
		}
		if next := event.NewRevision; next > newest[ref]+1 || event.Action == catalog.ActionUpdate && next != newest[ref]+1 {
			w.T.Errorf("event %d, %s of the %s, made revision %d after %d", i+1, event.Action, ref, next, newest[ref])
		}
		newest[ref] = max(newest[ref], event.NewRevision)
		specs[catalog.MadeFrom{Ref: ref, Revision: max(event.OldRevision, event.NewRevision)}] = spec
		switch event.Action {
		case catalog.ActionCreate, catalog.ActionRevive:
			told.written[written{ref: ref, action: catalog.ActionCreate, to: event.NewRevision, spec: spec}]--
		case catalog.ActionAdopt:
			w.T.Errorf("event %d took over the %s, though nobody asked for it", event.Sequence, ref)
		case catalog.ActionUpdate:
			told.written[written{ref, event.Action, event.OldRevision, event.NewRevision, spec}]--
		case catalog.ActionDelete, catalog.ActionRetire:
			told.deleted[written{ref: ref, action: catalog.ActionDelete, from: event.OldRevision}]--
		}
		if event.NewRevision != 0 {
			madeOf(w, event, last, specs)
		}
		last[ref] = event
	}
	for entry, count := range told.written {
		if count != 0 {
			w.T.Errorf("the workspaces were told %d times more than the history of: %+v", count, entry)
		}
	}
	for entry, count := range told.deleted {
		if count < 0 { // Who deletes what is gone, or retired, is told the same.
			w.T.Errorf("nobody was told of a deletion: %+v", entry)
		}
	}
	for _, object := range export.Objects {
		if event := last[object.Ref]; event.NewRevision != object.Revision || event.Spec != object.Spec || event.Document != object.Document {
			w.T.Errorf("the %s is not what was written last", object.Ref)
		}
		delete(last, object.Ref)
	}
	for ref, event := range last {
		if event.NewRevision != 0 {
			w.T.Errorf("the %s is lost; its last event is %s", ref, event.Action)
		}
	}
	report, err := w.Store.Check(w.T.Context(), nil)
	if err != nil || !report.Sound() {
		w.T.Errorf("references lead nowhere: %v (%v)", report.Dangling, err)
	}
}

// madeOf fails the test unless a document was made of what was there.
func madeOf(w *providertest.World, event catalog.ExportedEvent, last map[catalog.Ref]catalog.ExportedEvent, specs map[catalog.MadeFrom]string) {
	w.T.Helper()
	for _, from := range event.MadeFrom {
		var spec struct {
			DisplayName string `json:"display_name"`
			Octopush    struct{ Sender string }
			Text        string
		}
		if err := json.Unmarshal([]byte(specs[from]), &spec); err != nil {
			w.T.Fatal(err)
		}
		_, number, _ := strings.Cut(spec.Text, "{{otp}} ")
		if last[from.Ref].NewRevision != from.Revision || !strings.Contains(event.Document, spec.DisplayName+spec.Octopush.Sender+number) {
			w.T.Errorf("event %d made a document of revision %d of the %s, which had revision %d: %s",
				event.Sequence, from.Revision, from.Ref, last[from.Ref].NewRevision, event.Document)
		}
	}
}
