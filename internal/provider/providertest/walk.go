package providertest

import (
	"math/big"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// Walk is a configured provider, as for one plan.
type Walk struct{ *Server }

// NewWalk configures a provider with accounts of these vendors at the sandbox.
func NewWalk(t *testing.T, s *sandbox.Server, accounts ...otp.Vendor) *Walk {
	t.Helper()
	return NewWalkAt(t, s, s.URL(), accounts...)
}

// NewWalkAt is NewWalk for a sandbox that is reached at another address.
func NewWalkAt(t *testing.T, s *sandbox.Server, url string, accounts ...otp.Vendor) *Walk {
	t.Helper()
	environment, config := s.Environment(), map[string]any{}
	for _, vendor := range accounts {
		account := map[string]any{"base_url": url + strings.TrimPrefix(environment[vendor.Variable("", "BASE_URL")], s.URL())}
		for _, variable := range vendors.Variables(vendor, "") {
			account[strings.ToLower(strings.TrimPrefix(variable, vendor.Variable("", "")))] = environment[variable]
		}
		config[string(vendor)] = account
	}
	return NewWalkWith(t, config)
}

// NewWalkWith is NewWalk with accounts as they stand in the provider block.
func NewWalkWith(t *testing.T, config map[string]any) *Walk {
	t.Helper()
	raw, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	w := &Walk{&Server{ProviderServer: raw, T: t}}
	if w.Schema, err = raw.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	config["http"] = map[string]any{"max_retries": 0, "max_requests_per_second": 100000}
	response, err := raw.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: w.Dynamic(w.Object(w.Schema.Provider.ValueType(), config)),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.None(response.Diagnostics)
	return w
}

// SetOf is a set of strings as an argument.
func SetOf(values ...string) []tftypes.Value {
	all := []tftypes.Value{}
	for _, value := range values {
		all = append(all, tftypes.NewValue(tftypes.String, value))
	}
	return all
}

// Read reads a data source and returns its state as plain data: objects as
// maps, numbers as int64.
func (w *Walk) Read(typeName string, arguments map[string]any) (map[string]any, []*tfprotov6.Diagnostic) {
	w.T.Helper()
	block := w.Schema.DataSourceSchemas[typeName].ValueType()
	config := w.Dynamic(w.Object(block, arguments))
	validated, err := w.ValidateDataResourceConfig(w.T.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeName, Config: config})
	if err != nil {
		w.T.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return nil, validated.Diagnostics
	}
	response, err := w.ReadDataSource(w.T.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: config})
	if err != nil {
		w.T.Fatal(err)
	}
	value, err := response.State.Unmarshal(block)
	if err != nil {
		w.T.Fatal(err)
	}
	state, _ := w.plain(value).(map[string]any)
	return state, response.Diagnostics
}

// Reads is Read of what must work without a word.
func (w *Walk) Reads(typeName string, arguments map[string]any) map[string]any {
	w.T.Helper()
	state, diagnostics := w.Read(typeName, arguments)
	for _, d := range diagnostics {
		w.T.Errorf("%s: %s: %s", d.Severity, d.Summary, d.Detail)
	}
	if state == nil {
		w.T.Fatalf("%s has no state", typeName)
	}
	return state
}

// complains is Read of what gives exactly one diagnostic, whose title and text
// match.
func (w *Walk) complains(severity tfprotov6.DiagnosticSeverity, typeName string, arguments map[string]any, want string) map[string]any {
	w.T.Helper()
	state, diagnostics := w.Read(typeName, arguments)
	if len(diagnostics) != 1 || diagnostics[0].Severity != severity {
		w.T.Fatalf("got %d diagnostics, want one %s: %v", len(diagnostics), severity, Texts(diagnostics))
	}
	if text := Texts(diagnostics)[0]; !regexp.MustCompile(want).MatchString(text) {
		w.T.Errorf("got %q, want %q", text, want)
	}
	return state
}

