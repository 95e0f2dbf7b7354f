package provider_test

import (
	"math/big"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// Data sources of vendors are tested by speaking the protocol: that takes
// milliseconds, shows warnings, and one walk makes a known number of requests.

// walk is a configured provider, as for one plan.
type walk struct{ *server }

// newWalk configures a provider with accounts of these vendors at the sandbox.
func newWalk(t *testing.T, s *sandbox.Server, accounts ...otp.Vendor) *walk {
	t.Helper()
	return newWalkAt(t, s, s.URL(), accounts...)
}

// newWalkAt is newWalk for a sandbox that is reached at another address.
func newWalkAt(t *testing.T, s *sandbox.Server, url string, accounts ...otp.Vendor) *walk {
	t.Helper()
	environment, config := s.Environment(), map[string]any{}
	for _, vendor := range accounts {
		account := map[string]any{"base_url": url + strings.TrimPrefix(environment[vendor.Variable("", "BASE_URL")], s.URL())}
		for _, variable := range vendors.Variables(vendor) {
			account[strings.ToLower(strings.TrimPrefix(variable, vendor.Variable("", "")))] = environment[variable]
		}
		config[string(vendor)] = account
	}
	return newWalkWith(t, config)
}

// newWalkWith is newWalk with accounts as they stand in the provider block.
func newWalkWith(t *testing.T, config map[string]any) *walk {
	t.Helper()
	raw, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	w := &walk{&server{ProviderServer: raw, t: t}}
	if w.schema, err = raw.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	config["http"] = map[string]any{"max_retries": 0, "max_requests_per_second": 100000}
	response, err := raw.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: w.dynamic(w.object(w.schema.Provider.ValueType(), config)),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.none(response.Diagnostics)
	return w
}

// setOf is a set of strings as an argument.
func setOf(values ...string) []tftypes.Value {
	all := []tftypes.Value{}
	for _, value := range values {
		all = append(all, tftypes.NewValue(tftypes.String, value))
	}
	return all
}

// read reads a data source and returns its state as plain data: objects as
// maps, numbers as int64.
func (w *walk) read(typeName string, arguments map[string]any) (map[string]any, []*tfprotov6.Diagnostic) {
	w.t.Helper()
	block := w.schema.DataSourceSchemas[typeName].ValueType()
	config := w.dynamic(w.object(block, arguments))
	validated, err := w.ValidateDataResourceConfig(w.t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeName, Config: config})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return nil, validated.Diagnostics
	}
	response, err := w.ReadDataSource(w.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: config})
	if err != nil {
		w.t.Fatal(err)
	}
	value, err := response.State.Unmarshal(block)
	if err != nil {
		w.t.Fatal(err)
	}
	state, _ := w.plain(value).(map[string]any)
	return state, response.Diagnostics
}

// reads is read of what must work without a word.
func (w *walk) reads(typeName string, arguments map[string]any) map[string]any {
	w.t.Helper()
	state, diagnostics := w.read(typeName, arguments)
	for _, d := range diagnostics {
		w.t.Errorf("%s: %s: %s", d.Severity, d.Summary, d.Detail)
	}
	if state == nil {
		w.t.Fatalf("%s has no state", typeName)
	}
	return state
}

// complains is read of what gives exactly one diagnostic, whose title and text
// match.
func (w *walk) complains(severity tfprotov6.DiagnosticSeverity, typeName string, arguments map[string]any, want string) map[string]any {
	w.t.Helper()
	state, diagnostics := w.read(typeName, arguments)
	if len(diagnostics) != 1 || diagnostics[0].Severity != severity {
		w.t.Fatalf("got %d diagnostics, want one %s: %v", len(diagnostics), severity, texts(diagnostics))
	}
	if text := texts(diagnostics)[0]; !regexp.MustCompile(want).MatchString(text) {
		w.t.Errorf("got %q, want %q", text, want)
	}
	return state
}

func (w *walk) fails(typeName string, arguments map[string]any, want string) {
	w.t.Helper()
	w.complains(tfprotov6.DiagnosticSeverityError, typeName, arguments, want)
}

func (w *walk) warns(typeName string, arguments map[string]any, want string) map[string]any {
	w.t.Helper()
	return w.complains(tfprotov6.DiagnosticSeverityWarning, typeName, arguments, want)
}

func texts(diagnostics []*tfprotov6.Diagnostic) []string {
	var all []string
	for _, d := range diagnostics {
		all = append(all, d.Summary+": "+d.Detail)
	}
	return all
}

