package pairing_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

func shared() *httpapi.Transport {
	return httpapi.NewTransport(httpapi.Options{MaxRequestsPerSecond: 100_000}, "")
}

// page is a gateway's page in place of the vendor's answer.
func page(operation string) sandbox.Fault {
	return sandbox.HTMLPage("androidapi", operation, http.StatusOK)
}

// Whatever goes wrong before the scan: an error that says so, and no account.
func TestNothingIsLinkedWhereTheLinkFailsBeforeTheScan(t *testing.T) {
	t.Parallel()
	request := pairing.Request{Phone: phone, Timeout: time.Minute}
	onServer := func(id string) pairing.Request {
		return pairing.Request{Phone: phone, ServerID: id, Timeout: time.Minute}
	}
	update := func(change func(*androidapi.Account)) func(*fixture) {
		return func(f *fixture) { f.must(androidapi.At(f.vendor).Update(change)) }
	}
	tests := map[string]struct {
		request pairing.Request
		before  func(*fixture)
		want    []string
	}{
		"nobody scans": {request, nil,
			[]string{"Waited 1m0s in vain", "by the phone whose number ends in 5566", "longer timeout"}},
		"server never ready": {request, update(func(a *androidapi.Account) { a.LinksNotReady = 1000 }),
			[]string{"Waited 1m0s in vain for AndroidAPI to make a QR code", "made no QR code yet"}},
		"no such server": {onServer("77"), nil,
			[]string{`no WhatsApp server "77"`, "1 (Shared), 2 (Business)"}},
		"no server at all": {request, update(func(a *androidapi.Account) { a.WhatsAppServers = nil }),
			[]string{"has no WhatsApp server", "Choose a package"}},
		"package used up": {request, update(func(a *androidapi.Account) { a.Usage["wa_accounts"] = androidapi.Usage{Limit: 1} }),
			[]string{"package", "limit"}},
		"key may not link": {request, update(func(a *androidapi.Account) {
			a.Permissions = slices.DeleteFunc(a.Permissions, func(p string) bool { return p == "create_whatsapp" })
		}), []string{`permission "create_whatsapp"`}},
		"key may not list": {request, update(func(a *androidapi.Account) {
			a.Permissions = slices.DeleteFunc(a.Permissions, func(p string) bool { return p == "get_wa_accounts" })
		}), []string{`permission "get_wa_accounts"`}},
		"HTML for the list":  {request, func(f *fixture) { f.fail(page("wa_accounts"), -1)() }, []string{"not JSON", "Check the base URL"}},
		"HTML for the link":  {request, func(f *fixture) { f.fail(page("wa_link"), -1)() }, []string{"not JSON", "may have carried it out"}},
		"HTML while waiting": {request, func(f *fixture) { f.fail(page("wa_info"), -1)() }, []string{"Could not check a WhatsApp link", "not JSON"}},
		"connection breaks while waiting": {request, func(f *fixture) {
			f.fail(sandbox.Fault{Vendor: "androidapi", Operation: "wa_info", Kind: sandbox.DropAfter}, -1)()
		}, []string{"Could not check a WhatsApp link", "connection"}},
		"key expires while waiting": {request, func(f *fixture) {
			f.During(2, func() {
				f.must(androidapi.At(f.vendor).Update(func(a *androidapi.Account) { a.Permissions = nil }))
			})
		}, []string{"permission"}},
		"secret is revoked while waiting": {request, func(f *fixture) {
			f.During(2, f.fail(sandbox.Fault{
				Vendor: "androidapi", Operation: "wa_accounts", Kind: sandbox.Answer, Status: http.StatusOK,
				Headers: map[string]string{"Content-Type": "application/json"}, Body: `{"status":401,"message":"Invalid API secret!","data":false}`,
			}, -1))
		}, []string{"Check OTP_ANDROIDAPI_SECRET"}},
		"picture unreadable": {request, func(f *fixture) { f.fail(page("wa_qr"), -1)() },
			[]string{"Waited 1m0s in vain", "may have been out of date"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, androidapi.Settings{})
			if test.before != nil {
				test.before(f)
			}
			_, err := f.link(t.Context(), test.request)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			f.hidden(err.Error())
			if got := f.phones(); len(got) != 1 {
				t.Errorf("accounts of %v are left", got)
			}
		})
	}
}

