package providertest

import (
	"context"
	"maps"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// What a Terraform of any version does with a resource, spoken to the provider
// directly: that takes milliseconds and can be cancelled.

// Outcome is what a run has come to.
type Outcome struct {
	T        *testing.T
	Errors   string
	Warnings string
	Planned  map[string]any // nil: nothing to do
	Replaces bool
}

// Note adds diagnostics.
func (o *Outcome) Note(diagnostics []*tfprotov6.Diagnostic) {
	for _, d := range diagnostics {
		text := d.Summary + ": " + d.Detail + "\n"
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			o.Errors += text
		} else {
			o.Warnings += text
		}
	}
}

// Fine fails the test where there was an error.
func (o *Outcome) Fine() *Outcome {
	o.T.Helper()
	if o.Errors != "" {
		o.T.Errorf("failed: %s", o.Errors)
	}
	return o
}

// Failed fails the test where there was no error that says all of this.
func (o *Outcome) Failed(want ...string) *Outcome {
	o.T.Helper()
	for _, sentence := range want {
		if !strings.Contains(o.Errors, sentence) {
			o.T.Errorf("the errors do not say %q: %s", sentence, o.Errors)
		}
	}
	return o
}

// Warned fails the test where there was no warning that says this.
func (o *Outcome) Warned(want string) *Outcome {
	o.T.Helper()
	if !regexp.MustCompile(want).MatchString(o.Warnings) {
		o.T.Errorf("the warnings do not say %q: %s", want, o.Warnings)
	}
	return o
}

// Refresh reads what is in the state.
func (l *Linking) Refresh(w *Walk, o *Outcome) bool {
	l.t.Helper()
	if l.State == nil {
		return true
	}
	read, err := w.ReadResource(l.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: AccountType, CurrentState: l.State.State, Private: l.State.Private, CurrentIdentity: l.State.Identity,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	if o.Note(read.Diagnostics); o.Errors != "" {
		return false
	}
	l.State = w.keep(read.NewState, read.Private, read.NewIdentity)
	return true
}

// keep is a state as it is kept: none where there is no object.
func (w *Walk) keep(state *tfprotov6.DynamicValue, private []byte, identity *tfprotov6.ResourceIdentityData) *Tracked {
	if w.Account(state) == nil {
		return nil
	}
	return &Tracked{state, private, identity}
}

// Plan plans a configuration over what is in the state; nil: to destroy it.
func (l *Linking) Plan(w *Walk, config map[string]any, o *Outcome) (*tfprotov6.PlanResourceChangeResponse, bool) {
	l.t.Helper()
	none := w.Dynamic(w.Object(w.AccountType(), nil))
	request := &tfprotov6.PlanResourceChangeRequest{TypeName: AccountType, PriorState: none, ProposedNewState: none, Config: none}
	proposed := map[string]any{}
	maps.Copy(proposed, config)
	if l.State != nil {
		request.PriorState, request.PriorPrivate, request.PriorIdentity = l.State.State, l.State.Private, l.State.Identity
		for name, value := range w.Account(l.State.State) {
			if name == "id" || name == "status" || name == "created_at" {
				proposed[name] = value
			}
		}
	}
	if config != nil {
		request.Config = w.Dynamic(w.Object(w.AccountType(), config))
		request.ProposedNewState = w.Dynamic(w.Object(w.AccountType(), proposed))
		valid, err := w.ValidateResourceConfig(l.t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: AccountType, Config: request.Config})
		if err != nil {
			l.t.Fatal(err)
		}
		if o.Note(valid.Diagnostics); o.Errors != "" {
			return nil, false
		}
	}
	planned, err := w.PlanResourceChange(l.t.Context(), request)
	if err != nil {
		l.t.Fatal(err)
	}
	o.Note(planned.Diagnostics)
	o.Replaces = len(planned.RequiresReplace) > 0
	before, after := w.Account(request.PriorState), w.Account(planned.PlannedState)
	if !reflect.DeepEqual(before, after) {
		o.Planned = after
	}
	return planned, o.Errors == ""
}

// Plans refreshes and plans.
func (l *Linking) Plans(config map[string]any) *Outcome {
	l.t.Helper()
	o, w := &Outcome{T: l.t}, l.Walk()
	if l.Refresh(w, o) {
		l.Plan(w, config, o)
	}
	return o
}

// Apply refreshes, plans, and applies where there is something to do; a nil
// configuration destroys.
func (l *Linking) Apply(ctx context.Context, config map[string]any) *Outcome {
	l.t.Helper()
	o, w := &Outcome{T: l.t}, l.Walk()
	if !l.Refresh(w, o) || config == nil && l.State == nil {
		return o
	}
	planned, ok := l.Plan(w, config, o)
	if !ok || o.Planned == nil && config != nil {
		return o
	}
	if o.Replaces {
		l.t.Fatal("what is replaced is tested with a real Terraform")
	}
	request := &tfprotov6.ApplyResourceChangeRequest{
		TypeName: AccountType, PlannedState: planned.PlannedState, PlannedPrivate: planned.PlannedPrivate,
		PriorState: w.Dynamic(w.Object(w.AccountType(), nil)), Config: w.Dynamic(w.Object(w.AccountType(), any(nil))),
	}
	if config != nil {
		request.Config = w.Dynamic(w.Object(w.AccountType(), config))
	}
	if l.State != nil {
		request.PriorState, request.PlannedIdentity = l.State.State, l.State.Identity
	}
	applied, err := l.Walk().ApplyResourceChange(ctx, request) // another walk, as in an apply
	if err != nil {
		l.t.Fatal(err)
	}
	o.Note(applied.Diagnostics)
	l.Hidden("errors", o.Errors+o.Warnings)
	before := l.State
	l.State = w.keep(applied.NewState, applied.Private, applied.NewIdentity)
	if l.State == nil && before != nil && o.Errors != "" && config != nil {
		l.State = before // as Terraform does
	}
	if l.State != nil {
		l.Hidden("state", string(l.State.State.MsgPack)+string(l.State.State.JSON)+string(l.State.Private))
		l.consistent(w, o, planned.PlannedState)
	}
	return o
}

// consistent is Terraform's own check: what was planned has become so.
func (l *Linking) consistent(w *Walk, o *Outcome, planned *tfprotov6.DynamicValue) {
	l.t.Helper()
	if o.Errors != "" {
		return
	}
	got := w.Account(l.State.State)
	for name, want := range w.Account(planned) {
		if want != "?" && !reflect.DeepEqual(got[name], want) {
			l.t.Errorf("%s was planned to be %v and is %v", name, want, got[name])
		}
	}
}

// Settled fails the test where there is still something to do.
func (l *Linking) Settled(config map[string]any) {
	l.t.Helper()
	if o := l.Plans(config).Fine(); o.Planned != nil || l.State == nil {
		l.t.Errorf("the second plan is not empty: %v", o.Planned)
	}
}

// Attributes are what is in the state; nil: nothing.
func (l *Linking) Attributes() map[string]any {
	l.t.Helper()
	if l.State == nil {
		return nil
	}
	return l.Walk().Account(l.State.State)
}

// Account is a configuration: a phone, and names and values in turn.
func (l *Linking) Account(phone string, more ...any) map[string]any {
	config := map[string]any{"phone": phone, "qr_file": l.QRFile}
	for i := 0; i < len(more); i += 2 {
		config[more[i].(string)] = more[i+1]
	}
	return config
}
