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

type everything struct {
	Text     string      `json:"text"`
	Channel  otp.Channel `json:"channel"`
	Number   int64       `json:"number"`
	Flag     bool        `json:"flag"`
	Optional string      `json:"optional,omitempty"`
	Zero     int         `json:"zero,omitempty"`
	Pointer  *bool       `json:"pointer"`
	Open     any         `json:"open"`
	Hidden   string      `json:"-"`
	Untagged string
}

func TestFields(t *testing.T) {
	t.Parallel()
	yes := true
	tests := map[string]struct {
		request any
		want    map[string]any
	}{
		"nothing": {nil, map[string]any{}},
		"zero values are sent unless they are optional": {
			everything{Hidden: "x", Untagged: "y"},
			map[string]any{"text": "", "channel": "", "number": int64(0), "flag": false},
		},
		"all values": {
			&everything{Text: "a", Channel: otp.SMS, Number: 7, Flag: true, Optional: "b", Zero: 1, Pointer: &yes, Open: 5},
			map[string]any{"text": "a", "channel": "sms", "number": int64(7), "flag": true, "optional": "b", "zero": int64(1), "pointer": true, "open": int64(5)},
		},
		"a document placeholder in place of a number": {
			everything{Open: "{{duration_seconds:number}}"},
			map[string]any{"text": "", "channel": "", "number": int64(0), "flag": false, "open": "{{duration_seconds:number}}"},
		},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, Fields(test.request)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFieldsOfAnEndpointAreTextUnlessJSON(t *testing.T) {
	t.Parallel()
	request := everything{Text: "a", Channel: otp.SMS, Number: 7, Flag: true}
	asText := map[string]any{"text": "a", "channel": "sms", "number": "7", "flag": "true"}
	for _, encoding := range []otp.Encoding{otp.Query, otp.Form, otp.Multipart} {
		if diff := cmp.Diff(asText, Endpoint{Encoding: encoding}.Fields(request)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", encoding, diff)
		}
	}
	if diff := cmp.Diff(Fields(request), Endpoint{Encoding: otp.JSON}.Fields(request)); diff != "" {
		t.Errorf("json (-want +got):\n%s", diff)
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
	request := everything{Text: "“quoted” & <tagged> é+", Channel: otp.SMS, Number: 7}
	asText := url.Values{"text": {request.Text}, "channel": {"sms"}, "number": {"7"}, "flag": {"false"}}
	for _, encoding := range []otp.Encoding{otp.JSON, otp.Query, otp.Form, otp.Multipart} {
		for _, read := range []bool{true, false} {
			record := new(recorder)
			address, _ := answering(t, record.ServeHTTP)
			endpoint := Endpoint{Operation: "x", Purpose: "x", Method: http.MethodPost, Path: "/a/b", Encoding: encoding, Read: read}
			config := testConfig(address + "/base")
			config.Authorize, config.UserAgent = nil, "agent/1"
			if _, err := newTestClient(t, config).Do(t.Context(), Call{Endpoint: endpoint, Request: request}, nil); err != nil {
				t.Fatal(err)
			}
			got := record.request
			if got.URL.Path != "/base/a/b" || got.Method != http.MethodPost || got.UserAgent() != "agent/1" || got.Header.Get("Accept") != "application/json" {
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
	type list struct {
		Codes []string `json:"codes[],omitempty"`
	}
	got, err := encode(readEndpoint, readEndpoint.Fields(list{[]string{"FR", "ES"}}))
	if want := "codes%5B%5D=FR&codes%5B%5D=ES"; err != nil || got.query != want {
		t.Errorf("got %q, %v, want %q", got.query, err, want)
	}
	got, err = encode(readEndpoint, readEndpoint.Fields(list{}))
	if err != nil || got.query != "" {
		t.Errorf("got %q, %v, want nothing", got.query, err)
	}
}

func TestFieldsAgreeWithJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		request := struct {
			A string `json:"a"`
			B string `json:"b,omitempty"`
			C int64  `json:"c"`
			D int64  `json:"d,omitempty"`
			E bool   `json:"e"`
			F bool   `json:"f,omitempty"`
		}{
			rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b"), rapid.Int64().Draw(t, "c"),
			rapid.Int64Range(-1, 1).Draw(t, "d"), rapid.Bool().Draw(t, "e"), rapid.Bool().Draw(t, "f"),
		}
		want, err := json.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(Fields(request))
		if err != nil || string(got) != string(want) {
			t.Fatalf("got %s, %v, want %s", got, err, want)
		}
	})
}
