package vendors

import (
	"fmt"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
)

func TestMissingCredentialsNameVariableAndAttribute(t *testing.T) {
	t.Parallel()
	clients := New(Config{Accounts: map[otp.Vendor]httpapi.Account{otp.Octopush: {Credentials: map[string]string{"API_LOGIN": "ops@example.test"}}}})
	for range 2 { // the answer does not change
		_, err := clients.MyOTP()
		want := "MyOTP.App is not configured: it has no API key. " +
			`Set the environment variable OTP_MYOTP_API_KEY, or write provider "otp" { myotp = { api_key = … } }.`
		if !httpapi.IsKind(err, httpapi.Unconfigured) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		_, err = clients.Octopush()
		want = "Octopush is not configured: it has no API key. " +
			`Set the environment variable OTP_OCTOPUSH_API_KEY, or write provider "otp" { octopush = { api_key = … } }.`
		if !httpapi.IsKind(err, httpapi.Unconfigured) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestClientsAreMadeOnce(t *testing.T) {
	t.Parallel()
	clients := New(Config{Accounts: map[otp.Vendor]httpapi.Account{
		otp.MyOTP:    {Credentials: map[string]string{"API_KEY": "made_up"}},
		otp.Octopush: {Credentials: map[string]string{"API_LOGIN": "ops@example.test", "API_KEY": "made_up"}}},
	})
	var group sync.WaitGroup
	made := make([]*myotp.Client, 20)
	for i := range made {
		group.Go(func() {
			client, err := clients.MyOTP()
			if err != nil {
				t.Error(err)
			}
			made[i] = client
		})
	}
	group.Wait()
	for _, client := range made {
		if client == nil || client != made[0] {
			t.Fatal("callers got different clients")
		}
	}
	first, err := clients.Octopush()
	if err != nil {
		t.Fatal(err)
	}
	if second, err := clients.Octopush(); err != nil || second != first {
		t.Errorf("got another client, %v", err)
	}
}

func TestConfigurationReachesTheClients(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	agents := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		agents[r.UserAgent()]++
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{}`)
	}))
	t.Cleanup(server.Close)
	options := httpapi.DefaultOptions()
	options.MaxRetries = 2
	options.Pause = func(time.Duration) time.Duration { return 0 }
	clients := New(Config{Accounts: map[otp.Vendor]httpapi.Account{
		otp.MyOTP:    {Credentials: map[string]string{"API_KEY": "made_up"}, BaseURL: server.URL},
		otp.Octopush: {Credentials: map[string]string{"API_LOGIN": "ops@example.test", "API_KEY": "made_up"}, BaseURL: server.URL},
	}, HTTP: options,
		UserAgent: "agent/1",
	})
	first, err := clients.MyOTP()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Me(t.Context()); !httpapi.IsKind(err, httpapi.Unavailable) {
		t.Errorf("got %v", err)
	}
	second, err := clients.Octopush()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.CheckBalance(t.Context(), octopush.BalanceRequest{}); !httpapi.IsKind(err, httpapi.Unavailable) {
		t.Errorf("got %v", err)
	}
	mutex.Lock()
	defer mutex.Unlock()
	if agents["agent/1"] != 6 || len(agents) != 1 {
		t.Errorf("got %v, want 6 requests by agent/1: two reads, each with two retries", agents)
	}
}

func TestConfigurationPrintsWithoutCredentials(t *testing.T) {
	t.Parallel()
	config := Config{Accounts: map[otp.Vendor]httpapi.Account{
		otp.MyOTP:    {Credentials: map[string]string{"API_KEY": "made_up_key"}},
		otp.Octopush: {Credentials: map[string]string{"API_LOGIN": "ops@example.test", "API_KEY": "made_up_key"}}},
	}
	clients := New(config)
	first, err := clients.MyOTP()
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []any{config, &config, clients, first} {
		text := fmt.Sprintf("%v %+v %#v", value, value, value)
		if strings.Contains(text, "made_up_key") || strings.Contains(text, "ops@") {
			t.Errorf("%T prints its credentials: %s", value, text)
		}
	}
}
