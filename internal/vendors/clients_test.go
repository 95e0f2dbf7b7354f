package vendors

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

func TestEveryVendorHasACompiler(t *testing.T) {
	t.Parallel()
	compilers := Compilers()
	for _, vendor := range otp.Vendors() {
		if c := compilers[vendor]; c == nil || c.Vendor() != vendor {
			t.Errorf("the compiler of %s is %v", vendor, c)
		}
	}
	if len(compilers) != len(otp.Vendors()) {
		t.Errorf("%d compilers for %d vendors", len(compilers), len(otp.Vendors()))
	}
}

func TestAndroidAPIAndWay2APINeedCredentials(t *testing.T) {
	t.Parallel()
	clients := New(Config{})
	_, first := clients.AndroidAPI()
	_, second := clients.Way2API()
	for variable, err := range map[string]error{"OTP_ANDROIDAPI_SECRET": first, "OTP_WAY2API_API_KEY": second} {
		if !httpapi.IsKind(err, httpapi.Unconfigured) || !strings.Contains(err.Error(), "Set the environment variable "+variable+",") {
			t.Errorf("got %v, want %s in it", err, variable)
		}
	}
}

func TestAndroidAPIAndWay2APIAreMadeOnce(t *testing.T) {
	t.Parallel()
	config := Config{Accounts: map[otp.Vendor]httpapi.Account{otp.AndroidAPI: {Credentials: map[string]string{"SECRET": "made_up_key"}}, otp.Way2API: {Credentials: map[string]string{"API_KEY": "made_up_key"}}}}
	clients := New(config)
	var made []any
	for range 2 {
		first, err := clients.AndroidAPI()
		if err != nil {
			t.Fatal(err)
		}
		second, err := clients.Way2API()
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, first, second)
	}
	if made[0] != made[2] || made[1] != made[3] {
		t.Error("a second call gives other clients")
	}
	for _, value := range slices.Concat(made, []any{config, clients}) {
		if text := fmt.Sprintf("%v %+v %#v", value, value, value); strings.Contains(text, "made_up_key") {
			t.Errorf("%T prints its credentials: %s", value, text)
		}
	}
}
