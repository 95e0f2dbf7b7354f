package profile_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// firewall answers nobody. It keeps each request until those of so many vendors
// are there at once, or until the client gives up.
type firewall struct {
	*httptest.Server
	mu     sync.Mutex
	asked  map[string]int // by vendor
	inside int
	met    chan struct{} // closed when all are inside
}

func newFirewall(t *testing.T, vendors int) *firewall {
	t.Helper()
	f := &firewall{asked: map[string]int{}, met: make(chan struct{})}
	f.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		f.enter(r, vendors)
		select {
		case <-f.met:
		case <-r.Context().Done():
		}
		f.mu.Lock()
		f.inside--
		f.mu.Unlock()
		panic(http.ErrAbortHandler) // the connection is dropped
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *firewall) enter(r *http.Request, vendors int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	vendor, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	f.asked[vendor]++
	if f.inside++; f.inside == vendors {
		close(f.met)
	}
}

// A plan behind a firewall asks the vendors side by side, and after one question
// that had no answer an account is asked nothing more.
func TestAPlanBehindAFirewallWaitsOnce(t *testing.T) {
	t.Parallel()
	s, f := providertest.NewSandbox(t), newFirewall(t, 3)
	config := block(s, f.URL, otp.AndroidAPI, otp.MyOTP, otp.Octopush)
	config["http"] = map[string]any{"max_retries": 0}
	run := accountsWorld(t).ServeWith(config)
	routes := []any{over("androidapi", "sms", "gone", nil), over("androidapi", "sms", "nowhere", nil), over("androidapi", "whatsapp", "", map[string]any{"whatsapp_account": "9f86d081"}),
		over("myotp", "sms", "", nil), over("octopush", "sms", "europe", nil)}
	for _, name := range []string{"login", "second"} { // which asks nobody again
		if got := warnings(t, run, profileWith(map[string]any{"name": name, "validity_seconds": 600}, routes...)); len(got) > 0 {
			t.Errorf("got %q", got)
		}
	}
	select {
	case <-f.met:
	default:
		t.Error("the vendors were asked one after another")
	}
	if diff := cmp.Diff(map[string]int{"androidapi": 1, "myotp": 1, "octopush": 1}, f.asked); diff != "" {
		t.Errorf("questions (-want +got): %s", diff)
	}
}
