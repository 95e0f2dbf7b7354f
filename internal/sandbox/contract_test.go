package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

// contract is a documented pair of request and answer. The same files bind the
// vendor's client.
type contract struct {
	Title     string        `json:"title"`
	Source    string        `json:"source"`
	Operation string        `json:"operation"`
	Given     contractGiven `json:"given"` // the sandbox's state before
	Request   struct {
		Method  string                     `json:"method"`
		Path    string                     `json:"path"` // below the vendor's base URL
		Headers map[string]string          `json:"headers"`
		Query   map[string]json.RawMessage `json:"query"` // a string, or an array of strings
		Body    json.RawMessage            `json:"body"`
		// Encoding is "multipart" or "form" (urlencoded), of Form.
		Encoding string            `json:"encoding"`
		Form     map[string]string `json:"form"`
		RawBody  *string           `json:"raw_body"` // instead of body
	} `json:"request"`
	Response struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body"`
		RawBody *string           `json:"raw_body"` // instead of body
		Base64  []byte            `json:"base64_body"`
	} `json:"response"`
	Verdict  json.RawMessage `json:"verdict"`  // what documents make of the answer
	Match    string          `json:"match"`    // "exact"; "shape": same keys and JSON types; "subset": at least these keys; "image": any PNG
	Exact    []string        `json:"exact"`    // with "shape": pointers to what is equal too
	Repaired []string        `json:"repaired"` // parameters the vendor puts right, in order; absent: not looked at
}

func TestContract(t *testing.T) {
	t.Parallel()
	for _, v := range contractVendors {
		root := filepath.Join("..", "vendors", v.name, "testdata", "contract")
		files, err := filepath.Glob(filepath.Join(root, "*", "*.json"))
		sandboxtest.Must(t, err)
		covered := map[string]bool{}
		for _, file := range files {
			operation := filepath.Base(filepath.Dir(file))
			covered[operation] = true
			t.Run(v.name+"/"+operation+"/"+strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
				t.Parallel()
				replay(t, v, file, operation)
			})
		}
		s, err := sandbox.New(sandbox.Options{})
		sandboxtest.Must(t, err)
		for _, served := range s.Vendors() {
			for _, op := range served.Operations() {
				if served.Name() == v.name && !covered[op.Name] {
					t.Errorf("the sandbox serves %s %s, but %s has no contract file", v.name, op.Name, filepath.Join(root, op.Name))
				}
			}
		}
	}
}

func TestEveryVendorHasContracts(t *testing.T) {
	t.Parallel()
	s, err := sandbox.New(sandbox.Options{})
	sandboxtest.Must(t, err)
	for _, v := range s.Vendors() {
		if !slices.ContainsFunc(contractVendors, func(c contractVendor) bool { return c.name == v.Name() }) {
			t.Errorf("the contract files of %s are not replayed", v.Name())
		}
	}
}

