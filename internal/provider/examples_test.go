package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
)

// source is what a configuration without a terraform block needs to find this
// provider.
const source = "terraform {\n  required_providers {\n    otp = { source = \"otp-as-code/otp\" }\n  }\n}\n\n"

// example is a configuration that people copy.
type example struct {
	name    string   // where it stands
	before  string   // what another workspace has applied
	config  string   // self-sufficient
	imports []string // files that show how to import a resource of it
	query   string   // what lists the resources of it
	actions []exampleAction
	phone   string // that scans; empty: nobody has to
}

// Every file under examples/, and every block of the README and the guides that
// is marked as Terraform, is applied as it stands. examples/consumers, which are
// programs, and examples/guides have tests of their own.
func TestExamplesApplyAndImportAndLeaveAnEmptyPlan(t *testing.T) {
	var all []example
	all = append(all, modules(t)...)
	all = append(all, snippets(t)...)
	for _, e := range all {
		t.Run(e.name, func(t *testing.T) { e.run(t) })
	}
}

// quiet reports whether the example must not call a vendor, because all that it
// declares and reads lives in the catalog.
func (e example) quiet() bool {
	return !slices.ContainsFunc(block.FindAllStringSubmatch(e.config, -1), func(match []string) bool { return !inCatalog[match[1]] })
}

var (
	block     = regexp.MustCompile(`(?m)^(?:action|data|resource) "(\w+)"`)
	inCatalog = map[string]bool{"otp_brand": true, "otp_message_template": true, "otp_sender_id": true, "otp_profile": true}
)

// unread are attributes that only the configuration knows, so that an import
// leaves them for the next apply.
var unread = map[string][]string{providertest.AccountType: {"adopt_existing", "qr_file", "server_id", "timeouts"}}

// scanner is a person with a phone: whenever the provider waits, they scan every
// QR code.
type scanner struct {
	vendors *sandbox.Server
	phone   string
}

func (s scanner) Now() time.Time { return s.vendors.Now() }

func (s scanner) Sleep(ctx context.Context, d time.Duration) error {
	err := s.vendors.Advance(d)
	for _, link := range androidapi.At(s.vendors).WhatsAppLinks() {
		if !link.Expired {
			err = errors.Join(err, androidapi.At(s.vendors).ScanQR(link.Token, s.phone))
		}
	}
	return errors.Join(err, ctx.Err())
}

var phone = regexp.MustCompile(`phone\s*=\s*"(\+\d+)"`)

// factories serve the provider with a person who scans QR codes.
func (e example) factories(vendors *sandbox.Server) map[string]func() (tfprotov6.ProviderServer, error) {
	person := scanner{vendors: vendors, phone: e.phone}
	return map[string]func() (tfprotov6.ProviderServer, error){
		"otp": providerserver.NewProtocol6WithError(provider.New("test", provider.WithClock(person))()),
	}
}

func (e example) run(t *testing.T) {
	if !strings.Contains(e.config, "required_providers") {
		e.config = source + e.config
	}
	vendors := sandbox.StartForTest(t, sandbox.Options{Clock: func() time.Time { return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) }})
	if err := myotp.At(vendors).AddTransactions(3); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir()) // where a relative path of a catalog leads
	t.Setenv("OTP_CATALOG_URL", "sqlite:catalog.db")
	quiet := e.quiet()
	for name, value := range vendors.Environment() {
		// Without credentials a plan asks nobody what the accounts can do.
		if !quiet || strings.HasSuffix(name, "_BASE_URL") {
			t.Setenv(name, value)
			vendor, field, _ := strings.Cut(strings.TrimPrefix(name, "OTP_"), "_")
			t.Setenv("OTP_"+vendor+"_EU_"+field, value) // a second account
		}
	}
	t.Setenv("TF_VAR_octopush", fmt.Sprintf("{api_login = %q, api_key = %q}", vendors.Environment()["OTP_OCTOPUSH_API_LOGIN"], vendors.Environment()["OTP_OCTOPUSH_API_KEY"]))
	t.Setenv("TF_VAR_test_phone", variables(vendors)["test_phone"].AsString())
	t.Setenv("OTP_DELIVERIES_FILE", filepath.Join(t.TempDir(), "deliveries.json"))
	t.Setenv("TF_ACC_TERRAFORM_PATH", providertest.TerraformPath(t))
	t.Setenv("TF_ACC_PROVIDER_NAMESPACE", "otp-as-code")

	if match := phone.FindStringSubmatch(e.config); match != nil {
		e.phone = match[1]
	}
	e.config, e.actions = takeActions(t, e.config)
	steps := []resource.TestStep{{Config: e.config}} // and a second plan, which must be empty
	if e.before != "" {
		steps = []resource.TestStep{{Config: source + e.before}, {Config: e.config + "\n" + e.before}}
	}
	last := &steps[len(steps)-1]
	last.PreConfig = func() { e.invoke(t, vendors, true) }
	last.PostApplyFunc = func() {
		e.invoke(t, vendors, false)
		if e.query != "" {
			runQuery(t, e.query)
		}
	}
	for _, file := range e.imports {
		if step, possible := e.importStep(t, file); possible {
			steps = append(steps, step)
		}
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: e.factories(vendors), Steps: steps})

	counts := providertest.Requested(vendors)
	if quiet {
		delete(counts, "check_balance") // a plan with credentials in the provider block asks
	}
	if quiet != (len(counts) == 0) {
		t.Errorf("requests to vendors: %v", counts)
	}
}