func TestOneFaultDoesNotEndALink(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"wa_info", "wa_accounts", "wa_qr"} {
		f := newFixture(t, androidapi.Settings{})
		f.During(1, f.fail(page(operation), 2))
		f.During(4, f.scan(phone))
		f.During(5, f.fail(page("wa_accounts"), 2))
		result, err := f.link(t.Context(), pairing.Request{Phone: phone})
		if err != nil || result.Problem != nil {
			t.Errorf("%s: %v, %v", operation, err, result.Problem)
		}
	}
}

// The time may be up just when a look fails, and the code may have been scanned.
func TestAScanIsNoticedThoughTheLastLookFailed(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"wa_info", "wa_accounts"} {
		f := newFixture(t, androidapi.Settings{})
		f.During(2, f.scan(phone))
		f.During(2, f.fail(page(operation), 1))
		result, err := f.link(t.Context(), pairing.Request{Phone: phone, Timeout: 2 * pairing.Interval})
		if err != nil || string(result.Account.Unique) != f.unique(phone) {
			t.Errorf("%s: %v, %+v", operation, err, result)
		}
		f = newFixture(t, androidapi.Settings{})
		f.During(2, f.fail(page(operation), 1))
		var late *pairing.TimeoutError
		if _, err := f.link(t.Context(), pairing.Request{Phone: phone, Timeout: 2 * pairing.Interval}); !errors.As(err, &late) {
			t.Errorf("%s: nobody has scanned: %v", operation, err)
		}
	}
}

func TestATokenThatExpiresIsReplacedByAnotherLink(t *testing.T) {
	t.Parallel()
	f := newFixture(t, androidapi.Settings{})
	f.During(2, func() { f.must(androidapi.At(f.vendor).ExpireQR(androidapi.At(f.vendor).WhatsAppLinks()[0].Token)) })
	f.During(4, f.scan(phone))
	if _, err := f.link(t.Context(), pairing.Request{Phone: phone}); err != nil {
		t.Fatal(err)
	}
	if f.counts()["wa_link"] != 2 || len(f.shown) != 2 {
		t.Errorf("%d links and %d codes, want 2 and 2", f.counts()["wa_link"], len(f.shown))
	}
}

// What another phone has linked goes again, if this link made it.
func TestAnotherPhoneIsReportedAndWhatItMadeIsRemoved(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		request pairing.Request
		before  func(*fixture)
		scans   string
		want    string
		left    []string
	}{
		"new account": {pairing.Request{Phone: phone}, nil, other, "so it was removed again", []string{seededNumber}},
		"account that was there": {pairing.Request{Phone: phone}, func(f *fixture) { f.disconnect(seededNumber) }, seededNumber,
			"so it was left as it is", []string{seededNumber}},
		"number that another link waits for": {pairing.Request{Phone: phone, Expected: func(p string) bool { return pairing.SamePhone(p, other) }}, nil, other,
			"left to it", []string{seededNumber, other}},
		"removal fails": {pairing.Request{Phone: phone}, func(f *fixture) { f.fail(page("wa_account_delete"), -1)() }, other,
			"could not be removed again", []string{seededNumber, other}},
		"account that is linked again": {pairing.Request{Phone: seededNumber, Unique: seeded}, func(f *fixture) { f.disconnect(seededNumber) }, other,
			"so it was left as it is", []string{other}},
	}
	for name, test := range tests {
		for setting, settings := range map[string]androidapi.Settings{"wid": {}, "phone": {InfoPhone: true}} {
			t.Run(name+" told by "+setting, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t, settings)
				if test.before != nil {
					test.before(f)
				}
				f.During(2, f.scan(test.scans))
				_, err := f.link(t.Context(), test.request)
				var wrong *pairing.OtherPhoneError
				if !errors.As(err, &wrong) || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("got %v, want that it %s", err, test.want)
				}
				ends := fmt.Sprintf("ends in %s, not in %s", test.scans[9:], test.request.Phone[9:])
				if !strings.Contains(err.Error(), ends) {
					t.Errorf("%q does not say %q", err, ends)
				}
				if got := f.phones(); !slices.Equal(got, test.left) {
					t.Errorf("accounts of %v are left, want %v", got, test.left)
				}
				f.hidden(err.Error())
			})
		}
	}
}