func replay(t *testing.T, v contractVendor, file, operation string) {
	raw, err := os.ReadFile(file)
	sandboxtest.Must(t, err)
	var c contract
	sandboxtest.Must(t, overlay(raw, &c))
	if c.Title == "" || c.Source == "" || c.Operation != operation {
		t.Errorf("title %q, source %q and operation %q must be there, the last as the folder is called", c.Title, c.Source, c.Operation)
	}
	options, err := v.options(c.Given.Settings)
	sandboxtest.Must(t, err)
	s := sandboxtest.Open(t, options)
	v.given(t, s, c.Given)
	if c.Given.Fault != nil {
		fault := *c.Given.Fault
		fault.Vendor, fault.Operation = v.name, operation
		sandboxtest.Must(t, s.Fail(fault))
	}

	headers, body := contractBody(t, c)
	got, err := sandboxtest.Send(t, c.Request.Method, contractURL(t, s, v.name, c), headers, body)
	sandboxtest.Must(t, err)
	if got.Status != c.Response.Status {
		t.Fatalf("HTTP status %d, want %d: %s", got.Status, c.Response.Status, got.Raw)
	}
	for name, want := range c.Response.Headers {
		if value := headerValue(t, got.Header, name); value != want {
			t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
	compareBody(t, c, got)
	request := sandboxtest.Last(t, s.Requests())
	if request.Operation != operation {
		t.Errorf("the sandbox took it for %q", request.Operation)
	}
	if c.Repaired != nil {
		repaired := []string{}
		for _, note := range request.Repaired {
			parameter, _, _ := strings.Cut(note, ":")
			repaired = append(repaired, parameter)
		}
		slices.Sort(repaired)
		slices.Sort(c.Repaired)
		repaired = slices.Compact(repaired) // a parameter may be cast first and clamped then
		if diff := cmp.Diff(c.Repaired, repaired); diff != "" {
			t.Errorf("repaired (-want +got):\n%s", diff)
		}
	}
}

func contractURL(t *testing.T, s *sandbox.Server, vendor string, c contract) string {
	t.Helper()
	query := url.Values{}
	for name, raw := range c.Request.Query {
		var one string
		if json.Unmarshal(raw, &one) == nil {
			query.Set(name, one)
			continue
		}
		var many []string
		sandboxtest.Must(t, json.Unmarshal(raw, &many))
		query[name] = many
	}
	out := s.Environment()["OTP_"+strings.ToUpper(vendor)+"_BASE_URL"] + c.Request.Path
	if len(query) > 0 {
		out += "?" + query.Encode()
	}
	return out
}

// contractBody is the body and the headers that go with it.
func contractBody(t *testing.T, c contract) (headers map[string]string, body any) {
	t.Helper()
	headers = map[string]string{}
	maps.Copy(headers, c.Request.Headers)
	switch {
	case c.Request.RawBody != nil:
		return headers, *c.Request.RawBody
	case c.Request.Encoding == "multipart":
		var text strings.Builder
		writer := multipart.NewWriter(&text)
		for _, name := range slices.Sorted(maps.Keys(c.Request.Form)) {
			sandboxtest.Must(t, writer.WriteField(name, c.Request.Form[name]))
		}
		sandboxtest.Must(t, writer.Close())
		headers["Content-Type"] = writer.FormDataContentType()
		return headers, text.String()
	case c.Request.Encoding == "form":
		form := url.Values{}
		for name, value := range c.Request.Form {
			form.Set(name, value)
		}
		headers["Content-Type"] = "application/x-www-form-urlencoded"
		return headers, form.Encode()
	case c.Request.Encoding != "" || c.Request.Form != nil:
		t.Fatalf("encoding is %q", c.Request.Encoding)
	case string(c.Request.Body) == "null":
		return headers, nil
	}
	return headers, string(c.Request.Body)
}

// headerValue leaves out what comes after the media type.
func headerValue(t *testing.T, header http.Header, name string) string {
	t.Helper()
	value := header.Get(name)
	if name == "Content-Type" {
		media, _, err := mime.ParseMediaType(value)
		sandboxtest.Must(t, err)
		return media
	}
	return value
}

func compareBody(t *testing.T, c contract, got sandboxtest.Response) {
	t.Helper()
	if c.Response.RawBody != nil {
		if got.Raw != *c.Response.RawBody {
			t.Errorf("body %q, want %q", got.Raw, *c.Response.RawBody)
		}
		return
	}
	if c.Match == "image" {
		comparePNG(t, c.Response.Base64, []byte(got.Raw))
		return
	}
	var want, have any
	sandboxtest.Must(t, json.Unmarshal(c.Response.Body, &want))
	sandboxtest.Must(t, json.Unmarshal([]byte(got.Raw), &have))
	switch c.Match {
	case "exact":
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("body (-want +got):\n%s", diff)
		}
	case "shape", "subset":
		if c.Match == "subset" {
			have = within(want, have)
		}
		if diff := cmp.Diff(shape(want), shape(have)); diff != "" {
			t.Errorf("shape of the body (-want +got):\n%s\n%s", diff, got.Raw)
		}
		for _, pointer := range c.Exact {
			wanted, err := at(want, pointer)
			sandboxtest.Must(t, err)
			found, err := at(have, pointer)
			sandboxtest.Must(t, err)
			if diff := cmp.Diff(wanted, found); diff != "" {
				t.Errorf("%s (-want +got):\n%s", pointer, diff)
			}
		}
	default:
		t.Fatalf("match is %q", c.Match)
	}
}

// comparePNG compares no more than that both are images: what they show is new
// each time.
func comparePNG(t *testing.T, images ...[]byte) {
	t.Helper()
	for _, raw := range images {
		if _, err := png.Decode(bytes.NewReader(raw)); err != nil {
			t.Errorf("no PNG: %v", err)
		}
	}
}

// within leaves out the members of an object that nobody wants.
func within(want, have any) any {
	wanted, ok := want.(map[string]any)
	found, isObject := have.(map[string]any)
	if !ok || !isObject {
		return have
	}
	out := map[string]any{}
	for key, member := range found {
		if inner, ok := wanted[key]; ok {
			out[key] = within(inner, member)
		}
	}
	return out
}

// shape replaces every value by the name of its JSON type.
func shape(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, member := range value {
			out[key] = shape(member)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, member := range value {
			out[i] = shape(member)
		}
		return out
	}
	return fmt.Sprintf("%T", value)
}

// at follows a JSON pointer.
func at(value any, pointer string) (any, error) {
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for _, key := range strings.Split(pointer, "/")[1:] {
		switch parent := value.(type) {
		case map[string]any:
			member, ok := parent[unescape.Replace(key)]
			if !ok {
				return nil, fmt.Errorf("nothing at %s", pointer)
			}
			value = member
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(parent) {
				return nil, fmt.Errorf("nothing at %s", pointer)
			}
			value = parent[i]
		default:
			return nil, fmt.Errorf("nothing at %s", pointer)
		}
	}
	return value, nil
}
