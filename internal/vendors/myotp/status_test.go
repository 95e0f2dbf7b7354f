package myotp

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// paths starts a server whose paths answer as told, 200 unless listed, and
// keeps the paths asked for.
func paths(t *testing.T, unknown map[string]string) (*Client, func() []string) {
	t.Helper()
	var mutex sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		asked = append(asked, r.URL.Path)
		mutex.Unlock()
		body, missing := unknown[r.URL.Path]
		if !missing {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"DLR":"DELIVRD","is_valid":true}`)
			return
		}
		if body != "" && body[0] == '{' {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := New(httpapi.Account{Credentials: map[string]string{"API_KEY": "made_up"}, BaseURL: server.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return client, func() []string {
		mutex.Lock()
		defer mutex.Unlock()
		return asked
	}
}

func TestStatusPath(t *testing.T) {
	t.Parallel()
	const newer, older = "/check_otp_status", "/check_otp"
	const envelope = `{"error":{"http_code":404,"message":"Message not found"}}`
	tests := map[string]struct {
		unknown map[string]string
		asked   []string // by two calls
		kind    httpapi.Kind
	}{
		"the newer path":                        {nil, []string{newer, newer}, ""},
		"the older where the newer is missing":  {map[string]string{newer: "404 page not found"}, []string{newer, older, older}, ""},
		"the same with a framework's JSON":      {map[string]string{newer: `{"detail":"Not Found"}`}, []string{newer, older, older}, ""},
		"an unknown message is no missing path": {map[string]string{newer: envelope}, []string{newer, newer}, httpapi.NotFound},
		"unknown at the older path":             {map[string]string{newer: "", older: envelope}, []string{newer, older, older}, httpapi.NotFound},
		"both paths missing":                    {map[string]string{newer: "", older: ""}, []string{newer, older, newer, older}, httpapi.BadAnswer},
	}
	for name, test := range tests {
		client, asked := paths(t, test.unknown)
		for range 2 {
			status, err := client.CheckOTPStatus(t.Context(), messageID)
			switch {
			case test.kind == "" && (err != nil || status.Report != "DELIVRD" || !status.Active):
				t.Errorf("%s: got %+v, %v", name, status, err)
			case test.kind != "" && !httpapi.IsKind(err, test.kind):
				t.Errorf("%s: got %v, want kind %q", name, err, test.kind)
			}
		}
		if got := asked(); !slices.Equal(got, test.asked) {
			t.Errorf("%s: asked %v, want %v", name, got, test.asked)
		}
	}
}
