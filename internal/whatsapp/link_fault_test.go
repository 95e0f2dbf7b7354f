package whatsapp_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// Whatever goes wrong before the scan is an error that says so and leaves no
// account and no file, and the next invocation begins anew.
func TestAnActionThatFailsBeforeTheScanLeavesNothing(t *testing.T) {
	t.Parallel()
	short := []any{"timeouts", map[string]any{"invoke": "30s"}}
	servers := func(servers ...androidapi.WhatsAppServer) func(*providertest.Linking) {
		return func(l *providertest.Linking) {
			l.Update(func(a *androidapi.Account) { a.WhatsAppServers = servers })
		}
	}
	ready := func(after int) func(*providertest.Linking) {
		return func(l *providertest.Linking) {
			l.Update(func(a *androidapi.Account) { a.LinksNotReady = after })
		}
	}
	permit := func(permissions ...string) func(*providertest.Linking) {
		return func(l *providertest.Linking) {
			l.Update(func(a *androidapi.Account) { a.Permissions = permissions })
		}
	}
	tests := map[string]struct {
		more          []any
		before, after func(*providertest.Linking)
		want          []string
	}{
		"nobody scans":                   {short, nil, nil, []string{"not linked in time", "Waited 30s in vain for the QR code to be scanned by the phone whose number ends in 5566", "Nothing was linked"}},
		"no server at all":               {nil, servers(), servers(androidapi.WhatsAppServer{ID: 1, Name: "Shared"}), []string{"has no WhatsApp server"}},
		"no such server":                 {[]any{"server_id", "77"}, nil, nil, []string{"WhatsApp server does not exist", `no WhatsApp server "77"`, "1 (Shared), 2 (Business)"}},
		"data false for ever":            {short, ready(1000), ready(0), []string{"not linked in time", "for AndroidAPI to make a QR code", "Nothing was linked"}},
		"HTML for the list":              {nil, func(l *providertest.Linking) { l.Fail("wa_accounts", 1) }, nil, []string{"could not link the WhatsApp account", "not JSON"}},
		"HTML for the link":              {nil, func(l *providertest.Linking) { l.Fail("wa_link", 1) }, nil, []string{"could not link the WhatsApp account", "not JSON"}},
		"HTML while waiting":             {nil, func(l *providertest.Linking) { l.Fail("wa_info", -1) }, func(l *providertest.Linking) { l.Vendor.ClearFaults() }, []string{"Could not check a WhatsApp link", "not JSON"}},
		"permission is missing":          {nil, permit("get_wa_accounts"), permit("get_wa_accounts", "create_whatsapp", "delete_wa_account"), []string{`permission "create_whatsapp"`}},
		"another phone scans":            {nil, func(l *providertest.Linking) { l.During(2, l.Scan(providertest.StrayPhone)) }, nil, []string{"Another phone was linked", "ends in 8899, not in 5566", "removed again"}},
		"phone of another account scans": {nil, func(l *providertest.Linking) { l.During(2, l.Scan(providertest.SeededPhone)) }, nil, []string{"Another phone was linked", "ends in 2233, not in 5566", "left as it is"}},
		"account is deleted meanwhile": {nil, func(l *providertest.Linking) {
			l.During(1, l.Scan(providertest.SupportLine)).During(1, func() { l.Disconnect(providertest.SupportLine) }).During(3, func() { l.Remove(providertest.SupportLine) })
		}, nil, []string{"WhatsApp account was deleted", "Invoke the action again"}},
		"folder of qr_file is missing": {[]any{"qr_file", "/nowhere/to/be/found/qr.png"}, nil, nil, []string{"QR code could not be shown", "in a folder that exists"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			if test.before != nil {
				test.before(l)
			}
			l.Invoke(t.Context(), l.LinkConfig(providertest.SupportLine, test.more...)).Failed(test.want...)
			l.Left(providertest.SeededPhone)
			if test.after != nil {
				test.after(l)
			}
			l.During(1, l.Scan(providertest.SupportLine)).Invoke(t.Context(), l.LinkConfig(providertest.SupportLine)).Fine()
			l.Left(providertest.SeededPhone, providertest.SupportLine)
		})
	}
}

// A code that expires is replaced, and one broken answer costs nobody's scan.
func TestAnActionSurvivesWhatPasses(t *testing.T) {
	t.Parallel()
	for name, pass := range map[string]func(*providertest.Linking){
		"expired token": func(l *providertest.Linking) {
			l.During(2, func() { l.Must(androidapi.At(l.Vendor).ExpireQR(androidapi.At(l.Vendor).WhatsAppLinks()[0].Token)) })
		},
		"HTML once":        func(l *providertest.Linking) { l.During(2, func() { l.Fail("wa_info", 1) }) },
		"HTML for the QR":  func(l *providertest.Linking) { l.Fail("wa_qr", -1) },
		"server not ready": func(l *providertest.Linking) { l.Update(func(a *androidapi.Account) { a.LinksNotReady = 3 }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			pass(l)
			l.During(6, l.Scan(providertest.SupportLine)).Invoke(t.Context(), l.LinkConfig(providertest.SupportLine)).Fine()
			l.Left(providertest.SeededPhone, providertest.SupportLine)
		})
	}
}

