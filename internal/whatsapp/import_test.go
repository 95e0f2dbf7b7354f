package whatsapp_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

func TestImportByIDByPhoneAndByIdentity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id         string
		byIdentity bool
	}{"id": {providertest.SeededAccount, false}, "phone": {providertest.SeededPhone, false}, "identity": {providertest.SeededAccount, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			l.Imports(test.id, test.byIdentity).Fine()
			l.Called(map[string]int{"wa_accounts": 1}) // for import and read together
			if got := l.Attributes(); got["id"] != providertest.SeededAccount || got["phone"] != providertest.SeededPhone || got["status"] != "connected" || got["adopt_existing"] != nil {
				t.Errorf("imported %v", got)
			}
			w := l.Walk()
			if got := w.Attribute(l.State.Identity.IdentityData, w.AccountIdentity(), "id"); got != providertest.SeededAccount {
				t.Errorf("imported the identity %q", got)
			}
			l.Settled(map[string]any{"phone": providertest.SeededPhone})
		})
	}
}

func TestAnImportOfWhatIsNotThereNamesWhatIs(t *testing.T) {
	t.Parallel()
	one := func(l *providertest.Linking) {}
	tests := map[string]struct {
		before func(*providertest.Linking)
		id     string
		want   string
	}{
		"unknown id":      {one, "nosuchaccount", `they are ` + providertest.SeededAccount + ` \(\+92\*{5}2233\)`},
		"unknown phone":   {one, providertest.SupportLine, `imported by its id or by its phone number`},
		"phone without +": {one, providertest.SeededPhone[1:], `such as \+923004445566`},
		"none at all":     {func(l *providertest.Linking) { l.Accounts(0) }, providertest.SeededAccount, `no WhatsApp account at all`},
		"very many":       {func(l *providertest.Linking) { l.Accounts(40) }, providertest.SeededAccount, `None of the 40 WhatsApp accounts.*otp_whatsapp_accounts`},
		"unreadable":      {func(l *providertest.Linking) { l.Fail("wa_accounts", 1) }, providertest.SeededAccount, `AndroidAPI could not import the WhatsApp account`},
		"phone not told": {func(l *providertest.Linking) {
			l.Update(func(a *androidapi.Account) { a.WhatsApp[0].Phone = "" })
		}, providertest.SeededAccount, `does not tell the phone number`},
		"two of one phone": {func(l *providertest.Linking) {
			l.Update(func(a *androidapi.Account) {
				a.WhatsApp = append(a.WhatsApp, androidapi.WhatsAppAccount{ID: 13, Phone: providertest.SeededPhone, Unique: "twin", Status: "disconnected"})
			})
		}, providertest.SeededPhone, `2 WhatsApp accounts with that number.*` + providertest.SeededAccount + `, twin`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			test.before(l)
			if o := l.Imports(test.id, false); !regexp.MustCompile(test.want).MatchString(o.Errors) {
				t.Errorf("got %q, want %q", o.Errors, test.want)
			}
		})
	}
}

func TestWhatsAppAccountsAreListed(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	handles := l.Accounts(250)
	for limit, pages := range map[int64]int{10: 1, 100: 1, 101: 2, 1000: 3} {
		before := providertest.Requested(l.Vendor)["wa_accounts"]
		w := l.Walk()
		results := w.List(providertest.AccountType, true, limit)
		if want := min(int(limit), len(handles)); len(results) != want {
			t.Errorf("limit %d: %d results, want %d", limit, len(results), want)
		}
		if n := providertest.Requested(l.Vendor)["wa_accounts"] - before; n != pages {
			t.Errorf("limit %d: %d pages were read, want %d", limit, n, pages)
		}
		identity := w.AccountIdentity()
		var found []string
		for i, result := range results {
			w.None(result.Diagnostics)
			id := w.Attribute(result.Identity.IdentityData, identity, "id")
			found = append(found, id)
			got, phone := w.Account(result.Resource), fmt.Sprintf("+9230055%05d", i)
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
		for _, result := range w.List(providertest.AccountType, false, limit) {
			if result.Resource != nil && w.Account(result.Resource) != nil {
				t.Error("a resource was sent though nobody asked for it")
			}
		}
	}
}

func TestAListThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Fail("wa_accounts", 1)
	without := l.WalkWith(map[string]any{"base_url": l.Vendor.Environment()["OTP_ANDROIDAPI_BASE_URL"]})
	for want, w := range map[string]*providertest.Walk{"AndroidAPI could not list the WhatsApp accounts": l.Walk(), "OTP_ANDROIDAPI_SECRET": without} {
		results := w.List(providertest.AccountType, true, 100)
		if len(results) != 1 || len(results[0].Diagnostics) != 1 || !regexp.MustCompile(want).MatchString(providertest.Texts(results[0].Diagnostics)[0]) {
			t.Errorf("got %v, want %q", results, want)
		}
	}
}
