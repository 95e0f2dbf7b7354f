package androidapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
)

const testSecret = "sandbox_androidapi_secret_0123456789abcd"

// contract is a contract file.
type contract struct{ replay.File }

func contracts(t *testing.T) []contract {
	t.Helper()
	var all []contract
	for _, file := range replay.Files(t, "testdata/contract") {
		all = append(all, contract{file})
	}
	return all
}

// fields are what the file's request says, wherever it says it.
func (c contract) fields() map[string]string {
	fields := map[string]string{}
	for name, value := range c.Fields() {
		fields[name] = fmt.Sprint(value)
	}
	return fields
}

// arrived is a request as a server gets it.
type arrived struct {
	Method string
	Path   string
	Media  string // of the body
	Length bool   // Content-Length is set
	Query  url.Values
	Form   url.Values
}

// serve answers every request as the file says and keeps the requests.
func (c contract) serve(t *testing.T) (string, *[]arrived) {
	t.Helper()
	requests := new([]arrived)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*requests = append(*requests, receive(t, r))
		for name, value := range c.Response.Headers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(c.Response.Status)
		if _, err := w.Write(c.Response.Bytes()); err != nil {
			t.Errorf("the answer could not be written: %v", err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

func receive(t *testing.T, r *http.Request) arrived {
	t.Helper()
	got := arrived{Method: r.Method, Path: r.URL.Path, Length: r.ContentLength >= 0, Query: r.URL.Query(), Form: url.Values{}}
	got.Media, _, _ = strings.Cut(r.Header.Get("Content-Type"), ";")
	if got.Media == "" {
		if body, err := io.ReadAll(r.Body); err != nil || len(body) > 0 {
			t.Errorf("a body without a type arrived: %q, %v", body, err)
		}
		return got
	}
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		t.Errorf("the form could not be read: %v", err)
	}
	got.Form = r.PostForm
	return got
}

// want is the file's request as the client has to send it.
func (c contract) want() arrived {
	want := arrived{Method: c.Request.Method, Path: c.Request.Path, Length: true, Query: url.Values{}, Form: url.Values{}}
	for name, value := range c.Request.Query {
		want.Query.Set(name, fmt.Sprint(value))
	}
	for name, value := range c.Request.Form {
		want.Form.Set(name, value)
	}
	switch {
	case c.Request.Encoding == "multipart":
		want.Media = "multipart/form-data"
	case c.Request.Encoding == "form":
		want.Media = "application/x-www-form-urlencoded"
	case string(c.Request.Body) != "null":
		want.Media = "application/json"
	}
	return want
}

// byDocuments are the calls that only documents make; TestContract of package
// delivery replays their files.
var byDocuments = []string{"send_otp", "get_otp"}

// byNobody are calls that the vendor has and nobody makes. Only the sandbox is held
// to their files.
var byNobody = []string{"get_earnings", "validate_whatsapp"}

func TestContract(t *testing.T) {
	t.Parallel()
	results, judged, impossible, covered := results(), verdicts(), impossible(), map[string]bool{}
	for _, file := range contracts(t) {
		covered[file.Operation] = true
		if slices.Contains(slices.Concat(byDocuments, byNobody), file.Operation) {
			continue
		}
		value, succeeds := results[file.Name]
		failure, special := judged[file.Name]
		if !succeeds && !special {
			failure = file.failure(t)
		}
		reason := impossible[file.Name]
		delete(results, file.Name)
		delete(judged, file.Name)
		delete(impossible, file.Name)
		t.Run(file.Name, func(t *testing.T) {
			t.Parallel()
			file.check(t, value, failure, reason)
		})
	}
	for name := range results {
		t.Errorf("%s: there is no such contract file", name)
	}
	for name := range judged {
		t.Errorf("%s: there is no such contract file", name)
	}
	for name := range impossible {
		t.Errorf("%s: there is no such contract file", name)
	}
	for _, endpoint := range Endpoints() {
		if !covered[endpoint.Operation] {
			t.Errorf("%s has no contract file", endpoint.Operation)
		}
	}
}

// verdict is an error that the client makes of a contract file.
type verdict struct {
	Kind  httpapi.Kind
	Code  string
	Maybe bool // it may have been carried out
}

// failure is the verdict on a file that no table knows: its body status alone
// decides. A success that no table knows fails the test.
func (c contract) failure(t *testing.T) verdict {
	t.Helper()
	var body struct {
		Status int `json:"status"`
	}
	if err := json.Unmarshal(c.Response.Body, &body); err != nil {
		t.Fatalf("%s: the answer is no envelope; add the file to a table", c.Name)
	}
	kind, ok := map[int]httpapi.Kind{
		400: httpapi.Invalid, 401: httpapi.Unauthorized, 403: httpapi.Forbidden, 404: httpapi.NotFound, 500: httpapi.Unavailable,
	}[body.Status]
	if !ok {
		t.Errorf("%s: the test expects nothing of this contract file; add it to a table", c.Name)
	}
	sends := c.Operation == "wa_link" || c.Operation == "wa_relink"
	return verdict{Kind: kind, Code: strconv.Itoa(body.Status), Maybe: sends && body.Status == 500}
}

// check makes the file's call. A reason says why the typed client cannot send
// the file's request; its answer is replayed all the same.
func (c contract) check(t *testing.T, want any, failure verdict, reason string) {
	t.Helper()
	address, requests := c.serve(t)
	got, err := c.perform(t.Context(), newTestClient(t, address, c.fields()[SecretField]))
	if want != nil {
		if err != nil {
			t.Fatal(err)
		}
		if image, is := got.(*Image); is {
			want = &Image{ContentType: "image/png", Data: c.Response.Base64Body}
			if len(image.Data) == 0 {
				t.Error("the image is empty")
			}
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(httpapi.Secret{})); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
	} else {
		var refused *httpapi.Error
		if !errors.As(err, &refused) {
			t.Fatalf("got %v and %v, want an error", got, err)
		}
		if diff := cmp.Diff(failure, verdict{refused.Kind, refused.Code, refused.MaybeSent}); diff != "" {
			t.Errorf("error %v (-want +got):\n%s", err, diff)
		}
		if refused.Status != c.Response.Status {
			t.Errorf("HTTP status %d, want %d", refused.Status, c.Response.Status)
		}
	}
	if len(*requests) != 1 {
		t.Fatalf("%d requests arrived, want 1", len(*requests))
	}
	diff := cmp.Diff(c.want(), (*requests)[0])
	if reason == "" && diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if reason != "" && diff == "" {
		t.Errorf("the client sends this very request, though %s", reason)
	}
}

func newTestClient(t *testing.T, address, secret string) *Client {
	t.Helper()
	if secret == "" {
		secret = testSecret
	}
	client, err := New(httpapi.Account{Credentials: map[string]string{"SECRET": secret}, BaseURL: address}, httpapi.NewTransport(httpapi.Options{MaxRequestsPerSecond: 1e6}, ""))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// perform makes the call of a contract file as far as the types allow it.
func (c contract) perform(ctx context.Context, client *Client) (any, error) {
	f := c.fields()
	list := PageRequest{Limit: number(f["limit"]), Page: number(f["page"])}
	switch c.Operation {
	case "get_devices":
		return client.Devices(ctx, list)
	case "get_rates":
		return client.Rates(ctx)
	case "get_credits":
		return client.Credits(ctx)
	case "get_subscription":
		return client.Subscription(ctx)
	case "wa_servers":
		return client.Servers(ctx)
	case "wa_link":
		return client.Link(ctx, LinkRequest{ServerID: f["sid"]})
	case "wa_relink":
		return client.Relink(ctx, RelinkRequest{Unique: f["unique"], ServerID: f["sid"]})
	case "wa_qr":
		return client.QRCode(ctx, f["token"])
	case "wa_info":
		return client.LinkState(ctx, f["token"])
	case "wa_accounts":
		return client.Accounts(ctx, list)
	case "wa_account_delete":
		return "deleted", client.DeleteAccount(ctx, f["unique"])
	case "sms_sent":
		return client.SMSSent(ctx, list)
	case "sms_pending":
		return client.SMSPending(ctx, list)
	case "sms_message":
		return client.SMSMessage(ctx, f["id"])
	case "wa_sent":
		return client.WhatsAppSent(ctx, list)
	case "wa_pending":
		return client.WhatsAppPending(ctx, list)
	case "wa_message":
		return client.WhatsAppMessage(ctx, f["id"])
	}
	return nil, errors.New("no such operation")
}

// number is 0 for what is no number; such files are in the table of the
// impossible.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
