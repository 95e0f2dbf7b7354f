package myotp

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
)

const messageID = "3f0c1d2e-4b5a-4c6d-8e7f-0a1b2c3d4e5f"

// expectation is what the client makes of a contract file.
type expectation struct {
	value any          // the result; nil: an error of the kind
	kind  httpapi.Kind // empty: success
	// impossible says why the typed client cannot send the file's request; the
	// answer is replayed all the same.
	impossible string
}

func good(value any) expectation        { return expectation{value: value} }
func bad(kind httpapi.Kind) expectation { return expectation{kind: kind} }

func (e expectation) but(impossible string) expectation {
	e.impossible = impossible
	return e
}

func at(text string) httpapi.Time {
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return httpapi.Time{Text: text}
	}
	return httpapi.Time{Time: moment, Text: text}
}

func TestContract(t *testing.T) {
	t.Parallel()
	// TestTheClientCannotBuy is about topup, and TestContract of package delivery
	// about the calls that documents make. Nobody asks for a quote; only the sandbox
	// is held to its files.
	replay.Each(t, Endpoints(), expected(), expectation.check, "topup", "topup_quote", "generate_otp", "verify_otp", "extend_otp")
}

func (e expectation) check(t *testing.T, file replay.File) {
	t.Helper()
	server := file.Serve(t)
	client := newTestClient(t, server.URL, file.Request.Headers[KeyHeader], file.Request.Path)
	got, err := perform(t.Context(), client, file)
	if e.kind == "" {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e.value, got, cmp.AllowUnexported(httpapi.Secret{})); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
	} else {
		var failure *httpapi.Error
		if !errors.As(err, &failure) || failure.Kind != e.kind || failure.MaybeSent || failure.Status != file.Response.Status {
			t.Errorf("got %+v, want kind %q, status %d", err, e.kind, file.Response.Status)
		}
	}
	if e.impossible != "" {
		if got := server.Count(); got != 1 {
			t.Errorf("%d requests, want 1", got)
		}
		return
	}
	if diff := file.Diff(server); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func newTestClient(t *testing.T, address, key, path string) *Client {
	t.Helper()
	if key == "" {
		key = "sandbox_myotp_key_0123456789abcd"
	}
	client, err := New(httpapi.Account{Credentials: map[string]string{"API_KEY": key}, BaseURL: address}, nil)
	if err != nil {
		t.Fatal(err)
	}
	client.older.Store(path == OlderStatusEndpoint.Path)
	return client
}

// perform makes the call of a contract file as far as the types allow it.
func perform(ctx context.Context, client *Client, file replay.File) (any, error) {
	switch file.Operation {
	case "check_otp_status", "check_otp":
		return client.CheckOTPStatus(ctx, decode[StatusRequest](file).MessageID)
	case "report":
		return client.Report(ctx, decode[ReportRequest](file))
	case "me":
		return client.Me(ctx)
	case "account":
		return client.AgentAccount(ctx)
	}
	return nil, errors.New("no such operation")
}

// decode reads the request of a file into the client's own struct. What does
// not fit is marked as impossible in the table.
func decode[T any](file replay.File) T {
	var request T
	if err := json.Unmarshal(file.Request.Body, &request); err != nil {
		return request
	}
	return request
}

func TestTheClientCannotBuy(t *testing.T) {
	t.Parallel()
	for _, endpoint := range Endpoints() {
		if endpoint.Path == "/v1/topup" || endpoint.Operation == "topup" {
			t.Errorf("the endpoint %s spends money", endpoint.Operation)
		}
	}
}

func TestReadsAndSends(t *testing.T) {
	t.Parallel()
	sends := map[string]bool{"generate_otp": true, "verify_otp": true, "extend_otp": true}
	for _, endpoint := range Endpoints() {
		if endpoint.Read == sends[endpoint.Operation] {
			t.Errorf("%s: Read is %t", endpoint.Operation, endpoint.Read)
		}
		if endpoint.Encoding != otp.JSON && endpoint.Encoding != otp.Query {
			t.Errorf("%s travels as %s", endpoint.Operation, endpoint.Encoding)
		}
	}
}
