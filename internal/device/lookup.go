package device

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

var _ datasource.DataSourceWithConfigure = (*Lookup)(nil)

// manyDevices is how many devices an error lists.
const manyDevices = 20

// Lookup is otp_device.
type Lookup struct{ tf.VendorData }

// NewLookup returns the data source.
func NewLookup() datasource.DataSource { return &Lookup{tf.VendorData{Name: "otp_device"}} }

type lookupModel struct {
	tf.OfAccount
	model
}

// Schema describes arguments and result.
func (l *Lookup) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	found := attributes()
	for name, description := range map[string]string{
		"name":   "Name of the device, exactly as AndroidAPI shows it. One of `name` and `unique` is needed.",
		"unique": "Handle of the device, which `androidapi.device` of an `otp_sender_id` takes. One of `name` and `unique` is needed.",
	} {
		found[name] = schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: description,
		}
	}
	found["account"] = tf.AccountAttribute("OTP_ANDROIDAPI_EU_SECRET")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds one Android device that is linked to the AndroidAPI account, by its name or its handle.",
		Attributes:          found,
	}
}

// ConfigValidators demand one way to find the device.
func (l *Lookup) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("name"), path.MatchRoot("unique"))}
}

// Read finds the device. The error for one that is not there, or not alone,
// lists what there is.
func (l *Lookup) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m lookupModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	devices, diags := all(ctx, m.In(l.Session))
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	attribute, wanted := "unique", m.Unique.ValueString()
	of := func(d androidapi.Device) string { return string(d.Unique) }
	if !m.Name.IsNull() {
		attribute, wanted = "name", m.Name.ValueString()
		of = func(d androidapi.Device) string { return string(d.Name) }
	}
	var found []androidapi.Device
	for _, device := range devices {
		if of(device) == wanted {
			found = append(found, device)
		}
	}
	at := path.Root(attribute)
	switch {
	case len(found) == 1:
		m.model = newModel(found[0])
		resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
	case len(found) > 1:
		resp.Diagnostics.AddAttributeError(at, "Device is not the only one",
			fmt.Sprintf("AndroidAPI has %d devices with the %s %q: %s. Choose one by unique.", len(found), attribute, wanted, describe(found)))
	case len(devices) == 0:
		resp.Diagnostics.AddAttributeError(at, "Device is not there",
			fmt.Sprintf("AndroidAPI has no device with the %s %q: it has none at all. Is it the account you mean? Devices are paired in the vendor's app.", attribute, wanted))
	default:
		var values []string
		for _, device := range devices {
			values = append(values, of(device))
		}
		slices.Sort(values)
		resp.Diagnostics.AddAttributeError(at, "Device is not there", missing(attribute, wanted, slices.Compact(values), devices))
	}
}

func missing(attribute, wanted string, values []string, devices []androidapi.Device) string {
	sentence := fmt.Sprintf("AndroidAPI has no device with the %s %q.", attribute, wanted)
	if near := otp.Nearest(wanted, values); len(near) > 0 {
		sentence += fmt.Sprintf(" Did you mean %s?", strings.Join(near, ", "))
	}
	return fmt.Sprintf("%s It has %s.", sentence, describe(devices))
}

// describe lists devices, so that one can be copied.
func describe(devices []androidapi.Device) string {
	var each []string
	for _, device := range devices[:min(len(devices), manyDevices)] {
		each = append(each, fmt.Sprintf("%q (%s)", device.Name, device.Unique))
	}
	if more := len(devices) - manyDevices; more > 0 {
		each = append(each, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(each, ", ")
}