var (
	importTarget  = regexp.MustCompile(`(?m)^\s*to\s*=\s*(\S+)$`)
	importCommand = regexp.MustCompile(`(?m)^terraform import (\S+) (\S+)$`)
)

// importStep imports what the first step made, the way the file shows.
func (e example) importStep(t *testing.T, file string) (step resource.TestStep, possible bool) {
	t.Helper()
	text := providertest.Read(t, file)
	step = resource.TestStep{ImportState: true}
	if filepath.Ext(file) == ".sh" {
		match := importCommand.FindStringSubmatch(text)
		if match == nil {
			t.Fatalf("%s has no terraform import ADDRESS ID", file)
		}
		step.ResourceName, step.ImportStateId = match[1], match[2]
		step.ImportStateVerify, step.ImportStateVerifyIdentifierAttribute = true, "name"
		if kind, _, _ := strings.Cut(match[1], "."); unread[kind] != nil {
			step.ImportStateVerifyIgnore, step.ImportStateVerifyIdentifierAttribute = unread[kind], "id"
		}
		return step, true
	}
	match := importTarget.FindStringSubmatch(text)
	if match == nil {
		t.Fatalf("%s imports to nothing", file)
	}
	step.ResourceName, step.ImportStateConfigExact, step.Config = match[1], true, e.config+"\n"+text
	kind, _, _ := strings.Cut(match[1], ".")
	step.ExpectNonEmptyPlan = unread[kind] != nil
	step.ImportStateKind = resource.ImportBlockWithID
	if filepath.Base(file) == "import-by-identity.tf" {
		if step.ImportStateKind = resource.ImportBlockWithResourceIdentity; !knowsIdentity(t) {
			t.Logf("this CLI is too old for %s", filepath.Base(file))
			return step, false
		}
	}
	return step, true
}

// query is a file of `terraform query` without a config block.
var query = regexp.MustCompile(`^list "(\w+)" "\w+" \{\n  provider +\= otp\n(?:  include_resource = (true|false)\n)?(?:  limit +\= (\d+)\n)?\}\n$`)

