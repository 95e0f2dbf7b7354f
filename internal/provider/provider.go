// Package provider is the Terraform provider: its schema, its configuration
// and the lists of what it offers.
package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/account"
	"github.com/otp-as-code/terraform-provider-otp/internal/balance"
	"github.com/otp-as-code/terraform-provider-otp/internal/brand"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
	"github.com/otp-as-code/terraform-provider-otp/internal/device"
	functions "github.com/otp-as-code/terraform-provider-otp/internal/function"
	"github.com/otp-as-code/terraform-provider-otp/internal/message"
	"github.com/otp-as-code/terraform-provider-otp/internal/messagetemplate"
	"github.com/otp-as-code/terraform-provider-otp/internal/profile"
	"github.com/otp-as-code/terraform-provider-otp/internal/rate"
	"github.com/otp-as-code/terraform-provider-otp/internal/senderid"
	"github.com/otp-as-code/terraform-provider-otp/internal/transaction"
	"github.com/otp-as-code/terraform-provider-otp/internal/whatsapp"
)

var (
	_ provider.Provider                   = (*Provider)(nil)
	_ provider.ProviderWithActions        = (*Provider)(nil)
	_ provider.ProviderWithFunctions      = (*Provider)(nil)
	_ provider.ProviderWithListResources  = (*Provider)(nil)
	_ provider.ProviderWithValidateConfig = (*Provider)(nil)
)

// Address is where the provider is published.
const Address = "registry.terraform.io/otp-as-code/otp"

// Provider is the otp provider.
type Provider struct {
	version    string
	clock      clock.Clock
	deliveries string
}

// Option changes what a provider is made of.
type Option func(*Provider)

// WithClock has operations wait by another clock than the system's.
func WithClock(clock clock.Clock) Option { return func(p *Provider) { p.clock = clock } }

// WithDeliveries has actions remember what they have sent in a file of its own.
func WithDeliveries(path string) Option { return func(p *Provider) { p.deliveries = path } }

// New returns the constructor of a provider of this version.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &Provider{version: version}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

// Metadata names the provider.
func (p *Provider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = "otp", p.version
}

// Schema describes the provider block.
func (p *Provider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages one-time-password setup as code: brands, message templates, sender IDs and the profiles " +
			"that join them, checked against every rule the vendors document and compiled to requests that applications read.",
		Attributes: attributes(),
	}
}

// Configure makes the session that everything else works with.
func (p *Provider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	config, found := newModel(ctx, req.Config)
	resp.Diagnostics.Append(found...)
	if resp.Diagnostics.HasError() {
		return
	}
	session, diags := config.session(p.version, req.TerraformVersion, p.clock)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	session.Deliveries = p.deliveries
	resp.ResourceData, resp.DataSourceData = session, session
	resp.EphemeralResourceData, resp.ListResourceData, resp.ActionData = session, session, session
}

// ValidateConfig checks what is known of the provider block.
func (p *Provider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	config, found := newModel(ctx, req.Config)
	resp.Diagnostics.Append(found...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(config.check()...)
	}
}

// Resources lists the managed resources.
func (p *Provider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		brand.NewResource(),
		messagetemplate.NewResource(),
		profile.NewResource(),
		senderid.NewResource(),
		whatsapp.NewAccount,
	}
}

// Functions lists the provider-defined functions.
func (p *Provider) Functions(context.Context) []func() function.Function { return functions.All() }

// DataSources lists the data sources.
func (p *Provider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		account.NewDataSource,
		balance.NewDataSource,
		brand.NewDataSource(),
		device.NewList,
		device.NewLookup,
		message.NewStatus,
		messagetemplate.NewDataSource(),
		profile.NewDataSource(),
		rate.NewDataSource,
		senderid.NewDataSource(),
		transaction.NewConsumption,
		transaction.NewDataSource,
		whatsapp.NewAccounts,
		whatsapp.NewServers,
	}
}

// Actions lists what `terraform apply -invoke` and action triggers can do.
func (p *Provider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		message.NewExtend,
		message.NewTestDelivery,
		message.NewVerify,
		whatsapp.NewLink,
	}
}

// ListResources lists what `terraform query` can list.
func (p *Provider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		brand.NewListResource(),
		messagetemplate.NewListResource(),
		profile.NewListResource(),
		senderid.NewListResource(),
		whatsapp.NewAccountList,
	}
}
