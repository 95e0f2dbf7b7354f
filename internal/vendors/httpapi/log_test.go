package httpapi

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

func TestEveryTryIsLoggedWithoutSecrets(t *testing.T) {
	t.Parallel()
	var output bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &output)
	address, _ := answering(t, status(503), body(200, "application/json", `{"otp":"482913"}`, "X-Code", "482913"))
	endpoint := readEndpoint
	endpoint.Path = "/subaccount/{email}"
	call := emailCall(endpoint)
	if _, err := newTestClient(t, testConfig(address)).Do(ctx, call, nil); err != nil {
		t.Fatal(err)
	}
	refused := newTestClient(t, testConfig(refusedAddress))
	if _, err := refused.Do(ctx, phoneCall(getSend, "+33600000001"), nil); err == nil {
		t.Fatal("no error")
	}
	for _, hidden := range []string{testSecret, url.QueryEscape(testSecret), "33600000001", "ada@", "482913", "?"} {
		if strings.Contains(output.String(), hidden) {
			t.Errorf("the log shows %q:\n%s", hidden, output.String())
		}
	}
	lines, err := tflogtest.MultilineJSONDecode(&output)
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"@message": "Vendor request", "operation": "list", "path": "/subaccount/{email}", "attempt": 1.0, "status": 503.0},
		{"@message": "Vendor request", "operation": "list", "path": "/subaccount/{email}", "attempt": 2.0, "status": 200.0},
		{"@message": "Vendor request without an answer", "operation": "verify", "path": "/verify", "attempt": 1.0, "status": nil},
	}
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d: %v", len(lines), len(want), lines)
	}
	for i, line := range lines {
		if line["vendor"] != "androidapi" || line["http_method"] != http.MethodGet || line["duration_ms"] == nil {
			t.Errorf("line %d: %v", i, line)
		}
		for key, value := range want[i] {
			if line[key] != value {
				t.Errorf("line %d: %s is %v, want %v", i, key, line[key], value)
			}
		}
	}
}

// What is logged by others under the context of a call is masked, too.
func TestContextOfACallMasksItsSecrets(t *testing.T) {
	t.Parallel()
	var output bytes.Buffer
	config := testConfig("https://vendor.example")
	client := newTestClient(t, config)
	ctx := client.mask(tflogtest.RootLogger(t.Context(), &output), emailCall(sendEndpoint))
	tflog.Info(ctx, "sending "+testSecret+" to +33600000001", map[string]any{
		"secret": testSecret, "query": "secret=" + url.QueryEscape(testSecret), "email": "ada@example.test",
	})
	for _, hidden := range []string{testSecret, url.QueryEscape(testSecret), "33600000001", "ada@"} {
		if strings.Contains(output.String(), hidden) {
			t.Errorf("the log shows %q:\n%s", hidden, output.String())
		}
	}
}

// An empty secret would mask the gaps between all characters.
func TestEmptySecretsMaskNothing(t *testing.T) {
	t.Parallel()
	var output bytes.Buffer
	config := testConfig("https://vendor.example")
	config.Secrets = []string{""}
	ctx := newTestClient(t, config).mask(tflogtest.RootLogger(t.Context(), &output), Call{Endpoint: sendEndpoint, Secrets: []string{""}})
	tflog.Info(ctx, "unchanged words")
	if !strings.Contains(output.String(), "unchanged words") {
		t.Errorf("the log lost its words: %s", output.String())
	}
}
