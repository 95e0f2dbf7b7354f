package device_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// counterPhone is a device of every new sandbox.
func counterPhone() map[string]any {
	return map[string]any{
		"unique": "00000000-0000-0000-aaaa-bbbbccccdddd", "name": "Counter phone", "manufacturer": "Samsung", "version": "Android 13",
		"limits": map[string]any{"interval": "daily", "number": int64(200)}, "created_at": "2023-11-14T22:13:20Z",
	}
}

func TestDevicesAreAsTheVendorTellsThem(t *testing.T) {
	t.Parallel()
	for name, short := range map[string]bool{"whole": false, "as newer servers tell them": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sandbox.StartForTest(t, sandbox.Options{Settings: sandbox.Settings{AndroidAPI: androidapi.Settings{ShortDevices: short}}})
			want := map[string]any{"account": nil, "devices": []any{counterPhone(), map[string]any{
				"unique": "00000000-0000-0000-d57d-f30cb6a89289", "name": "Warehouse phone", "manufacturer": "Xiaomi", "version": "Android 12",
				"limits": nil, "created_at": "2023-11-14T22:14:10Z",
			}}}
			if diff := cmp.Diff(want, providertest.NewWalk(t, s, otp.AndroidAPI).Reads("otp_devices", nil)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnAccountWithoutDevicesHasNone(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]androidapi.Settings{"empty list": {}, "body status 404": {EmptyList404: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sandbox.StartForTest(t, sandbox.Options{Settings: sandbox.Settings{AndroidAPI: settings}})
			if err := androidapi.At(s).Update(func(a *androidapi.Account) { a.Devices = nil }); err != nil {
				t.Fatal(err)
			}
			w := providertest.NewWalk(t, s, otp.AndroidAPI)
			if diff := cmp.Diff(map[string]any{"account": nil, "devices": []any{}}, w.Reads("otp_devices", nil)); diff != "" {
				t.Error(diff)
			}
			w.Fails("otp_device", map[string]any{"name": "Counter phone"}, `^Device is not there: .* no device with the name "Counter phone": it has none at all`)
		})
	}
}

func TestManyDevicesAreWholeAndInOrder(t *testing.T) {
	t.Parallel()
	first := func(s *sandbox.Server) error {
		return androidapi.At(s).Update(func(a *androidapi.Account) {
			a.Devices = slices.Insert(a.Devices, 0, androidapi.Device{ID: "9999", Unique: "brand-new", Name: "Brand new"})
		})
	}
	for name, test := range map[string]struct {
		add  func(*sandbox.Server) error
		last int
	}{
		"nothing happens":                       {func(*sandbox.Server) error { return nil }, 500},
		"one is added at the end meanwhile":     {func(s *sandbox.Server) error { return androidapi.At(s).AddDevices(1) }, 501},
		"one is added at the beginning instead": {first, 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := providertest.Changed(t, func(a *androidapi.Account) { a.Devices = nil })
			if err := androidapi.At(s).AddDevices(500); err != nil {
				t.Fatal(err)
			}
			url := providertest.Before(t, s, "/get/devices", func() error { return test.add(s) })
			got := providertest.Column(providertest.NewWalkAt(t, s, url, otp.AndroidAPI).Reads("otp_devices", nil)["devices"], "name")
			var want []any
			for i := range test.last {
				want = append(want, fmt.Sprintf("Phone %d", i+1))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if n := providertest.Requested(s)["get_devices"]; n != 6 {
				t.Errorf("%d requests, want 5 full pages and the one that ends the list", n)
			}
		})
	}
}

func TestADeviceIsFoundByNameOrHandle(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := providertest.NewWalk(t, s, otp.AndroidAPI)
	for _, by := range []string{"name", "unique"} {
		got, want := w.Reads("otp_device", map[string]any{by: counterPhone()[by]}), counterPhone()
		want["account"] = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("by %s: %s", by, diff)
		}
	}
}