// After the scan there is an account; the next invocation goes on from it.
func TestAnActionThatFailsAfterTheScanIsAnErrorAndIsMended(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		after func(*providertest.Linking, context.CancelFunc)
		want  string
	}{
		"never connected":    {func(*providertest.Linking, context.CancelFunc) {}, "Waited 10m0s in vain"},
		"list becomes HTML":  {func(l *providertest.Linking, _ context.CancelFunc) { l.Fail("wa_accounts", 3) }, "not JSON"},
		"cancelled meantime": {func(_ *providertest.Linking, cancel context.CancelFunc) { cancel() }, "cancelled while it waited for the WhatsApp account"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			l.During(2, l.Scan(providertest.SupportLine)).During(2, func() { l.Disconnect(providertest.SupportLine) })
			l.During(3, func() { test.after(l, cancel) })
			l.Invoke(ctx, l.LinkConfig(providertest.SupportLine)).Failed("linked, but not connected", l.Unique(providertest.SupportLine), test.want, "Invoke the action again")
			id := l.Unique(providertest.SupportLine)
			l.During(1, l.Scan(providertest.SupportLine)).Invoke(t.Context(), l.LinkConfig(providertest.SupportLine)).Told("linked again and connected, as the WhatsApp account " + id).Fine()
			l.Left(providertest.SeededPhone, providertest.SupportLine)
		})
	}
}

func TestARelinkWhoseAccountIsDeletedMeanwhileIsAnError(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Disconnect(providertest.SeededPhone)
	l.During(2, func() { l.Remove(providertest.SeededPhone) })
	l.Invoke(t.Context(), l.LinkConfig(providertest.SeededPhone)).Failed("WhatsApp account was deleted", "Invoke the action again")
	l.During(1, l.Scan(providertest.SeededPhone)).Invoke(t.Context(), l.LinkConfig(providertest.SeededPhone)).Told("is linked and connected, as").Fine()
	l.Left(providertest.SeededPhone)
}

func TestAPhoneWithTwoAccountsIsNotGuessedAt(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Update(func(a *androidapi.Account) {
		a.WhatsApp = append(a.WhatsApp, androidapi.WhatsAppAccount{ID: 13, Phone: providertest.SeededPhone, Unique: "second", Status: "disconnected"})
	})
	l.Invoke(t.Context(), l.LinkConfig(providertest.SeededPhone)).Failed("Phone is linked already", "2 WhatsApp accounts", "second (disconnected)", "Remove the accounts")
	l.Called(map[string]int{"wa_accounts": 1})
}

// ctrlC is a clock that stops the provider at the first wait.
type ctrlC struct {
	*providertest.Linking
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
	l := providertest.NewLinking(t, androidapi.Settings{})
	clock, stopped := &ctrlC{Linking: l}, make(chan error, 1)
	stopping, err := provider.NewServer(provider.New("test", provider.WithClock(clock))())
	if err != nil {
		t.Fatal(err)
	}
	clock.stop = func() {
		_, err := stopping.StopProvider(context.WithoutCancel(t.Context()), &tfprotov6.StopProviderRequest{})
		stopped <- err
	}
	w := l.Configured(stopping, l.Credentials())
	stream, err := w.Actions().InvokeAction(t.Context(), &tfprotov6.InvokeActionRequest{
		ActionType: providertest.LinkAction, Config: w.Dynamic(w.Configuring(providertest.LinkAction, l.LinkConfig(providertest.SupportLine, "qr_file", l.QRFile))),
	})
	if err != nil {
		t.Fatal(err)
	}
	o := &providertest.Outcome{T: t}
	for event := range stream.Events {
		if end, ok := event.Type.(tfprotov6.CompletedInvokeActionEventType); ok {
			select {
			case err := <-stopped:
				t.Fatalf("the provider has stopped already (%v)", err)
			case <-time.After(50 * time.Millisecond): // it could have by now, if it did not wait
			}
			o.Note(end.Diagnostics)
		}
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	o.Failed("cancelled while it waited for the QR code to be scanned by the phone whose number ends in 5566", "Nothing was linked")
	l.Left(providertest.SeededPhone)
}

// An action that has begun when the provider is stopped belongs to those that
// are waited for, although nobody has heard of it yet; later ones are refused.
func TestAnActionBeginsBeforeTheProviderStopsOrNotAtAll(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	stopping, err := provider.NewServer(provider.New("test", provider.WithClock(l))())
	if err != nil {
		t.Fatal(err)
	}
	w, stopped := l.Configured(stopping, l.Credentials()), make(chan error, 1)
	request := &tfprotov6.InvokeActionRequest{ActionType: providertest.LinkAction, Config: w.Dynamic(w.Configuring(providertest.LinkAction, l.LinkConfig(providertest.SupportLine)))}
	stream, err := w.Actions().InvokeAction(t.Context(), request)
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
		if another, err = w.Actions().InvokeAction(t.Context(), request); err == nil {
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
	o := &providertest.Outcome{T: t}
	for event := range stream.Events {
		if end, ok := event.Type.(tfprotov6.CompletedInvokeActionEventType); ok {
			o.Note(end.Diagnostics)
		}
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	o.Failed("cancelled")
	if _, err := w.Actions().InvokeAction(t.Context(), request); err != nil {
		t.Errorf("after the stop: %v", err)
	}
}
