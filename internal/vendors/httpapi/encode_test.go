package httpapi

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"pgregory.net/rapid"
)

func TestOptionalFieldsAreLeftOutWhereTheyAreEmpty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, number := rapid.String().Draw(t, "text"), rapid.Int64Range(-1, 1).Draw(t, "number")
		want, err := json.Marshal(struct {
			Number int64  `json:"number,omitempty"`
			Text   string `json:"text,omitempty"`
			Zero   int64  `json:"zero"`
		}{number, text, 0})
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(Fields{"zero": int64(0)}.WithText("text", text).WithNumber("number", number))
		if err != nil || string(got) != string(want) {
			t.Fatalf("got %s, %v, want %s", got, err, want)
		}
	})
}

func TestFieldsOfADocumentAreTextUnlessJSON(t *testing.T) {
	t.Parallel()
	request := func() Fields {
		return Fields{"text": "a", "number": int64(7), "flag": true, "open": "{{duration_seconds:number}}"}
	}
	anonymous := func(*Call, func(string) string) {}
	asText := map[string]any{"text": "a", "number": "7", "flag": "true", "open": "{{duration_seconds:number}}"}
	for _, encoding := range []otp.Encoding{otp.Query, otp.Form, otp.Multipart} {
		if diff := cmp.Diff(asText, Document(otp.RoutePlan{}, Endpoint{Encoding: encoding}, anonymous, request()).Fields); diff != "" {
			t.Errorf("%s (-want +got):\n%s", encoding, diff)
		}
	}
	if diff := cmp.Diff(map[string]any(request()), Document(otp.RoutePlan{}, Endpoint{Encoding: otp.JSON}, anonymous, request()).Fields); diff != "" {
		t.Errorf("json (-want +got):\n%s", diff)
	}
}

func TestACallIsNotChangedByItsCredentials(t *testing.T) {
	t.Parallel()
	address, _ := answering(t, status(200))
	call := Call{Endpoint: readEndpoint, Fields: Fields{"page": int64(1)}, Headers: map[string]string{"X-Kind": "a"}}
	if _, err := newTestClient(t, testConfig(address)).Do(t.Context(), call, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Call{Endpoint: readEndpoint, Fields: Fields{"page": int64(1)}, Headers: map[string]string{"X-Kind": "a"}}, call); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// recorder keeps what a server received.
type recorder struct {
	mutex   sync.Mutex
	request *http.Request
	body    []byte
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	raw, err := io.ReadAll(request.Body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.request, r.body = request, raw
	status(200)(w, request)
}

func TestEncodingsOnTheWire(t *testing.T) {
	t.Parallel()
	const text = "“quoted” & <tagged> é+"
	fields := Fields{"text": text, "channel": "sms", "number": int64(7), "flag": false}
	asText := url.Values{"text": {text}, "channel": {"sms"}, "number": {"7"}, "flag": {"false"}}
	for _, encoding := range []otp.Encoding{otp.JSON, otp.Query, otp.Form, otp.Multipart} {
		for _, read := range []bool{true, false} {
			record := new(recorder)
			address, _ := answering(t, record.ServeHTTP)
			endpoint := Endpoint{Operation: "x", Purpose: "x", Method: http.MethodPost, Path: "/a/b", Encoding: encoding, Read: read}
			config := testConfig(address + "/base")
			config.Authorize, config.Transport.userAgent = nil, "agent/1"
			if _, err := newTestClient(t, config).Do(t.Context(), Call{Endpoint: endpoint, Fields: fields, Headers: map[string]string{"X-Kind": "a"}}, nil); err != nil {
				t.Fatal(err)
			}
			got := record.request
			if got.URL.Path != "/base/a/b" || got.Method != http.MethodPost || got.UserAgent() != "agent/1" || got.Header.Get("Accept") != "application/json" || got.Header.Get("X-Kind") != "a" {
				t.Errorf("%s: got %s %s %v", encoding, got.Method, got.URL.Path, got.Header)
			}
			if len(got.TransferEncoding) != 0 || got.ContentLength != int64(len(record.body)) {
				t.Errorf("%s: Content-Length %d, transfer encoding %v, want %d and none", encoding, got.ContentLength, got.TransferEncoding, len(record.body))
			}
			checkBody(t, encoding, got, record.body, asText)
		}
	}
}

func checkBody(t *testing.T, encoding otp.Encoding, request *http.Request, raw []byte, asText url.Values) {
	t.Helper()
	media, parameters, err := mime.ParseMediaType(request.Header.Get("Content-Type"))
	if err != nil && encoding != otp.Query {
		t.Fatal(err)
	}
	switch encoding {
	case otp.JSON:
		want := `{"channel":"sms","flag":false,"number":7,"text":"“quoted” & <tagged> é+"}`
		if media != "application/json" || string(raw) != want {
			t.Errorf("json: %s %s", media, raw)
		}
	case otp.Query:
		if diff := cmp.Diff(asText, request.URL.Query()); diff != "" || len(raw) != 0 {
			t.Errorf("query: %s, body %q", diff, raw)
		}
	case otp.Form:
		got, err := url.ParseQuery(string(raw))
		if diff := cmp.Diff(asText, got); err != nil || diff != "" || media != "application/x-www-form-urlencoded" {
			t.Errorf("form: %v %s %s", err, media, diff)
		}
	case otp.Multipart:
		form, err := multipart.NewReader(bytes.NewReader(raw), parameters["boundary"]).ReadForm(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string][]string(asText), form.Value); diff != "" || media != "multipart/form-data" {
			t.Errorf("multipart: %s %s", media, diff)
		}
	}
}

func TestListsRepeatTheFieldInAQuery(t *testing.T) {
	t.Parallel()
	got, err := encode(readEndpoint, Fields{"codes[]": []string{"FR", "ES"}})
	if want := "codes%5B%5D=FR&codes%5B%5D=ES"; err != nil || got.query != want {
		t.Errorf("got %q, %v, want %q", got.query, err, want)
	}
	got, err = encode(readEndpoint, nil)
	if err != nil || got.query != "" {
		t.Errorf("got %q, %v, want nothing", got.query, err)
	}
}