func (w *walk) plain(value tftypes.Value) any {
	w.t.Helper()
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
	case value.Type().Is(tftypes.Object{}):
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

func (w *walk) as(value tftypes.Value, into any) {
	w.t.Helper()
	if err := value.As(into); err != nil {
		w.t.Fatal(err)
	}
}

// requested counts the requests to the vendors, by operation.
func requested(s *sandbox.Server) map[string]int {
	counts := map[string]int{}
	for _, request := range s.Requests() {
		counts[request.Operation]++
	}
	return counts
}

// column is one attribute of every row of a list.
func column(rows any, name string) []any {
	var values []any
	for _, row := range rows.([]any) {
		values = append(values, row.(map[string]any)[name])
	}
	return values
}

// distinct reports whether no value occurs twice.
func distinct(values []any) bool {
	seen := map[any]bool{}
	for _, value := range values {
		if seen[value] {
			return false
		}
		seen[value] = true
	}
	return true
}

// answer lets the vendor answer the next request of an operation with a body.
func answer(t *testing.T, s *sandbox.Server, vendor, operation, body string) {
	t.Helper()
	if err := s.Fail(sandbox.Fault{
		Vendor: vendor, Operation: operation, Kind: sandbox.Answer, Status: http.StatusOK,
		Headers: map[string]string{"Content-Type": "application/json"}, Body: body,
	}); err != nil {
		t.Fatal(err)
	}
}

// before is beforeRequest for the second page of a list: the list changes while
// it is read.
func before(t *testing.T, s *sandbox.Server, path string, do func() error) string {
	t.Helper()
	return beforeRequest(t, s, path, 2, do)
}

// beforeRequest is another address of a sandbox, where something happens before
// the request of this number to a path.
func beforeRequest(t *testing.T, s *sandbox.Server, path string, which int64, do func() error) string {
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

// Every data source leaves nothing to change behind, and a walk shares what
// several of them need.
func TestDataSourcesOfVendorsLeaveAnEmptySecondPlan(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	if err := s.AddTransactions(3); err != nil {
		t.Fatal(err)
	}
	if err := s.AddSentMessages("sms", 2); err != nil {
		t.Fatal(err)
	}
	var block strings.Builder
	environment := s.Environment()
	for _, vendor := range otp.Vendors() {
		block.WriteString("  " + string(vendor) + " = {\n    base_url = \"" + environment[vendor.Variable("", "BASE_URL")] + "\"\n")
		for _, variable := range vendors.Variables(vendor) {
			block.WriteString("    " + strings.ToLower(strings.TrimPrefix(variable, vendor.Variable("", ""))) + " = \"" + environment[variable] + "\"\n")
		}
		block.WriteString("  }\n")
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{{Config: "provider \"otp\" {\n" + block.String() + "  http = { max_requests_per_second = 1000 }\n}\n" + `
data "otp_balances" "all" {}
data "otp_consumption" "september" {
  year  = 2026
  month = 9
}
data "otp_devices" "all" {}
data "otp_device" "counter" {
  name = "Counter phone"
}
data "otp_device" "same" {
  unique = data.otp_device.counter.unique
}
data "otp_device" "warehouse" {
  name = "Warehouse phone"
}
data "otp_message_status" "sent" {
  vendor     = "androidapi"
  message_id = "901"
}
data "otp_rates" "all" {}
data "otp_transactions" "all" {
  start_date = "2026-09-01"
  end_date   = "2026-10-01"
}
data "otp_whatsapp_accounts" "all" {}
data "otp_whatsapp_servers" "all" {}

output "all" {
  value = [
    data.otp_balances.all, data.otp_consumption.september, data.otp_devices.all, data.otp_device.counter,
    data.otp_device.same, data.otp_device.warehouse, data.otp_message_status.sent, data.otp_rates.all,
    data.otp_transactions.all, data.otp_whatsapp_accounts.all, data.otp_whatsapp_servers.all,
  ]
}
`}},
	})
	counts := requested(s)
	for _, operation := range []string{
		"get_devices", "get_rates", "wa_accounts", "wa_servers", "sms_sent", "wa_sent", "sms_message", "get_subscription",
		"pricing", "report", "account", "check_balance", "monthly_consumption",
	} {
		// Terraform walks several times in a test; the credits are read once each.
		if counts[operation] != counts["get_credits"] || counts[operation] == 0 {
			t.Errorf("%s: %d requests in %d walks", operation, counts[operation], counts["get_credits"])
		}
		delete(counts, operation)
	}
	delete(counts, "get_credits")
	if len(counts) > 0 {
		t.Errorf("other requests: %v", counts)
	}
	if slices.ContainsFunc(s.Requests(), func(r sandbox.Request) bool { return len(r.Repaired) > 0 || r.Problem != "" }) {
		t.Error("a vendor repaired a request, or did not understand one")
	}
}
