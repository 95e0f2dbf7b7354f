package provider_test

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

// outcome is what a run has come to.
type outcome struct {
	t        *testing.T
	errors   string
	warnings string
	planned  map[string]any // nil: nothing to do
	replaces bool
}

func (o *outcome) note(diagnostics []*tfprotov6.Diagnostic) {
	for _, d := range diagnostics {
		text := d.Summary + ": " + d.Detail + "\n"
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			o.errors += text
		} else {
			o.warnings += text
		}
	}
}

// fine fails the test where there was an error.
func (o *outcome) fine() *outcome {
	o.t.Helper()
	if o.errors != "" {
		o.t.Errorf("failed: %s", o.errors)
	}
	return o
}

// failed fails the test where there was no error that says all of this.
func (o *outcome) failed(want ...string) *outcome {
	o.t.Helper()
	for _, sentence := range want {
		if !strings.Contains(o.errors, sentence) {
			o.t.Errorf("the errors do not say %q: %s", sentence, o.errors)
		}
	}
	return o
}

// warned fails the test where there was no warning that says this.
func (o *outcome) warned(want string) *outcome {
	o.t.Helper()
	if !regexp.MustCompile(want).MatchString(o.warnings) {
		o.t.Errorf("the warnings do not say %q: %s", want, o.warnings)
	}
	return o
}

// refresh reads what is in the state.
func (l *linking) refresh(w *walk, o *outcome) bool {
	l.t.Helper()
	if l.state == nil {
		return true
	}
	read, err := w.ReadResource(l.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: accountType, CurrentState: l.state.state, Private: l.state.private, CurrentIdentity: l.state.identity,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	if o.note(read.Diagnostics); o.errors != "" {
		return false
	}
	l.state = w.keep(read.NewState, read.Private, read.NewIdentity)
	return true
}

// keep is a state as it is kept: none where there is no object.
func (w *walk) keep(state *tfprotov6.DynamicValue, private []byte, identity *tfprotov6.ResourceIdentityData) *tracked {
	if w.account(state) == nil {
		return nil
	}
	return &tracked{state, private, identity}
}

// plan plans a configuration over what is in the state; nil: to destroy it.
func (l *linking) plan(w *walk, config map[string]any, o *outcome) (*tfprotov6.PlanResourceChangeResponse, bool) {
	l.t.Helper()
	none := w.dynamic(w.object(w.accountType(), nil))
	request := &tfprotov6.PlanResourceChangeRequest{TypeName: accountType, PriorState: none, ProposedNewState: none, Config: none}
	proposed := map[string]any{}
	maps.Copy(proposed, config)
	if l.state != nil {
		request.PriorState, request.PriorPrivate, request.PriorIdentity = l.state.state, l.state.private, l.state.identity
		for name, value := range w.account(l.state.state) {
			if name == "id" || name == "status" || name == "created_at" {
				proposed[name] = value
			}
		}
	}
	if config != nil {
		request.Config = w.dynamic(w.object(w.accountType(), config))
		request.ProposedNewState = w.dynamic(w.object(w.accountType(), proposed))
		valid, err := w.ValidateResourceConfig(l.t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: accountType, Config: request.Config})
		if err != nil {
			l.t.Fatal(err)
		}
		if o.note(valid.Diagnostics); o.errors != "" {
			return nil, false
		}
	}
	planned, err := w.PlanResourceChange(l.t.Context(), request)
	if err != nil {
		l.t.Fatal(err)
	}
	o.note(planned.Diagnostics)
	o.replaces = len(planned.RequiresReplace) > 0
	before, after := w.account(request.PriorState), w.account(planned.PlannedState)
	if !reflect.DeepEqual(before, after) {
		o.planned = after
	}
	return planned, o.errors == ""
}

// plans refreshes and plans.
func (l *linking) plans(config map[string]any) *outcome {
	l.t.Helper()
	o, w := &outcome{t: l.t}, l.walk()
	if l.refresh(w, o) {
		l.plan(w, config, o)
	}
	return o
}

// apply refreshes, plans, and applies where there is something to do; a nil
// configuration destroys.
func (l *linking) apply(ctx context.Context, config map[string]any) *outcome {
	l.t.Helper()
	o, w := &outcome{t: l.t}, l.walk()
	if !l.refresh(w, o) || config == nil && l.state == nil {
		return o
	}
	planned, ok := l.plan(w, config, o)
	if !ok || o.planned == nil && config != nil {
		return o
	}
	if o.replaces {
		l.t.Fatal("what is replaced is tested with a real Terraform")
	}
	request := &tfprotov6.ApplyResourceChangeRequest{
		TypeName: accountType, PlannedState: planned.PlannedState, PlannedPrivate: planned.PlannedPrivate,
		PriorState: w.dynamic(w.object(w.accountType(), nil)), Config: w.dynamic(w.object(w.accountType(), any(nil))),
	}
	if config != nil {
		request.Config = w.dynamic(w.object(w.accountType(), config))
	}
	if l.state != nil {
		request.PriorState, request.PlannedIdentity = l.state.state, l.state.identity
	}
	applied, err := l.walk().ApplyResourceChange(ctx, request) // another walk, as in an apply
	if err != nil {
		l.t.Fatal(err)
	}
	o.note(applied.Diagnostics)
	l.hidden("errors", o.errors+o.warnings)
	before := l.state
	l.state = w.keep(applied.NewState, applied.Private, applied.NewIdentity)
	if l.state == nil && before != nil && o.errors != "" && config != nil {
		l.state = before // as Terraform does
	}
	if l.state != nil {
		l.hidden("state", string(l.state.state.MsgPack)+string(l.state.state.JSON)+string(l.state.private))
		l.consistent(w, o, planned.PlannedState)
	}
	return o
}

// consistent is Terraform's own check: what was planned has become so.
func (l *linking) consistent(w *walk, o *outcome, planned *tfprotov6.DynamicValue) {
	l.t.Helper()
	if o.errors != "" {
		return
	}
	got := w.account(l.state.state)
	for name, want := range w.account(planned) {
		if want != "?" && !reflect.DeepEqual(got[name], want) {
			l.t.Errorf("%s was planned to be %v and is %v", name, want, got[name])
		}
	}
}

// settled fails the test where there is still something to do.
func (l *linking) settled(config map[string]any) {
	l.t.Helper()
	if o := l.plans(config).fine(); o.planned != nil || l.state == nil {
		l.t.Errorf("the second plan is not empty: %v", o.planned)
	}
}

// attributes are what is in the state; nil: nothing.
func (l *linking) attributes() map[string]any {
	l.t.Helper()
	if l.state == nil {
		return nil
	}
	return l.walk().account(l.state.state)
}

// account is a configuration: a phone, and names and values in turn.
func (l *linking) account(phone string, more ...any) map[string]any {
	config := map[string]any{"phone": phone, "qr_file": l.qrFile}
	for i := 0; i < len(more); i += 2 {
		config[more[i].(string)] = more[i+1]
	}
	return config
}
