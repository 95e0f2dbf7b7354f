package message

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/boolvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

var (
	_ action.ActionWithConfigure  = (*TestDelivery)(nil)
	_ action.ActionWithModifyPlan = (*TestDelivery)(nil)
)

// TestDelivery is the action otp_test_delivery.
type TestDelivery struct{ acting }

// NewTestDelivery returns the action.
func NewTestDelivery() action.Action { return &TestDelivery{acting{name: "otp_test_delivery"}} }

type testDeliveryModel struct {
	Profile     types.String `tfsdk:"profile"`
	Phone       types.String `tfsdk:"phone"`
	Route       tf.Integer   `tfsdk:"route"`
	EveryRoute  types.Bool   `tfsdk:"every_route"`
	Locale      types.String `tfsdk:"locale"`
	RecipientIP types.String `tfsdk:"recipient_ip"`
	Resend      types.Bool   `tfsdk:"resend"`
	Wait        types.String `tfsdk:"wait"`
	Verify      types.Bool   `tfsdk:"verify"`
}

// Schema describes the action.
func (d *TestDelivery) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sends a code to a phone by the document of a profile, exactly as an application does, reports message ID and cost, follows the message until it is delivered or has failed, and verifies the code where the vendor hands it out. " +
			"A vendor charges it like any other message.",
		Attributes: map[string]schema.Attribute{
			"profile": profileAttribute(),
			"phone":   phoneAttribute(),
			"route": schema.Int64Attribute{
				CustomType: tf.IntegerType{},
				Optional:   true, Validators: []validator.Int64{int64validator.AtLeast(0), int64validator.ConflictsWith(path.MatchRoot("every_route"))},
				MarkdownDescription: "Number of the route to send through, counted from 0 as in the profile. Absent: the routes that serve the phone, in order of preference, until one has sent.",
			},
			"every_route": schema.BoolAttribute{
				Optional: true, Validators: []validator.Bool{boolvalidator.ConflictsWith(path.MatchRoot("route"))},
				MarkdownDescription: "Whether one code is sent through each route that serves the phone, one after the other, with the wait between two that `limits` wants. Default `false`.",
			},
			"locale": schema.StringAttribute{
				Optional: true, Validators: []validator.String{checked("Locale is not a BCP 47 language tag", "must be a BCP 47 language tag, such as fr-CA", delivery.CheckLocale)},
				MarkdownDescription: "Language of the recipient, BCP 47, such as `fr-CA`. Absent: the profile's default text.",
			},
			"recipient_ip": recipientIPAttribute(),
			"resend": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether another code is asked for while one is on its way, which a vendor may otherwise refuse to send (outcome `already_active`). Default `false`.",
			},
			"wait": schema.StringAttribute{
				Optional: true, Validators: []validator.String{duration},
				MarkdownDescription: fmt.Sprintf("How long to ask what became of the message, as a duration such as `90s`; `0s`: not at all. Default `%s`, and `%s` where the vendor never says that a message was delivered.", application.FollowDelivery, application.FollowFailure),
			},
			"verify": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the code is verified, too, where the vendor hands it out (AndroidAPI; MyOTP.App, which is asked for it by `return_otp`) or where it is made here (Way2API). " +
					"A code that was verified counts no more. Default `true`.",
			},
		},
	}
}

// Invoke sends. A profile that is created in the same run must be written as a
// reference, so that Terraform knows the order.
func (d *TestDelivery) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var m testDeliveryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d.with(ctx, resp, "complete the test delivery", func(t *application.Application) error {
		return t.Send(ctx, m.request(), func(result application.Result) {
			blame(result, resp)
			if !result.Good() {
				return
			}
			tf.Progress(ctx, resp)(summary(result))
			switch {
			case result.Outcome == otp.OutcomeAlreadyActive:
				resp.Diagnostics.AddWarning("No code was sent", result.Place()+": a code for this phone is still active. Set resend to ask for another one.")
			case result.Status != "" && result.Status != otp.OutcomeDelivered:
				resp.Diagnostics.AddWarning("Message is not known to be delivered", undelivered(result))
			}
		})
	})
}

func undelivered(result application.Result) string {
	text := fmt.Sprintf("%s accepted the code, and the last status of the message was %s.", result.Place(), result.Status)
	if vendor, _ := vendors.Find(result.Vendor); vendor.Undelivered != "" {
		return text + " " + vendor.Undelivered
	}
	return text + " Look at the phone, or ask again later with the data source otp_message_status."
}

func (m testDeliveryModel) request() application.Request {
	request := application.Request{
		Profile:    m.Profile.ValueString(),
		To:         delivery.Recipient{Phone: m.Phone.ValueString(), Locale: m.Locale.ValueString(), IP: m.RecipientIP.ValueString()},
		EveryRoute: m.EveryRoute.ValueBool(), Resend: m.Resend.ValueBool(), Follow: application.FollowDefault,
		Verify: m.Verify.IsNull() || m.Verify.ValueBool(),
	}
	if !m.Route.IsNull() {
		request.Route = new(int(m.Route.ValueInt64()))
	}
	if wait, err := time.ParseDuration(m.Wait.ValueString()); err == nil { // the validator has seen it
		request.Follow = wait
	}
	return request
}
