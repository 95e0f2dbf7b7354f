// Package device is the data sources otp_devices and otp_device: the Android
// phones that are linked to AndroidAPI.
package device

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

// model is a device as both data sources show it.
type model struct {
	Unique       types.String `tfsdk:"unique"`
	Name         types.String `tfsdk:"name"`
	Manufacturer types.String `tfsdk:"manufacturer"`
	Version      types.String `tfsdk:"version"`
	Limits       *limits      `tfsdk:"limits"`
	CreatedAt    types.String `tfsdk:"created_at"`
}

type limits struct {
	Interval types.String `tfsdk:"interval"`
	Number   types.Int64  `tfsdk:"number"`
}

func newModel(d androidapi.Device) model {
	m := model{
		Unique:       types.StringValue(string(d.Unique)),
		Name:         tf.Told(d.Name),
		Manufacturer: tf.Told(d.Manufacturer),
		Version:      tf.Told(d.Version),
		CreatedAt:    tf.Moment(d.Created.Time),
	}
	if d.LimitStatus {
		m.Limits = &limits{Interval: tf.Told(d.LimitInterval), Number: types.Int64Value(int64(d.LimitNumber))}
	}
	return m
}

// attributes are those of a device, all computed.
func attributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"unique":       tf.Computed("Handle of the device, which `androidapi.device` of an `otp_sender_id` takes."),
		"name":         tf.Computed("Name of the device, as its owner chose it. Two devices may have the same."),
		"manufacturer": tf.Computed("Manufacturer of the phone."),
		"version":      tf.Computed("Version of Android, such as `Android 13`."),
		"limits": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The cap on messages that is set for the device; null where there is none.",
			Attributes: map[string]schema.Attribute{
				"interval": tf.Computed("Length of the interval in the vendor's words, such as `daily`."),
				"number":   schema.Int64Attribute{Computed: true, MarkdownDescription: "Most messages in one interval."},
			},
		},
		"created_at": tf.Computed("When the device was linked, RFC 3339, UTC; null where the vendor does not tell."),
	}
}

// all lists the devices in the vendor's order.
func all(ctx context.Context, accounts tf.Accounts) ([]androidapi.Device, diag.Diagnostics) {
	return tf.Ask(ctx, accounts, "list the devices", tf.Question[[]androidapi.Device]{Vendor: otp.AndroidAPI, Ask: vendors.From(accounts.AndroidAPI, (*androidapi.Client).DeviceList)})
}
