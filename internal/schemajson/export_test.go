package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
)

// TestMain serves the provider where a CLI has started this program as its
// plugin, so that the test needs no other binary.
func TestMain(m *testing.M) {
	if os.Getenv("TF_PLUGIN_MAGIC_COOKIE") == "" {
		os.Exit(m.Run())
	}
	err := providerserver.Serve(context.Background(), provider.New("dev"), providerserver.ServeOpts{Address: provider.Address})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestOutputEqualsThatOfTheCLIForThePartsItKnows(t *testing.T) {
	t.Parallel()
	theirs := byCLI(t, cliPath(t))
	ours := inProcess(t)
	for part := range theirs {
		if ours[part] == nil {
			t.Errorf("the CLI knows %q, which is missing", part)
		}
	}
	for part := range ours {
		if _, known := theirs[part]; !known {
			t.Logf("this CLI is too old for %q", part)
			delete(ours, part)
		}
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("other than the CLI (-CLI +ours):\n%s", diff)
	}
}

func TestEqualSchemasGiveEqualBytes(t *testing.T) {
	t.Parallel()
	first, err := export(t.Context(), server(t), address)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := export(t.Context(), server(t), address)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Fatal("two exports of one provider differ")
		}
	}
}

// everything is a provider with what this one lacks.
type everything struct{ tfprotov6.ProviderServer }

func (everything) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	text := &tfprotov6.SchemaAttribute{Name: "text", Type: tftypes.String, Required: true, WriteOnly: true, DeprecationMessage: "Use words."}
	nested := &tfprotov6.SchemaNestedBlock{
		TypeName: "timeouts", Nesting: tfprotov6.SchemaNestedBlockNestingModeList, MinItems: 1, MaxItems: 2,
		Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{text}},
	}
	schema := &tfprotov6.Schema{Version: 3, Block: &tfprotov6.SchemaBlock{BlockTypes: []*tfprotov6.SchemaNestedBlock{nested}}}
	return &tfprotov6.GetProviderSchemaResponse{
		Provider:                 &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}},
		EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"x_once": schema},
		ListResourceSchemas:      map[string]*tfprotov6.Schema{"x_list": schema},
		ActionSchemas:            map[string]*tfprotov6.ActionSchema{"x_do": {Schema: schema}},
		Functions: map[string]*tfprotov6.Function{"count": {
			Summary: "Counts.", Description: "Counts words.",
			Parameters:        []*tfprotov6.FunctionParameter{{Name: "text", Type: tftypes.String, AllowNullValue: true}},
			VariadicParameter: &tfprotov6.FunctionParameter{Name: "more", Type: tftypes.List{ElementType: tftypes.Bool}},
			Return:            &tfprotov6.FunctionReturn{Type: tftypes.Object{AttributeTypes: map[string]tftypes.Type{"n": tftypes.Number}}},
		}},
	}, nil
}

func (everything) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

// The expected text is in the format that terraform-json, and so tfplugindocs, reads; see
// https://developer.hashicorp.com/terraform/cli/commands/providers/schema.
func TestPartsThatAnOldCLIDoesNotKnow(t *testing.T) {
	t.Parallel()
	got, err := export(t.Context(), everything{}, "example.com/x/x")
	if err != nil {
		t.Fatal(err)
	}
	block := `{"block_types": {"timeouts": {"nesting_mode": "list", "min_items": 1, "max_items": 2, "block": {"attributes": {"text":
		{"type": "string", "description_kind": "plain", "required": true, "write_only": true, "deprecation_message": "Use words."}},
		"description_kind": "plain"}}}, "description_kind": "plain"}`
	want := `{"format_version": "1.0", "provider_schemas": {"example.com/x/x": {
		"provider": {"version": 0, "block": {"description_kind": "plain"}},
		"ephemeral_resource_schemas": {"x_once": {"version": 3, "block": ` + block + `}},
		"list_resource_schemas": {"x_list": {"version": 3, "block": ` + block + `}},
		"action_schemas": {"x_do": {"block": ` + block + `}},
		"functions": {"count": {"description": "Counts words.", "summary": "Counts.", "return_type": ["object", {"n": "number"}],
			"parameters": [{"name": "text", "is_nullable": true, "type": "string"}],
			"variadic_parameter": {"name": "more", "type": ["list", "bool"]}}}}}}`
	if diff := cmp.Diff(decode(t, []byte(want)), decode(t, got)); diff != "" {
		t.Errorf("unexpected JSON (-want +got):\n%s", diff)
	}
}

type unwilling struct{ tfprotov6.ProviderServer }

func (unwilling) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &tfprotov6.GetProviderSchemaResponse{Diagnostics: []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Beware"},
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Invalid schema", Detail: "otp_brand has no attributes."},
	}}, nil
}

func TestAnErrorOfTheProviderIsNoEmptyExport(t *testing.T) {
	t.Parallel()
	_, err := export(t.Context(), unwilling{}, address)
	if want := "the provider gives no schemas: Invalid schema: otp_brand has no attributes."; err == nil || err.Error() != want {
		t.Errorf("export: %v, want %s", err, want)
	}
}

func server(t *testing.T) tfprotov6.ProviderServer {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(provider.New("dev")())()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func decode(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var data map[string]any
	if err := json.Unmarshal(text, &data); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return data
}

// only is the one provider in an export, by part.
func only(t *testing.T, text []byte) map[string]any {
	t.Helper()
	providers, _ := decode(t, text)["provider_schemas"].(map[string]any)
	if len(providers) != 1 {
		t.Fatalf("%d providers, want 1: %s", len(providers), text)
	}
	for _, provider := range providers {
		parts, _ := provider.(map[string]any)
		return parts
	}
	return nil
}

func inProcess(t *testing.T) map[string]any {
	t.Helper()
	text, err := export(t.Context(), server(t), address)
	if err != nil {
		t.Fatal(err)
	}
	return only(t, text)
}

// byCLI lets the CLI start this test program as the provider and print its
// schemas.
func byCLI(t *testing.T, cli string) map[string]any {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Symlink(self, filepath.Join(folder, "terraform-provider-otp")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"main.tf": "terraform {\n  required_providers {\n    otp = { source = \"otp-as-code/otp\" }\n  }\n}\n",
		"cli.rc":  fmt.Sprintf("provider_installation {\n  dev_overrides { \"otp-as-code/otp\" = %q }\n  direct {}\n}\n", folder),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), cli, "providers", "schema", "-json")
	command.Dir = folder
	command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(folder, "cli.rc"), "CHECKPOINT_DISABLE=1")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("%s providers schema -json: %v\n%s", cli, err, stderr.String())
	}
	return only(t, stdout.Bytes())
}

// cliPath is the CLI that the tests use. On a machine without one there is
// nothing to compare with; CI always has one.
func cliPath(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("neither terraform nor tofu is on PATH, and CI needs one; `make test` builds OpenTofu")
	}
	t.Skip("neither terraform nor tofu is on PATH; `make test` builds OpenTofu")
	return ""
}
