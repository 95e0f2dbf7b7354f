package whatsapp_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

func TestWhatsAppAccountsAreAsTheVendorTellsThem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reveal        any
		first, second string
	}{
		"masked":   {nil, "+92*****2233", "+44*****0123"},
		"revealed": {true, "+923001112233", "+447700900123"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := providertest.Changed(t, func(a *androidapi.Account) {
				a.WhatsApp = append(a.WhatsApp, androidapi.WhatsAppAccount{ID: 13, Phone: "+447700900123", Unique: "f00d", Status: androidapi.WhatsAppDisconnected})
			})
			want := map[string]any{"account": nil, "reveal_personal_data": test.reveal, "accounts": []any{
				map[string]any{
					"id": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15", "phone": test.first, "status": "connected", "created_at": "2023-11-14T22:13:20Z",
				},
				map[string]any{"id": "f00d", "phone": test.second, "status": "disconnected", "created_at": nil},
			}}
			got := providertest.NewWalk(t, s, otp.AndroidAPI).Reads("otp_whatsapp_accounts", map[string]any{"reveal_personal_data": test.reveal})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestManyWhatsAppAccountsAreWholeAndInOrder(t *testing.T) {
	t.Parallel()
	account := func(i int) androidapi.WhatsAppAccount {
		return androidapi.WhatsAppAccount{ID: i, Phone: "+923001112233", Unique: fmt.Sprintf("account-%03d", i), Status: androidapi.WhatsAppConnected}
	}
	s := providertest.Changed(t, func(a *androidapi.Account) {
		a.WhatsApp = nil
		for i := range 250 {
			a.WhatsApp = append(a.WhatsApp, account(i))
		}
	})
	url := providertest.Before(t, s, "/get/wa.accounts", func() error {
		return androidapi.At(s).Update(func(a *androidapi.Account) { a.WhatsApp = slices.Insert(a.WhatsApp, 0, account(999)) })
	})
	w := providertest.NewWalkAt(t, s, url, otp.AndroidAPI)
	got := providertest.Column(w.Reads("otp_whatsapp_accounts", nil)["accounts"], "id")
	var want []any
	for i := range 250 {
		want = append(want, account(i).Unique)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	w.Reads("otp_whatsapp_accounts", map[string]any{"reveal_personal_data": true})
	if diff := cmp.Diff(map[string]int{"wa_accounts": 3}, providertest.Requested(s)); diff != "" {
		t.Errorf("two data sources, one list (-want +got): %s", diff)
	}
}

func TestWhatsAppServersAreAsTheVendorTellsThem(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := providertest.NewWalk(t, s, otp.AndroidAPI)
	want := map[string]any{"account": nil, "servers": []any{map[string]any{"id": "1", "name": "Shared"}, map[string]any{"id": "2", "name": "Business"}}}
	for range 2 {
		if diff := cmp.Diff(want, w.Reads("otp_whatsapp_servers", nil)); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff(map[string]int{"wa_servers": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}

func TestAnAccountWithoutWhatsAppHasNothingToShow(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]androidapi.Settings{"empty list": {}, "body status 404": {EmptyList404: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sandbox.StartForTest(t, sandbox.Options{Settings: sandbox.Settings{AndroidAPI: settings}})
			if err := androidapi.At(s).Update(func(a *androidapi.Account) { a.WhatsApp, a.WhatsAppServers = nil, nil }); err != nil {
				t.Fatal(err)
			}
			w := providertest.NewWalk(t, s, otp.AndroidAPI)
			if diff := cmp.Diff(any([]any{}), w.Reads("otp_whatsapp_accounts", nil)["accounts"]); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(any([]any{}), w.Reads("otp_whatsapp_servers", nil)["servers"]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatsAppDataNeedsPermissions(t *testing.T) {
	t.Parallel()
	for typeName, test := range map[string]struct{ permission, purpose string }{
		"otp_whatsapp_accounts": {"get_wa_accounts", "list the WhatsApp accounts"},
		"otp_whatsapp_servers":  {"create_whatsapp", "list the WhatsApp servers"},
	} {
		providertest.NewWalk(t, providertest.Changed(t, providertest.Forbid(test.permission)), otp.AndroidAPI).Fails(typeName, nil,
			`^AndroidAPI could not `+test.purpose+`: .*Give the API key the permission "`+test.permission+`"`)
		providertest.NewWalk(t, providertest.NewSandbox(t)).Fails(typeName, nil, `Set the environment variable OTP_ANDROIDAPI_SECRET`)
	}
}