func TestADeviceThatIsNotTheOneIsAnErrorThatLists(t *testing.T) {
	t.Parallel()
	s := providertest.Changed(t, func(a *androidapi.Account) {
		a.Devices = append(a.Devices, androidapi.Device{ID: "9", Unique: "second-counter", Name: "Counter phone"})
	})
	if err := androidapi.At(s).AddDevices(30); err != nil {
		t.Fatal(err)
	}
	w := providertest.NewWalk(t, s, otp.AndroidAPI)
	for name, test := range map[string]struct {
		arguments map[string]any
		want      string
	}{
		"a near name": {map[string]any{"name": "warehouse phone"},
			`^Device is not there: AndroidAPI has no device with the name "warehouse phone"\. Did you mean "Warehouse phone"\? It has "Counter phone" \(00000000-0000-0000-aaaa-bbbbccccdddd\), .*, and 13 more\.$`},
		"no near name": {map[string]any{"name": "x-y-z"}, `no device with the name "x-y-z"\. It has "Counter phone" \(`},
		"no such handle": {map[string]any{"unique": "second-countes"},
			`no device with the unique "second-countes"\. Did you mean "second-counter"\?`},
		"two of that name": {map[string]any{"name": "Counter phone"},
			`^Device is not the only one: AndroidAPI has 2 devices with the name "Counter phone": "Counter phone" \(00000000-0000-0000-aaaa-bbbbccccdddd\), "Counter phone" \(second-counter\)\. Choose one by unique\.$`},
		"neither":    {nil, `Exactly one of these attributes must be configured: \[name,unique\]`},
		"both":       {map[string]any{"name": "a", "unique": "b"}, `Exactly one of these attributes must be configured: \[name,unique\]`},
		"empty name": {map[string]any{"name": ""}, `at least 1`},
	} {
		t.Run(name, func(t *testing.T) { // one walk, so not parallel
			w.T = t
			w.Fails("otp_device", test.arguments, test.want)
		})
	}
}

// Three lookups and the list itself ask for one list, even at the same time.
func TestAWalkReadsTheDevicesOnce(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	if err := androidapi.At(s).AddDevices(148); err != nil {
		t.Fatal(err)
	}
	w := providertest.NewWalk(t, s, otp.AndroidAPI)
	var group sync.WaitGroup
	for i := range 3 {
		group.Go(func() { w.Reads("otp_device", map[string]any{"name": fmt.Sprintf("Phone %d", 100+i)}) })
	}
	group.Go(func() { w.Reads("otp_devices", nil) })
	group.Wait()
	if diff := cmp.Diff(map[string]int{"get_devices": 2}, providertest.Requested(s)); diff != "" {
		t.Errorf("two pages in all (-want +got): %s", diff)
	}
	// Another configuration of the provider, as of the apply, looks again.
	providertest.NewWalk(t, s, otp.AndroidAPI).Reads("otp_devices", nil)
	if n := providertest.Requested(s)["get_devices"]; n != 4 {
		t.Errorf("%d requests after a second walk, want 4", n)
	}
}

func TestAFailureToListDevicesIsNotKept(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	if err := s.Fail(sandbox.HTMLPage("androidapi", "get_devices", 502)); err != nil {
		t.Fatal(err)
	}
	w := providertest.NewWalk(t, s, otp.AndroidAPI)
	w.Fails("otp_devices", nil, `^AndroidAPI could not list the devices: .*HTTP 502`)
	w.Reads("otp_devices", nil)
}

func TestDevicesNeedCredentialsAndAPermission(t *testing.T) {
	t.Parallel()
	s := providertest.Changed(t, providertest.Forbid("get_devices"))
	w := providertest.NewWalk(t, s, otp.AndroidAPI)
	const want = `^AndroidAPI could not list the devices: .*Give the API key the permission "get_devices"`
	w.Fails("otp_devices", nil, want)
	w.Fails("otp_device", map[string]any{"name": "Counter phone"}, want)
	providertest.NewWalk(t, s).Fails("otp_devices", nil, `Set the environment variable OTP_ANDROIDAPI_SECRET`)
}
