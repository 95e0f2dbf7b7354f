package provider_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// Whatever goes wrong before the scan is an error that says so and leaves no
// account and no file, and the next invocation begins anew.
func TestAnActionThatFailsBeforeTheScanLeavesNothing(t *testing.T) {
	t.Parallel()
	short := []any{"timeouts", map[string]any{"invoke": "30s"}}
	servers := func(servers ...sandbox.WhatsAppServer) func(*linking) {
		return func(l *linking) { l.update(func(a *sandbox.AndroidAPIAccount) { a.WhatsAppServers = servers }) }
	}
	ready := func(after int) func(*linking) {
		return func(l *linking) { l.update(func(a *sandbox.AndroidAPIAccount) { a.LinksNotReady = after }) }
	}
	permit := func(permissions ...string) func(*linking) {
		return func(l *linking) { l.update(func(a *sandbox.AndroidAPIAccount) { a.Permissions = permissions }) }
	}
	tests := map[string]struct {
		more          []any
		before, after func(*linking)
		want          []string
	}{
		"nobody scans":                   {short, nil, nil, []string{"not linked in time", "Waited 30s in vain for the QR code to be scanned by the phone whose number ends in 5566", "Nothing was linked"}},
		"no server at all":               {nil, servers(), servers(sandbox.WhatsAppServer{ID: 1, Name: "Shared"}), []string{"has no WhatsApp server"}},
		"no such server":                 {[]any{"server_id", "77"}, nil, nil, []string{"WhatsApp server does not exist", `no WhatsApp server "77"`, "1 (Shared), 2 (Business)"}},
		"data false for ever":            {short, ready(1000), ready(0), []string{"not linked in time", "for AndroidAPI to make a QR code", "Nothing was linked"}},
		"HTML for the list":              {nil, func(l *linking) { l.fail("wa_accounts", 1) }, nil, []string{"could not link the WhatsApp account", "not JSON"}},
		"HTML for the link":              {nil, func(l *linking) { l.fail("wa_link", 1) }, nil, []string{"could not link the WhatsApp account", "not JSON"}},
		"HTML while waiting":             {nil, func(l *linking) { l.fail("wa_info", -1) }, func(l *linking) { l.vendor.ClearFaults() }, []string{"Could not check a WhatsApp link", "not JSON"}},
		"permission is missing":          {nil, permit("get_wa_accounts"), permit("get_wa_accounts", "create_whatsapp", "delete_wa_account"), []string{`permission "create_whatsapp"`}},
		"another phone scans":            {nil, func(l *linking) { l.during(2, l.scan(strayPhone)) }, nil, []string{"Another phone was linked", "ends in 8899, not in 5566", "removed again"}},
		"phone of another account scans": {nil, func(l *linking) { l.during(2, l.scan(seededPhone)) }, nil, []string{"Another phone was linked", "ends in 2233, not in 5566", "left as it is"}},
		"account is deleted meanwhile": {nil, func(l *linking) {
			l.during(1, l.scan(supportLine)).during(1, func() { l.disconnect(supportLine) }).during(3, func() { l.remove(supportLine) })
		}, nil, []string{"WhatsApp account was deleted", "Invoke the action again"}},
		"folder of qr_file is missing": {[]any{"qr_file", "/nowhere/to/be/found/qr.png"}, nil, nil, []string{"QR code could not be shown", "in a folder that exists"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			if test.before != nil {
				test.before(l)
			}
			l.invoke(t.Context(), l.linkConfig(supportLine, test.more...)).failed(test.want...)
			l.left(seededPhone)
			if test.after != nil {
				test.after(l)
			}
			l.during(1, l.scan(supportLine)).invoke(t.Context(), l.linkConfig(supportLine)).fine()
			l.left(seededPhone, supportLine)
		})
	}
}

// A code that expires is replaced, and one broken answer costs nobody's scan.
func TestAnActionSurvivesWhatPasses(t *testing.T) {
	t.Parallel()
	for name, pass := range map[string]func(*linking){
		"expired token": func(l *linking) {
			l.during(2, func() { l.must(l.vendor.ExpireQR(l.vendor.WhatsAppLinks()[0].Token)) })
		},
		"HTML once":        func(l *linking) { l.during(2, func() { l.fail("wa_info", 1) }) },
		"HTML for the QR":  func(l *linking) { l.fail("wa_qr", -1) },
		"server not ready": func(l *linking) { l.update(func(a *sandbox.AndroidAPIAccount) { a.LinksNotReady = 3 }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			pass(l)
			l.during(6, l.scan(supportLine)).invoke(t.Context(), l.linkConfig(supportLine)).fine()
			l.left(seededPhone, supportLine)
		})
	}
}

