package vendors_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/faulttest"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
)

// credentials are what no error may say, in any encoding. Quotes and slashes are
// what encodings change.
var credentials = map[otp.Vendor]map[string]string{
	otp.AndroidAPI: {"SECRET": `canary/andro"id+5e7c`},
	otp.MyOTP:      {"API_KEY": `canary/my"otp+5e7c`},
	otp.Octopush:   {"API_LOGIN": "canary-5e7c@octopush.test", "API_KEY": `canary/octo"push+5e7c`},
	otp.Way2API:    {"API_KEY": `canary/way"2api+5e7c`},
}

const (
	tries     = 3 // of a read
	impatient = 300 * time.Millisecond
)

// TestEveryCallMeetsEveryFault is the matrix of the calls of the clients and
// faulttest's table. Of each case it checks the sentence, how often the vendor
// was asked, and that the next call is none the worse for it.
func TestEveryCallMeetsEveryFault(t *testing.T) {
	t.Parallel()
	var cases []faulttest.Case
	for _, o := range operations() {
		if o.find(t); o.right.Body == nil {
			continue
		}
		for _, fault := range faulttest.All() {
			cases = append(cases, faulttest.Case{Name: o.folder + "/" + fault.Name, Run: func(t *testing.T) { meet(t, o, fault) }})
		}
	}
	faulttest.Matrix(t, cases)
}

// find looks up the endpoint and the right answer: the first of its contract
// files that the client takes.
func (o *operation) find(t *testing.T) {
	t.Helper()
	vendor, name, _ := strings.Cut(o.folder, "/")
	known, _ := vendors.Find(otp.Vendor(vendor))
	at := slices.IndexFunc(known.Endpoints, func(e httpapi.Endpoint) bool { return e.Operation == name })
	o.vendor, o.endpoint = known, known.Endpoints[at]
	for _, file := range replay.Files(t, filepath.Join(vendor, "testdata", "contract")) {
		right := faulttest.Answer{Status: file.Response.Status, ContentType: file.Response.Headers["Content-Type"], Body: file.Response.Bytes()}
		if file.Operation != name || len(right.Body) <= len(o.right.Body) { // the longest says most
			continue
		}
		if _, err := o.call(t.Context(), clientsAt(faulttest.Start(t, faulttest.Fault{}, right, never).URL(), 0)); err == nil {
			o.right = right
		}
	}
	if o.right.Body == nil {
		t.Errorf("%s has no right answer in its contract files", o.folder)
	}
}

func never(*http.Request) bool { return false }

func clientsAt(address string, timeout time.Duration) *vendors.Clients {
	accounts := map[otp.Vendor]httpapi.Account{}
	for vendor, secrets := range credentials {
		accounts[vendor] = httpapi.Account{Credentials: secrets, BaseURL: address}
	}
	return vendors.New(vendors.Config{Accounts: accounts, HTTP: httpapi.Options{
		MaxRequestsPerSecond: 1e6, MaxRetries: tries - 1, Timeout: timeout, Pause: func(time.Duration) time.Duration { return 0 },
		Now: func() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) },
	}})
}

func meet(t *testing.T, o operation, fault faulttest.Fault) {
	server := faulttest.Start(t, fault, o.right, nil)
	timeout := 30 * time.Second
	if fault.Slow {
		timeout = impatient
	}
	clients := clientsAt(server.URL(), timeout)
	value, err := o.call(t.Context(), clients)

	asked := 1
	if fault.Passing && o.endpoint.Read {
		asked = tries
	}
	if o.again(fault) {
		asked++
	}
	if fault.Refused {
		asked = 0
	}
	n := int(server.Requests.Load())
	if n > asked || n < asked && !fault.Slow { // fewer where the machine was too busy to connect in time
		t.Errorf("%d requests, want %d", n, asked)
	}
	if n := server.Followed.Load(); n != 0 {
		t.Errorf("%d requests went to where a redirect leads", n)
	}
	if err == nil {
		clean(t, reflect.ValueOf(value))
	}
	if n > 0 || !fault.Slow {
		o.sentence(t, fault, err)
	}

	if fault.Refused {
		return
	}
	server.Heal()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := o.call(ctx, clients); err != nil && !fault.Slow { // whose patience a busy machine may exceed
		t.Errorf("the next call fails: %v", err)
	}
}

// again reports whether the client asks once more, at another path.
func (o operation) again(fault faulttest.Fault) bool {
	return o.folder == "myotp/check_otp_status" && fault.Status == http.StatusNotFound
}

