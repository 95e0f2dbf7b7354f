package provider_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

func (w *walk) accountIdentity() tftypes.Type {
	w.t.Helper()
	identities, err := w.GetResourceIdentitySchemas(w.t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	return identities.IdentitySchemas[accountType].ValueType()
}

// imports imports by ID, or by identity, reads, and keeps the state.
func (l *linking) imports(id string, byIdentity bool) *outcome {
	l.t.Helper()
	o, w := &outcome{t: l.t}, l.walk()
	request := &tfprotov6.ImportResourceStateRequest{TypeName: accountType, ID: id}
	if byIdentity {
		request = &tfprotov6.ImportResourceStateRequest{TypeName: accountType, Identity: &tfprotov6.ResourceIdentityData{
			IdentityData: w.dynamic(w.object(w.accountIdentity(), map[string]any{"id": id})),
		}}
	}
	imported, err := w.ImportResourceState(l.t.Context(), request)
	if err != nil {
		l.t.Fatal(err)
	}
	if o.note(imported.Diagnostics); o.errors != "" {
		return o
	}
	first := imported.ImportedResources[0]
	l.state = w.keep(first.State, first.Private, first.Identity)
	l.refresh(w, o)
	return o
}

func TestImportByIDByPhoneAndByIdentity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id         string
		byIdentity bool
	}{"id": {seededAccount, false}, "phone": {seededPhone, false}, "identity": {seededAccount, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			l.imports(test.id, test.byIdentity).fine()
			l.called(map[string]int{"wa_accounts": 1}) // for import and read together
			if got := l.attributes(); got["id"] != seededAccount || got["phone"] != seededPhone || got["status"] != "connected" || got["adopt_existing"] != nil {
				t.Errorf("imported %v", got)
			}
			w := l.walk()
			if got := w.attribute(l.state.identity.IdentityData, w.accountIdentity(), "id"); got != seededAccount {
				t.Errorf("imported the identity %q", got)
			}
			l.settled(map[string]any{"phone": seededPhone})
		})
	}
}

func TestAnImportOfWhatIsNotThereNamesWhatIs(t *testing.T) {
	t.Parallel()
	one := func(l *linking) {}
	tests := map[string]struct {
		before func(*linking)
		id     string
		want   string
	}{
		"unknown id":      {one, "nosuchaccount", `they are ` + seededAccount + ` \(\+92\*{5}2233\)`},
		"unknown phone":   {one, supportLine, `imported by its id or by its phone number`},
		"phone without +": {one, seededPhone[1:], `such as \+923004445566`},
		"none at all":     {func(l *linking) { l.accounts(0) }, seededAccount, `no WhatsApp account at all`},
		"very many":       {func(l *linking) { l.accounts(40) }, seededAccount, `None of the 40 WhatsApp accounts.*otp_whatsapp_accounts`},
		"unreadable":      {func(l *linking) { l.fail("wa_accounts", 1) }, seededAccount, `AndroidAPI could not import the WhatsApp account`},
		"phone not told":  {func(l *linking) { l.update(func(a *sandbox.AndroidAPIAccount) { a.WhatsApp[0].Phone = "" }) }, seededAccount, `does not tell the phone number`},
		"two of one phone": {func(l *linking) {
			l.update(func(a *sandbox.AndroidAPIAccount) {
				a.WhatsApp = append(a.WhatsApp, sandbox.WhatsAppAccount{ID: 13, Phone: seededPhone, Unique: "twin", Status: "disconnected"})
			})
		}, seededPhone, `2 WhatsApp accounts with that number.*` + seededAccount + `, twin`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			test.before(l)
			if o := l.imports(test.id, false); !regexp.MustCompile(test.want).MatchString(o.errors) {
				t.Errorf("got %q, want %q", o.errors, test.want)
			}
		})
	}
}

func TestWhatsAppAccountsAreListed(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	handles := l.accounts(250)
	for limit, pages := range map[int64]int{10: 1, 100: 1, 101: 2, 1000: 3} {
		before := requested(l.vendor)["wa_accounts"]
		w := l.walk()
		results := w.list(accountType, true, limit)
		if want := min(int(limit), len(handles)); len(results) != want {
			t.Errorf("limit %d: %d results, want %d", limit, len(results), want)
		}
		if n := requested(l.vendor)["wa_accounts"] - before; n != pages {
			t.Errorf("limit %d: %d pages were read, want %d", limit, n, pages)
		}
		identity := w.accountIdentity()
		var found []string
		for i, result := range results {
			w.none(result.Diagnostics)
			id := w.attribute(result.Identity.IdentityData, identity, "id")
			found = append(found, id)
			got, phone := w.account(result.Resource), fmt.Sprintf("+9230055%05d", i)
			if got["id"] != id || got["phone"] != phone || got["status"] != "connected" || got["timeouts"] != nil || got["qr_file"] != nil {
				t.Errorf("%s is %v", id, got)
			}
			if want := "+92*****" + phone[9:]; result.DisplayName != want {
				t.Errorf("%s is shown as %q, want %q", id, result.DisplayName, want)
			}
		}
		if !slices.Equal(found, handles[:len(found)]) {
			t.Errorf("limit %d: found %v", limit, found)
		}
		if limit > 100 {
			continue
		}
		for _, result := range w.list(accountType, false, limit) {
			if result.Resource != nil && w.account(result.Resource) != nil {
				t.Error("a resource was sent though nobody asked for it")
			}
		}
	}
}

func TestAListThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	l.fail("wa_accounts", 1)
	without := l.walkWith(map[string]any{"base_url": l.vendor.Environment()["OTP_ANDROIDAPI_BASE_URL"]})
	for want, w := range map[string]*walk{"AndroidAPI could not list the WhatsApp accounts": l.walk(), "OTP_ANDROIDAPI_SECRET": without} {
		results := w.list(accountType, true, 100)
		if len(results) != 1 || len(results[0].Diagnostics) != 1 || !regexp.MustCompile(want).MatchString(texts(results[0].Diagnostics)[0]) {
			t.Errorf("got %v, want %q", results, want)
		}
	}
}
