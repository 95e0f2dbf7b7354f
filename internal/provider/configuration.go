package provider

import (
	"context"
	"os"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/misspelling"
)

var _ tfprotov6.ProviderServer = (*readsConfiguration)(nil)

// readsConfiguration warns, once, of what a provider cannot see in the values
// that it gets: arguments that Terraform drops, and names in place of references.
type readsConfiguration struct {
	protocol
	once sync.Once
}

// ReadsConfiguration lets a server read the configuration in the working
// directory, which is that of the Terraform that has started the process.
func ReadsConfiguration(server tfprotov6.ProviderServer) (tfprotov6.ProviderServer, error) {
	speaking, err := speaks(server)
	return &readsConfiguration{protocol: speaking}, err
}

// ValidateProviderConfig is the first call of most runs.
func (r *readsConfiguration) ValidateProviderConfig(ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	response, err := r.protocol.ValidateProviderConfig(ctx, req)
	if response != nil {
		response.Diagnostics = r.warn(ctx, response.Diagnostics)
	}
	return response, err
}

// ValidateResourceConfig is the first call of `terraform validate` where there is
// no provider block, and so are those of data sources and actions.
func (r *readsConfiguration) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	response, err := r.protocol.ValidateResourceConfig(ctx, req)
	if response != nil {
		response.Diagnostics = r.warn(ctx, response.Diagnostics)
	}
	return response, err
}

// ValidateDataResourceConfig is a first call, too.
func (r *readsConfiguration) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	response, err := r.protocol.ValidateDataResourceConfig(ctx, req)
	if response != nil {
		response.Diagnostics = r.warn(ctx, response.Diagnostics)
	}
	return response, err
}

// ValidateActionConfig is a first call, too.
func (r *readsConfiguration) ValidateActionConfig(ctx context.Context, req *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	response, err := r.protocol.ValidateActionConfig(ctx, req)
	if response != nil {
		response.Diagnostics = r.warn(ctx, response.Diagnostics)
	}
	return response, err
}

// warn adds the warnings to the first answer.
func (r *readsConfiguration) warn(ctx context.Context, diagnostics []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	r.once.Do(func() {
		diagnostics = append(diagnostics, r.warnings(ctx)...)
	})
	return diagnostics
}

// names are the arguments that take the name of another object.
var names = []misspelling.Reference{
	{Resource: "otp_profile", Path: "brand", To: "otp_brand"},
	{Resource: "otp_profile", Path: "template", To: "otp_message_template"},
	{Resource: "otp_profile", Path: "routes.sender_id", To: "otp_sender_id"},
}

// warnings are what there is to say; nil: nothing, or nothing can be read.
func (r *readsConfiguration) warnings(ctx context.Context) (warnings []*tfprotov6.Diagnostic) {
	folder, err := os.Getwd()
	if err != nil {
		return nil
	}
	schema, err := r.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil
	}
	executable, _ := os.Executable() // empty where it is not known
	configuration := misspelling.Read(misspelling.Place{Folder: folder, Data: os.Getenv("TF_DATA_DIR"), Executable: executable})
	say := func(summary, detail string) {
		warnings = append(warnings, &tfprotov6.Diagnostic{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: summary, Detail: detail})
	}
	if found := configuration.Dropped(schema); len(found) > 0 {
		say(misspelling.Summary, misspelling.Detail(found))
	}
	if found := configuration.WrittenOut(names); len(found) > 0 {
		say(misspelling.WrittenSummary, misspelling.WrittenDetail(found))
	}
	return warnings
}
