package whatsapp

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

var _ list.ListResourceWithConfigure = (*AccountList)(nil)

// AccountList is the list resource otp_whatsapp_account.
type AccountList struct{ Account }

// NewAccountList returns the list resource.
func NewAccountList() list.ListResource { return &AccountList{} }

// ListResourceConfigSchema takes no arguments.
func (l *AccountList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the WhatsApp accounts that are linked to the AndroidAPI account, whoever linked them. It takes no arguments.",
	}
}

// List streams the accounts page by page, and reads no page that nobody asks
// for.
func (l *AccountList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	client, err := client(l.session)
	if err != nil {
		stream.Results = list.ListResultsStreamDiagnostics(diag.Diagnostics{tf.Failure("list the WhatsApp accounts", err)})
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		var sent int64
		for account, err := range client.AllAccounts(ctx) {
			if err != nil {
				push(list.ListResult{Diagnostics: diag.Diagnostics{tf.Failure("list the WhatsApp accounts", err)}})
				return
			}
			if sent++; !push(result(ctx, req, account)) || req.Limit > 0 && sent >= req.Limit {
				return
			}
		}
	}
}

func result(ctx context.Context, req list.ListRequest, account androidapi.Account) list.ListResult {
	found := req.NewListResult(ctx)
	found.DisplayName = otp.MaskPhone(string(account.Phone))
	found.Diagnostics.Append(identify(ctx, found.Identity, types.StringValue(string(account.Unique)))...)
	if !req.IncludeResource {
		return found
	}
	m := resourceModel{Timeouts: noTimeouts()}
	m.read(account)
	found.Diagnostics.Append(found.Resource.Set(ctx, &m)...)
	return found
}