// After the scan there is an account; the next invocation goes on from it.
func TestAnActionThatFailsAfterTheScanIsAnErrorAndIsMended(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		after func(*linking, context.CancelFunc)
		want  string
	}{
		"never connected":    {func(*linking, context.CancelFunc) {}, "Waited 10m0s in vain"},
		"list becomes HTML":  {func(l *linking, _ context.CancelFunc) { l.fail("wa_accounts", 3) }, "not JSON"},
		"cancelled meantime": {func(_ *linking, cancel context.CancelFunc) { cancel() }, "cancelled while it waited for the WhatsApp account"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			l.during(2, l.scan(supportLine)).during(2, func() { l.disconnect(supportLine) })
			l.during(3, func() { test.after(l, cancel) })
			l.invoke(ctx, l.linkConfig(supportLine)).failed("linked, but not connected", l.unique(supportLine), test.want, "Invoke the action again")
			id := l.unique(supportLine)
			l.during(1, l.scan(supportLine)).invoke(t.Context(), l.linkConfig(supportLine)).told("linked again and connected, as the WhatsApp account " + id).fine()
			l.left(seededPhone, supportLine)
		})
	}
}

func TestARelinkWhoseAccountIsDeletedMeanwhileIsAnError(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	l.disconnect(seededPhone)
	l.during(2, func() { l.remove(seededPhone) })
	l.invoke(t.Context(), l.linkConfig(seededPhone)).failed("WhatsApp account was deleted", "Invoke the action again")
	l.during(1, l.scan(seededPhone)).invoke(t.Context(), l.linkConfig(seededPhone)).told("is linked and connected, as").fine()
	l.left(seededPhone)
}

func TestAPhoneWithTwoAccountsIsNotGuessedAt(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	l.update(func(a *sandbox.AndroidAPIAccount) {
		a.WhatsApp = append(a.WhatsApp, sandbox.WhatsAppAccount{ID: 13, Phone: seededPhone, Unique: "second", Status: "disconnected"})
	})
	l.invoke(t.Context(), l.linkConfig(seededPhone)).failed("Phone is linked already", "2 WhatsApp accounts", "second (disconnected)", "Remove the accounts")
	l.called(map[string]int{"wa_accounts": 1})
}

// ctrlC is a clock that stops the provider at the first wait.
type ctrlC struct {
	*linking
	stop func()
}

// Sleep implements tf.Clock.
func (c *ctrlC) Sleep(ctx context.Context, _ time.Duration) error {
	go c.stop()
	<-ctx.Done()
	return ctx.Err()
}

// Terraform hears of the end of an action only if that comes before the provider
// has stopped. What it does not hear of it takes for success.
func TestACancelledActionEndsBeforeTheProviderHasStopped(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	clock, stopped := &ctrlC{linking: l}, make(chan error, 1)
	stopping, err := provider.NewServer(provider.New("test", provider.WithClock(clock))())
	if err != nil {
		t.Fatal(err)
	}
	clock.stop = func() {
		_, err := stopping.StopProvider(context.WithoutCancel(t.Context()), &tfprotov6.StopProviderRequest{})
		stopped <- err
	}
	w := l.configured(stopping, l.credentials())
	stream, err := w.actions().InvokeAction(t.Context(), &tfprotov6.InvokeActionRequest{
		ActionType: linkAction, Config: w.dynamic(w.configuring(linkAction, l.linkConfig(supportLine, "qr_file", l.qrFile))),
	})
	if err != nil {
		t.Fatal(err)
	}
	o := &outcome{t: t}
	for event := range stream.Events {
		if end, ok := event.Type.(tfprotov6.CompletedInvokeActionEventType); ok {
			select {
			case err := <-stopped:
				t.Fatalf("the provider has stopped already (%v)", err)
			case <-time.After(50 * time.Millisecond): // it could have by now, if it did not wait
			}
			o.note(end.Diagnostics)
		}
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	o.failed("cancelled while it waited for the QR code to be scanned by the phone whose number ends in 5566", "Nothing was linked")
	l.left(seededPhone)
}

// An action that has begun when the provider is stopped belongs to those that
// are waited for, although nobody has heard of it yet; later ones are refused.
func TestAnActionBeginsBeforeTheProviderStopsOrNotAtAll(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	stopping, err := provider.NewServer(provider.New("test", provider.WithClock(l))())
	if err != nil {
		t.Fatal(err)
	}
	w, stopped := l.configured(stopping, l.credentials()), make(chan error, 1)
	request := &tfprotov6.InvokeActionRequest{ActionType: linkAction, Config: w.dynamic(w.configuring(linkAction, l.linkConfig(supportLine)))}
	stream, err := w.actions().InvokeAction(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, err := stopping.StopProvider(context.WithoutCancel(t.Context()), &tfprotov6.StopProviderRequest{})
		stopped <- err
	}()
	for err == nil { // until the stop has begun
		select {
		case err := <-stopped:
			t.Fatalf("the provider has stopped already (%v)", err)
		default:
		}
		var another *tfprotov6.InvokeActionServerStream
		if another, err = w.actions().InvokeAction(t.Context(), request); err == nil {
			for range another.Events { // and what began before it has ended
			}
		}
	}
	if !strings.Contains(err.Error(), "not invoked, because the provider is being stopped") {
		t.Error(err)
	}
	select {
	case err := <-stopped:
		t.Fatalf("the provider has stopped already (%v)", err)
	default:
	}
	o := &outcome{t: t}
	for event := range stream.Events {
		if end, ok := event.Type.(tfprotov6.CompletedInvokeActionEventType); ok {
			o.note(end.Diagnostics)
		}
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	o.failed("cancelled")
	if _, err := w.actions().InvokeAction(t.Context(), request); err != nil {
		t.Errorf("after the stop: %v", err)
	}
}