// After the scan there is an account, whatever happens.
func TestAProblemAfterTheScanKeepsTheAccount(t *testing.T) {
	t.Parallel()
	down := func(f *fixture) func() {
		return func() {
			f.scan(phone)()
			f.disconnect(phone)
		}
	}
	tests := map[string]struct {
		before func(*fixture, context.CancelFunc)
		want   string
	}{
		"never connected": {func(f *fixture, _ context.CancelFunc) { f.During(2, down(f)) }, "Waited 10m0s in vain for the WhatsApp account"},
		"list fails": {func(f *fixture, _ context.CancelFunc) {
			f.During(2, down(f))
			f.During(3, f.fail(page("wa_accounts"), -1))
		}, "not JSON"},
		"cancelled": {func(f *fixture, cancel context.CancelFunc) {
			f.During(2, down(f))
			f.During(3, cancel)
		}, "cancelled while it waited for the WhatsApp account"},
		"cancelled just after the scan": {func(f *fixture, cancel context.CancelFunc) {
			f.During(2, down(f))
			f.During(2, cancel)
		}, "cancelled while it waited for the QR code"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, androidapi.Settings{})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			test.before(f, cancel)
			result, err := f.link(ctx, pairing.Request{Phone: phone})
			if err != nil || result.Problem == nil || !strings.Contains(result.Problem.Error(), test.want) {
				t.Fatalf("%v, %v, want %q", err, result.Problem, test.want)
			}
			if string(result.Account.Unique) != f.unique(phone) || f.unique(phone) == "" || !pairing.SamePhone(string(result.Account.Phone), phone) {
				t.Errorf("got %+v", result.Account)
			}
			f.hidden(result.Problem.Error())
		})
	}
	t.Run("connected though cancelled", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, androidapi.Settings{})
		ctx, cancel := context.WithCancel(t.Context())
		f.During(2, f.scan(phone))
		f.During(2, cancel)
		result, err := f.link(ctx, pairing.Request{Phone: phone})
		if err != nil || result.Problem != nil || result.Account.Status != "connected" {
			t.Errorf("%v, %v, %+v", err, result.Problem, result.Account)
		}
	})
}

func TestAnAccountThatIsDeletedDuringTheWaitIsGone(t *testing.T) {
	t.Parallel()
	remove := func(f *fixture, phone string) func() {
		return func() {
			unique := f.unique(phone)
			f.must(androidapi.At(f.vendor).Update(func(a *androidapi.Account) {
				a.WhatsApp = slices.DeleteFunc(a.WhatsApp, func(w androidapi.WhatsAppAccount) bool { return w.Unique == unique })
			}))
		}
	}
	tests := map[string]struct {
		request pairing.Request
		before  func(*fixture)
	}{
		"after the scan": {pairing.Request{Phone: phone}, func(f *fixture) {
			f.During(1, f.scan(phone))
			f.During(1, func() { f.disconnect(phone) })
			f.During(3, remove(f, phone))
		}},
		"before it is linked again": {pairing.Request{Phone: seededNumber, Unique: seeded}, func(f *fixture) {
			f.disconnect(seededNumber)
			f.During(2, remove(f, seededNumber))
		}},
		"before anything": {pairing.Request{Phone: seededNumber, Unique: seeded}, func(f *fixture) { remove(f, seededNumber)() }},
		"before its code": {pairing.Request{Phone: seededNumber, Unique: seeded}, func(f *fixture) {
			f.disconnect(seededNumber)
			f.must(androidapi.At(f.vendor).Update(func(a *androidapi.Account) { a.LinksNotReady = 1 }))
			f.During(1, f.fail(page("wa_accounts"), 1)) // so that only the relink can notice
			f.During(1, remove(f, seededNumber))
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, androidapi.Settings{})
			test.before(f)
			result, err := f.link(t.Context(), test.request)
			var gone *pairing.GoneError
			if !errors.As(err, &gone) || result.Account.Unique != "" {
				t.Errorf("%v, %+v", err, result)
			}
		})
	}
}

func TestALinkThatIsCancelledBeforeItBeginsSaysSo(t *testing.T) {
	t.Parallel()
	f := newFixture(t, androidapi.Settings{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var cancelled *pairing.CancelledError
	if _, err := f.link(ctx, pairing.Request{Phone: phone}); !errors.As(err, &cancelled) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	f.called(map[string]int{})
}

func TestWhatShowReturnsEndsTheLink(t *testing.T) {
	t.Parallel()
	f := newFixture(t, androidapi.Settings{})
	full := errors.New("the disk is full")
	_, err := f.link(t.Context(), pairing.Request{Phone: phone, Show: func(pairing.Code) error { return full }})
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}