// Fails is Read of what gives one error.
func (w *Walk) Fails(typeName string, arguments map[string]any, want string) {
	w.T.Helper()
	w.complains(tfprotov6.DiagnosticSeverityError, typeName, arguments, want)
}

// Warns is Read of what gives one warning.
func (w *Walk) Warns(typeName string, arguments map[string]any, want string) map[string]any {
	w.T.Helper()
	return w.complains(tfprotov6.DiagnosticSeverityWarning, typeName, arguments, want)
}

// Texts are the diagnostics, each as one text.
func Texts(diagnostics []*tfprotov6.Diagnostic) []string {
	var all []string
	for _, d := range diagnostics {
		all = append(all, d.Summary+": "+d.Detail)
	}
	return all
}

func (w *Walk) plain(value tftypes.Value) any {
	w.T.Helper()
	if value.IsNull() {
		return nil
	}
	var text string
	var truth bool
	number, list, object := new(big.Float), []tftypes.Value{}, map[string]tftypes.Value{}
	switch {
	case value.Type().Is(tftypes.String):
		w.as(value, &text)
		return text
	case value.Type().Is(tftypes.Bool):
		w.as(value, &truth)
		return truth
	case value.Type().Is(tftypes.Number):
		w.as(value, &number)
		whole, _ := number.Int64()
		return whole
	case value.Type().Is(tftypes.Object{}), value.Type().Is(tftypes.Map{}):
		w.as(value, &object)
		plain := map[string]any{}
		for name, member := range object {
			plain[name] = w.plain(member)
		}
		return plain
	}
	w.as(value, &list)
	plain := []any{}
	for _, item := range list {
		plain = append(plain, w.plain(item))
	}
	return plain
}

func (w *Walk) as(value tftypes.Value, into any) {
	w.T.Helper()
	if err := value.As(into); err != nil {
		w.T.Fatal(err)
	}
}

// Requested counts the requests to the vendors, by operation.
func Requested(s *sandbox.Server) map[string]int {
	counts := map[string]int{}
	for _, request := range s.Requests() {
		counts[request.Operation]++
	}
	return counts
}

// Column is one attribute of every row of a list.
func Column(rows any, name string) []any {
	var values []any
	for _, row := range rows.([]any) {
		values = append(values, row.(map[string]any)[name])
	}
	return values
}

// Distinct reports whether no value occurs twice.
func Distinct(values []any) bool {
	seen := map[any]bool{}
	for _, value := range values {
		if seen[value] {
			return false
		}
		seen[value] = true
	}
	return true
}

// Answer lets the vendor answer the next request of an operation with a body.
func Answer(t *testing.T, s *sandbox.Server, vendor, operation, body string) {
	t.Helper()
	if err := s.Fail(sandbox.Fault{
		Vendor: vendor, Operation: operation, Kind: sandbox.Answer, Status: http.StatusOK,
		Headers: map[string]string{"Content-Type": "application/json"}, Body: body,
	}); err != nil {
		t.Fatal(err)
	}
}

// Before is BeforeRequest for the second page of a list: the list changes while
// it is read.
func Before(t *testing.T, s *sandbox.Server, path string, do func() error) string {
	t.Helper()
	return BeforeRequest(t, s, path, 2, do)
}

// BeforeRequest is another address of a sandbox, where something happens before
// the request of this number to a path.
func BeforeRequest(t *testing.T, s *sandbox.Server, path string, which int64, do func() error) string {
	t.Helper()
	var number atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, path) && number.Add(1) == which {
			if err := do(); err != nil {
				t.Error(err)
			}
		}
		s.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// Everything is every text in a state.
func Everything(value any) []string {
	var all []string
	switch v := value.(type) {
	case string:
		all = append(all, v)
	case []any:
		for _, item := range v {
			all = append(all, Everything(item)...)
		}
	case map[string]any:
		for _, member := range v {
			all = append(all, Everything(member)...)
		}
	}
	return all
}