// runQuery lists as Terraform from 1.14 would, which a test may not find.
func runQuery(t *testing.T, text string) {
	t.Helper()
	match := query.FindStringSubmatch(text)
	if match == nil {
		t.Errorf("not understood; extend the test: %s", text)
		return
	}
	limit := int64(100) // Terraform's own default
	if match[3] != "" {
		given, err := strconv.ParseInt(match[3], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		limit = given
	}
	results := (&providertest.World{T: t, URL: os.Getenv("OTP_CATALOG_URL")}).Serve().List(match[1], match[2] == "true", limit)
	if len(results) == 0 {
		t.Error("nothing is listed")
	}
	for _, result := range results {
		for _, d := range result.Diagnostics {
			t.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
}

// knowsIdentity reports whether the CLI can import by identity: Terraform and
// OpenTofu from 1.12.
func knowsIdentity(t *testing.T) bool {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), "version", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatal(err)
	}
	found, err := version.NewVersion(answer.Version)
	if err != nil {
		t.Fatal(err)
	}
	return found.Core().GreaterThanOrEqual(version.Must(version.NewVersion("1.12.0")))
}

// modules are the configurations in the folders of examples/.
func modules(t *testing.T) []example {
	t.Helper()
	byFolder := map[string][]string{}
	err := filepath.WalkDir(filepath.Join(providertest.Root, "examples"), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") || path == filepath.Join(providertest.Root, "examples/consumers") || path == filepath.Join(providertest.Root, "examples/guides")):
			return filepath.SkipDir
		case !entry.IsDir() && !artefact.MatchString(entry.Name()):
			byFolder[filepath.Dir(path)] = append(byFolder[filepath.Dir(path)], path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var found []example
	for folder, files := range byFolder {
		found = append(found, module(t, folder, files)...)
	}
	slices.SortFunc(found, func(a, b example) int { return strings.Compare(a.name, b.name) })
	return found
}

// artefact is what a run of a CLI in a folder leaves behind, explains it, or
// tells a linter about it. The tests among the examples have a test of their own,
// in internal/profile.
var artefact = regexp.MustCompile(`^README\.md$|^\.tflint\.hcl$|\.tftest\.hcl$|^\.terraform\.lock\.hcl$|\.tfstate(\.backup)?$|\.db(-journal)?$`)

// module makes examples of the files of a folder: of one that the documentation
// shows file by file, otherwise of all together.
func module(t *testing.T, folder string, files []string) []example {
	t.Helper()
	name, err := filepath.Rel(filepath.Join(providertest.Root, "examples"), folder)
	if err != nil {
		t.Fatal(err)
	}
	resource := filepath.Join(providertest.Root, "examples/resources", filepath.Base(name), "resource.tf")
	whole := example{name: name}
	var each []example
	for _, file := range files {
		e := example{name: filepath.Join(name, filepath.Base(file)), config: providertest.Read(t, file)}
		switch kind, _, _ := strings.Cut(filepath.ToSlash(name), "/"); {
		case kind == "list-resources" && strings.HasSuffix(file, ".tfquery.hcl"):
			each = append(each, example{name: e.name, config: providertest.Read(t, resource), query: e.config})
		case strings.HasPrefix(filepath.Base(file), "import"):
			whole.imports = append(whole.imports, absolute(t, file))
		case filepath.Ext(file) != ".tf":
			t.Errorf("no test applies %s", file)
		case kind == "provider": // which is configured only where something uses it
			e.config += "\n" + providertest.Read(t, filepath.Join(providertest.Root, "examples/resources/otp_brand/resource.tf"))
			each = append(each, e)
		case kind == "data-sources" && exists(resource): // finds what another workspace manages
			e.before = providertest.Read(t, resource)
			each = append(each, e)
		case kind != name:
			each = append(each, e)
		default:
			whole.config += e.config + "\n"
		}
	}
	if len(each) == 0 {
		return []example{whole}
	}
	for _, file := range whole.imports {
		each[declaring(t, each, file)].imports = append(each[declaring(t, each, file)].imports, file)
	}
	return each
}

// declaring finds the example with the resource that a file imports to.
func declaring(t *testing.T, each []example, file string) int {
	t.Helper()
	text := providertest.Read(t, file)
	for i, e := range each {
		for _, match := range declared.FindAllStringSubmatch(e.config, -1) {
			if strings.Contains(text, " "+match[1]+"."+match[2]) {
				return i
			}
		}
	}
	t.Fatalf("%s imports to a resource that no example declares", file)
	return 0
}

var declared = regexp.MustCompile(`(?m)^resource "(\w+)" "(\w+)"`)

var terraformBlock = regexp.MustCompile("(?ms)^```terraform\n(.*?)^```$")

// snippets are the Terraform blocks of the README and the guides. What is a
// fragment there is marked as hcl.
func snippets(t *testing.T) []example {
	t.Helper()
	guides, err := filepath.Glob(filepath.Join(providertest.Root, "templates/guides/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var found []example
	for _, file := range append(guides, filepath.Join(providertest.Root, "README.md")) {
		for i, block := range terraformBlock.FindAllStringSubmatch(providertest.Read(t, file), -1) {
			found = append(found, example{name: fmt.Sprintf("%s block %d", filepath.Base(file), i+1), config: block[1]})
		}
	}
	return found
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func absolute(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