// sentence checks what is said of a fault.
func (o operation) sentence(t *testing.T, fault faulttest.Fault, err error) {
	t.Helper()
	var failure *httpapi.Error
	if !errors.As(err, &failure) {
		if err != nil || !slices.Contains(o.wants(fault), "") {
			t.Errorf("got %v, want an error of the kinds %q", err, o.wants(fault))
		}
		return
	}
	text := err.Error()
	// A reset may come before the client knows of its connection.
	never := fault.Unread && strings.Contains(text, "no connection")
	if !slices.Contains(o.wants(fault), failure.Kind) {
		t.Errorf("the kind is %q, want %q: %s", failure.Kind, o.wants(fault), text)
	}
	if begins := fmt.Sprintf("Could not %s at %s: ", o.endpoint.Purpose, o.vendor.Title); !strings.HasPrefix(text, begins) {
		t.Errorf("does not begin with %q: %s", begins, text)
	}
	if says := cmp.Or(fault.Says, fmt.Sprintf("HTTP %d", fault.Status)); !strings.Contains(text, says) && !never && o.folder != "androidapi/wa_qr" {
		t.Errorf("does not say %q: %s", says, text)
	}
	if failure.Next == "" {
		t.Errorf("does not say what to do: %s", text)
	}
	if maybe := strings.Contains(text, "may have carried it out all the same, so it was not repeated"); maybe != (o.maybe(fault) && !never && !(fault.Some && failure.Kind == httpapi.Forbidden)) { // a refusal whose words were spoiled
		t.Errorf("says that it may have been carried out: %v: %s", maybe, text)
	}
	if text != httpapi.Clean(text) || !utf8.ValidString(text) || len(text) > 1200 {
		t.Errorf("is not fit to be shown: %q", text)
	}
	for _, secret := range secrets() {
		if strings.Contains(text, secret) {
			t.Errorf("says %q: %s", secret, text)
		}
	}
}

// secrets are the credentials and the personal data of the calls, as they are and
// as they travel.
func secrets() []string {
	all := []string{email}
	for _, account := range credentials {
		for _, secret := range account {
			quoted, _ := json.Marshal(secret) // a string
			all = append(all, secret, strings.Trim(string(quoted), `"`), url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)))
		}
	}
	return all
}

// clean checks that a value holds no text that a terminal would obey.
func clean(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			clean(t, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			clean(t, v.Field(i))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return // a picture
		}
		for i := range v.Len() {
			clean(t, v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			clean(t, key)
			clean(t, v.MapIndex(key))
		}
	case reflect.String:
		if text := v.String(); text != httpapi.Clean(text) || !utf8.ValidString(text) {
			t.Errorf("the value %q is not fit to be shown", text)
		}
	}
}

// nothingDone are the statuses by which a vendor says that a call did nothing.
// AndroidAPI says it in its envelope only, which no fault has.
var nothingDone = map[otp.Vendor][]int{
	otp.MyOTP:    {400, 401, 402, 403, 409, 429},
	otp.Octopush: {400, 401, 403},
	otp.Way2API:  {400, 401, 402, 403, 404, 422, 429, 500, 503},
}

// maybe reports whether the vendor may have done what a failed call asked for.
func (o operation) maybe(fault faulttest.Fault) bool {
	if o.vendor.Name == otp.MyOTP && fault.Status == http.StatusNotFound {
		return o.folder == "myotp/generate_otp" // of a message that is not there nothing can be done
	}
	return !o.endpoint.Read && !fault.Refused && !slices.Contains(nothingDone[o.vendor.Name], fault.Status)
}

// wants are the kinds of error that a fault may lead to; empty: none.
func (o operation) wants(fault faulttest.Fault) []httpapi.Kind {
	kind := cmp.Or(httpapi.KindOf(fault.Status), httpapi.BadAnswer)
	switch {
	case o.folder == "androidapi/wa_qr" && fault.Name == "a byte order mark": // is part of a picture
	case fault.Right:
		kind = ""
	case fault.Status == 0, fault.Lost && fault.Passing:
		kind = httpapi.Connection
	case fault.Status == http.StatusNotFound && o.vendor.Name != otp.Octopush && o.folder != "myotp/account":
		kind = httpapi.BadAnswer // a path that is not there; what is not there has an envelope
	case fault.Some, o.folder == "androidapi/wa_qr" && fault.Status == http.StatusOK && !fault.Lost:
		// Of a picture most faults leave enough to look at.
		return []httpapi.Kind{"", httpapi.BadAnswer, httpapi.Forbidden}
	case o.folder == "octopush/check_credits" && slices.Contains([]string{"an empty list", "an empty object"}, fault.Name):
		kind = "" // PHP's two ways to write that there are none
	}
	return []httpapi.Kind{kind}
}
