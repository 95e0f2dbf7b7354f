package pairing_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

func TestUnlinkRemovesTheAccount(t *testing.T) {
	t.Parallel()
	broken := sandbox.Fault{Vendor: "androidapi", Operation: "wa_account_delete", Kind: sandbox.DropBefore}
	unlike404 := sandbox.Fault{
		Vendor: "androidapi", Operation: "wa_account_delete", Kind: sandbox.Answer, Status: http.StatusOK,
		Headers: map[string]string{"Content-Type": "application/json"}, Body: `{"status":400,"message":"Invalid Parameters!","data":false}`,
	}
	tests := map[string]struct {
		unique string
		before func(*fixture)
		want   map[string]int
		failed string
	}{
		"at once":               {seeded, func(*fixture) {}, map[string]int{"wa_account_delete": 1}, ""},
		"that is gone":          {"nosuchaccount", func(*fixture) {}, map[string]int{"wa_account_delete": 1}, ""},
		"that is gone, by list": {"nosuchaccount", func(f *fixture) { f.fail(unlike404, 1)() }, map[string]int{"wa_account_delete": 1, "wa_accounts": 1}, ""},
		"carried out, not answered": {seeded, func(f *fixture) {
			f.fail(sandbox.Fault{Vendor: "androidapi", Operation: "wa_account_delete", Kind: sandbox.DropAfter}, 1)()
		}, map[string]int{"wa_account_delete": 1, "wa_accounts": 1}, ""},
		"at the third try": {seeded, func(f *fixture) { f.fail(broken, 2)() }, map[string]int{"wa_account_delete": 3, "wa_accounts": 2}, ""},
		"refused":          {seeded, func(f *fixture) { f.fail(unlike404, -1)() }, map[string]int{"wa_account_delete": 1, "wa_accounts": 1}, "Invalid Parameters!"},
		"never":            {seeded, func(f *fixture) { f.fail(broken, -1)() }, map[string]int{"wa_account_delete": 5, "wa_accounts": 5}, "Could not delete a WhatsApp account"},
		"without permission": {seeded, func(f *fixture) {
			f.must(androidapi.At(f.vendor).Update(func(a *androidapi.Account) { a.Permissions = []string{"get_wa_accounts"} }))
		}, map[string]int{"wa_account_delete": 1}, `permission "delete_wa_account"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, androidapi.Settings{})
			test.before(f)
			err := f.linker.Unlink(t.Context(), test.unique, 10*time.Second)
			switch {
			case test.failed == "" && err != nil:
				t.Error(err)
			case test.failed != "" && (err == nil || !strings.Contains(err.Error(), test.failed)):
				t.Errorf("got %v, want %q", err, test.failed)
			}
			f.called(test.want)
			if left := len(f.phones()); (left == 0) != (test.unique == seeded && test.failed == "") {
				t.Errorf("%d accounts are left", left)
			}
		})
	}
	t.Run("until it is cancelled", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, androidapi.Settings{})
		f.fail(broken, -1)()
		ctx, cancel := context.WithCancel(t.Context())
		f.During(2, cancel)
		if err := f.linker.Unlink(ctx, seeded, 0); err == nil {
			t.Error("no error")
		}
		f.called(map[string]int{"wa_account_delete": 2, "wa_accounts": 2})
	})
}
