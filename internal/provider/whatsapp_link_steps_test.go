package provider_test

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
)

const linkAction = "otp_whatsapp_link"

// invocation is an action that was invoked.
type invocation struct {
	*outcome
	progress []string
}

// actions is what Terraform from 1.14 asks of a provider; a test may find an
// older one, so that it asks by itself.
func (s *server) actions() tfprotov6.ActionServer {
	s.t.Helper()
	actions, ok := s.ProviderServer.(tfprotov6.ActionServer)
	if !ok {
		s.t.Fatal("the provider has no actions")
	}
	return actions
}

// configuring is a configuration of an action.
func (s *server) configuring(action string, data any) tftypes.Value {
	s.t.Helper()
	schema := s.schema.ActionSchemas[action]
	if schema == nil {
		s.t.Fatalf("the provider has no action %s", action)
	}
	return s.object(schema.Schema.ValueType(), data)
}

// planAction validates and plans an action.
func (s *server) planAction(action string, config tftypes.Value, o *outcome) {
	s.t.Helper()
	valid, err := s.actions().ValidateActionConfig(s.t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: action, Config: s.dynamic(config)})
	if err != nil {
		s.t.Fatal(err)
	}
	if o.note(valid.Diagnostics); o.errors != "" {
		return
	}
	planned, err := s.actions().PlanAction(s.t.Context(), &tfprotov6.PlanActionRequest{ActionType: action, Config: s.dynamic(config)})
	if err != nil {
		s.t.Fatal(err)
	}
	o.note(planned.Diagnostics)
}

// invokeAction validates, plans and invokes an action; see is called with what
// it tells, and may be nil.
func (s *server) invokeAction(ctx context.Context, action string, config tftypes.Value, see func(string)) *invocation {
	s.t.Helper()
	i := &invocation{outcome: &outcome{t: s.t}}
	if s.planAction(action, config, i.outcome); i.errors != "" {
		return i
	}
	stream, err := s.actions().InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: action, Config: s.dynamic(config)})
	if err != nil {
		s.t.Fatal(err)
	}
	ended := false
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			i.progress = append(i.progress, event.Message)
			if see != nil {
				see(event.Message)
			}
		case tfprotov6.CompletedInvokeActionEventType:
			ended = true
			i.note(event.Diagnostics)
		}
	}
	if !ended {
		s.t.Error("Terraform was not told that the action has ended")
	}
	return i
}

// invocations invoke the action in a walk of their own.
func (l *linking) invoke(ctx context.Context, config map[string]any) *invocation {
	l.t.Helper()
	return l.invokeIn(ctx, l.walk(), config)
}

func (l *linking) invokeIn(ctx context.Context, w *walk, config map[string]any) *invocation {
	l.t.Helper()
	var before []string // while the codes are there to be compared with
	for _, link := range l.vendor.WhatsAppLinks() {
		before = append(before, link.QR)
	}
	i := w.invokeAction(ctx, linkAction, w.configuring(linkAction, config), nil)
	told := strings.Join(i.progress, "\n") + i.errors + i.warnings
	l.hidden("output", told)
	for _, secret := range append(before, supportLine[1:], strayPhone[1:], seededPhone[1:]) {
		if strings.Contains(told, secret) {
			l.t.Errorf("%q is in the output: %s", secret, told)
		}
	}
	return i
}

// told fails the test where the action has not said this.
func (i *invocation) told(want string) *invocation {
	i.t.Helper()
	if all := strings.Join(i.progress, "\n"); !strings.Contains(all, want) {
		i.t.Errorf("the action did not tell %q: %s", want, all)
	}
	return i
}

// codes are what a phone reads off the output.
func (i *invocation) codes(background qrtest.Background) []string {
	return qrtest.Read(strings.Join(i.progress, "\n"), background)
}

// link is a configuration of the action: a phone, and names and values in turn.
func (l *linking) linkConfig(phone string, more ...any) map[string]any {
	config := map[string]any{"phone": phone}
	for i := 0; i < len(more); i += 2 {
		config[more[i].(string)] = more[i+1]
	}
	return config
}
