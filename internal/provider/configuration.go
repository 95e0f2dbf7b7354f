package provider

import (
	"context"
	"os"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/misspelling"
)

var _ tfprotov6.ProviderServer = (*readsConfiguration)(nil)

// readsConfiguration warns, once, of arguments that Terraform drops before any
// provider sees them.
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

// warn adds the warning to the first answer.
func (r *readsConfiguration) warn(ctx context.Context, diagnostics []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	r.once.Do(func() {
		if warning := r.dropped(ctx); warning != nil {
			diagnostics = append(diagnostics, warning)
		}
	})
	return diagnostics
}

// dropped is the warning; nil: there is nothing to say, or nothing can be read.
func (r *readsConfiguration) dropped(ctx context.Context) *tfprotov6.Diagnostic {
	folder, err := os.Getwd()
	if err != nil {
		return nil
	}
	schema, err := r.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil
	}
	executable, _ := os.Executable() // empty where it is not known
	found := misspelling.Find(misspelling.Place{Folder: folder, Data: os.Getenv("TF_DATA_DIR"), Executable: executable}, schema)
	if len(found) == 0 {
		return nil
	}
	return &tfprotov6.Diagnostic{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: misspelling.Summary, Detail: misspelling.Detail(found)}
}
