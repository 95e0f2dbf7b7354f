package providertest

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// LinkAction is the action that links a WhatsApp account.
const LinkAction = "otp_whatsapp_link"

// Invocation is an action that was invoked.
type Invocation struct {
	*Outcome
	Progress []string
}

// Actions is what Terraform from 1.14 asks of a provider; a test may find an
// older one, so that it asks by itself.
func (s *Server) Actions() tfprotov6.ActionServer {
	s.T.Helper()
	actions, ok := s.ProviderServer.(tfprotov6.ActionServer)
	if !ok {
		s.T.Fatal("the provider has no actions")
	}
	return actions
}

// Configuring is a configuration of an action.
func (s *Server) Configuring(action string, data any) tftypes.Value {
	s.T.Helper()
	schema := s.Schema.ActionSchemas[action]
	if schema == nil {
		s.T.Fatalf("the provider has no action %s", action)
	}
	return s.Object(schema.Schema.ValueType(), data)
}

// PlanAction validates and plans an action.
func (s *Server) PlanAction(action string, config tftypes.Value, o *Outcome) {
	s.T.Helper()
	valid, err := s.Actions().ValidateActionConfig(s.T.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: action, Config: s.Dynamic(config)})
	if err != nil {
		s.T.Fatal(err)
	}
	if o.Note(valid.Diagnostics); o.Errors != "" {
		return
	}
	planned, err := s.Actions().PlanAction(s.T.Context(), &tfprotov6.PlanActionRequest{ActionType: action, Config: s.Dynamic(config)})
	if err != nil {
		s.T.Fatal(err)
	}
	o.Note(planned.Diagnostics)
}

// InvokeAction validates, plans and invokes an action; see is called with what
// it tells, and may be nil.
func (s *Server) InvokeAction(ctx context.Context, action string, config tftypes.Value, see func(string)) *Invocation {
	s.T.Helper()
	i := &Invocation{Outcome: &Outcome{T: s.T}}
	if s.PlanAction(action, config, i.Outcome); i.Errors != "" {
		return i
	}
	stream, err := s.Actions().InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: action, Config: s.Dynamic(config)})
	if err != nil {
		s.T.Fatal(err)
	}
	ended := false
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			i.Progress = append(i.Progress, event.Message)
			if see != nil {
				see(event.Message)
			}
		case tfprotov6.CompletedInvokeActionEventType:
			ended = true
			i.Note(event.Diagnostics)
		}
	}
	if !ended {
		s.T.Error("Terraform was not told that the action has ended")
	}
	return i
}

// Invoke invokes the action in a walk of its own.
func (l *Linking) Invoke(ctx context.Context, config map[string]any) *Invocation {
	l.t.Helper()
	return l.InvokeIn(ctx, l.Walk(), config)
}

// InvokeIn is Invoke in a walk that is there already.
func (l *Linking) InvokeIn(ctx context.Context, w *Walk, config map[string]any) *Invocation {
	l.t.Helper()
	var before []string // while the codes are there to be compared with
	for _, link := range androidapi.At(l.Vendor).WhatsAppLinks() {
		before = append(before, link.QR)
	}
	i := w.InvokeAction(ctx, LinkAction, w.Configuring(LinkAction, config), nil)
	told := strings.Join(i.Progress, "\n") + i.Errors + i.Warnings
	l.Hidden("output", told)
	for _, secret := range append(before, SupportLine[1:], StrayPhone[1:], SeededPhone[1:]) {
		if strings.Contains(told, secret) {
			l.t.Errorf("%q is in the output: %s", secret, told)
		}
	}
	return i
}

// Told fails the test where the action has not said this.
func (i *Invocation) Told(want string) *Invocation {
	i.T.Helper()
	if all := strings.Join(i.Progress, "\n"); !strings.Contains(all, want) {
		i.T.Errorf("the action did not tell %q: %s", want, all)
	}
	return i
}

// Codes are what a phone reads off the output.
func (i *Invocation) Codes(background qrtest.Background) []string {
	return qrtest.Read(strings.Join(i.Progress, "\n"), background)
}

// LinkConfig is a configuration of the action: a phone, and names and values in turn.
func (l *Linking) LinkConfig(phone string, more ...any) map[string]any {
	config := map[string]any{"phone": phone}
	for i := 0; i < len(more); i += 2 {
		config[more[i].(string)] = more[i+1]
	}
	return config
}
