package provider

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

const maxRetriesLimit = 10

// setting is a string of the configuration: a value, then the environment.
type setting struct {
	value   string
	unknown bool
}

// read finds a member of a block of the provider, or its variable.
func read(block types.Object, name, variable string) setting {
	if block.IsUnknown() {
		return setting{unknown: true}
	}
	switch v := member(block, name).(type) {
	case types.String:
		if v.IsUnknown() {
			return setting{unknown: true}
		}
		if !v.IsNull() {
			return setting{value: v.ValueString()}
		}
	}
	return setting{value: os.Getenv(variable)}
}

func member(block types.Object, name string) attr.Value {
	if block.IsNull() || block.IsUnknown() {
		return nil
	}
	return block.Attributes()[name]
}

func (m model) blocks() map[otp.Vendor]types.Object {
	return map[otp.Vendor]types.Object{otp.AndroidAPI: m.AndroidAPI, otp.MyOTP: m.MyOTP, otp.Octopush: m.Octopush, otp.Way2API: m.Way2API}
}

// credentials are the members of a vendor's block that are secret.
func credentials(vendor otp.Vendor) []string {
	var names []string
	for _, field := range vendors.Credentials(vendor) {
		names = append(names, strings.ToLower(field))
	}
	return names
}

// members are all members of a vendor's block.
func members(vendor otp.Vendor) []string { return append([]string{"base_url"}, credentials(vendor)...) }

// check reports everything that is wrong with what is known of the block,
// whether it stands there or in the environment.
func (m model) check() diag.Diagnostics {
	var diags diag.Diagnostics
	blocks := m.blocks()
	for _, vendor := range slices.Sorted(maps.Keys(blocks)) {
		at := path.Root(string(vendor))
		refuseEmpty(&diags, blocks[vendor], at, "base_url", vendor.Variable("", "BASE_URL"))
		if address := m.vendor(vendor, "base_url"); address.value != "" {
			if _, err := httpapi.ParseBaseURL(address.value); err != nil {
				diags.AddAttributeError(at.AtName("base_url"), "Base URL of "+vendor.Title()+" is not usable", err.Error())
			}
		}
		for _, name := range credentials(vendor) {
			field := strings.ToUpper(name)
			credential := m.vendor(vendor, name)
			err := httpapi.CheckCredential(fmt.Sprintf("%s of %s (or %s)", name, vendor.Title(), vendor.Variable("", field)), credential.value)
			if err != nil {
				diags.AddAttributeError(at.AtName(name), "Credential of "+vendor.Title()+" is not usable", err.Error())
			}
			refuseEmpty(&diags, blocks[vendor], at, name, vendor.Variable("", field))
		}
	}
	refuseEmpty(&diags, m.Catalog, path.Root("catalog"), "url", "OTP_CATALOG_URL")
	if url := m.catalogURL(); url.value != "" {
		if _, err := catalog.Open(url.value); err != nil {
			diags.AddAttributeError(path.Root("catalog").AtName("url"), "Catalog URL is not usable", err.Error())
		}
	}
	_, found := m.options()
	return append(diags, found...)
}

// refuseEmpty reports a member that is there and empty: neither the environment
// nor a default may stand in for what somebody wrote.
func refuseEmpty(diags *diag.Diagnostics, block types.Object, at path.Path, name, variable string) {
	if s, ok := member(block, name).(types.String); ok && !s.IsNull() && !s.IsUnknown() && s.ValueString() == "" {
		diags.AddAttributeError(at.AtName(name), "Provider setting is empty",
			fmt.Sprintf("%s is an empty string. Leave %s out (or set it to null) to read it from %s, or give it a value.", at.AtName(name), name, variable))
	}
}

func (m model) vendor(vendor otp.Vendor, name string) setting {
	return read(m.blocks()[vendor], name, vendor.Variable("", strings.ToUpper(name)))
}

// variable is the value of a variable that documents name: the accounts of the
// provider block are its default ones, and others are in the environment only.
func (m model) variable(name string) (string, bool) {
	for _, vendor := range otp.Vendors() {
		for _, member := range members(vendor) {
			if name == vendor.Variable("", strings.ToUpper(member)) {
				value := m.vendor(vendor, member).value
				return value, value != ""
			}
		}
	}
	return os.LookupEnv(name)
}

func (m model) catalogURL() setting { return read(m.Catalog, "url", "OTP_CATALOG_URL") }

// options are the settings of the http block.
func (m model) options() (httpapi.Options, diag.Diagnostics) {
	var diags diag.Diagnostics
	options, at := httpapi.DefaultOptions(), path.Root("http")
	if v, ok := member(m.HTTP, "timeout").(types.String); ok && !v.IsNull() && !v.IsUnknown() {
		timeout, err := time.ParseDuration(v.ValueString())
		if err != nil || timeout < time.Second || timeout > 10*time.Minute {
			diags.AddAttributeError(at.AtName("timeout"), "Timeout is not usable", fmt.Sprintf("timeout is %q; write a duration of 1 second to 10 minutes, such as \"45s\".", v.ValueString()))
		}
		options.Timeout = timeout
	}
	if v, ok := member(m.HTTP, "max_retries").(types.Int64); ok && !v.IsNull() && !v.IsUnknown() {
		if n := v.ValueInt64(); n < 0 || n > maxRetriesLimit {
			diags.AddAttributeError(at.AtName("max_retries"), "Number of retries is out of range", fmt.Sprintf("max_retries is %d; write 0 to %d.", n, maxRetriesLimit))
		}
		options.MaxRetries = int(v.ValueInt64())
	}
	if v, ok := member(m.HTTP, "max_requests_per_second").(types.Float64); ok && !v.IsNull() && !v.IsUnknown() {
		if v.ValueFloat64() <= 0 {
			diags.AddAttributeError(at.AtName("max_requests_per_second"), "Request limit is out of range", "max_requests_per_second must be above 0. Leave it out for the vendor's own limit.")
		}
		options.MaxRequestsPerSecond = v.ValueFloat64()
	}
	return options, diags
}

// session makes what everything else works with. It connects to nothing and
// creates nothing: a plan may not.
func (m model) session(version, terraformVersion string) (*tf.Session, diag.Diagnostics) {
	diags := m.check()
	if diags.HasError() {
		return nil, diags
	}
	options, _ := m.options()
	session := &tf.Session{
		Variable: m.variable,
		Vendors: vendors.New(vendors.Config{
			AndroidAPI: androidapi.Config{Secret: m.vendor(otp.AndroidAPI, "secret").value, BaseURL: m.vendor(otp.AndroidAPI, "base_url").value},
			MyOTP:      myotp.Config{APIKey: m.vendor(otp.MyOTP, "api_key").value, BaseURL: m.vendor(otp.MyOTP, "base_url").value},
			Octopush: octopush.Config{
				APILogin: m.vendor(otp.Octopush, "api_login").value,
				APIKey:   m.vendor(otp.Octopush, "api_key").value,
				BaseURL:  m.vendor(otp.Octopush, "base_url").value,
			},
			Way2API:   way2api.Config{APIKey: m.vendor(otp.Way2API, "api_key").value, BaseURL: m.vendor(otp.Way2API, "base_url").value},
			HTTP:      options,
			UserAgent: httpapi.UserAgent(terraformVersion, version),
		}),
		Unknown: m.unknown(),
	}
	url := m.catalogURL()
	if url.unknown {
		session.Catalog = tf.NewCatalog(nil, false)
		return session, diags
	}
	isDefault := url.value == ""
	if isDefault {
		url.value = catalog.DefaultURL
	}
	store, err := catalog.Open(url.value)
	if err != nil {
		diags.AddAttributeError(path.Root("catalog").AtName("url"), "Catalog URL is not usable", err.Error())
		return nil, diags
	}
	session.Catalog = tf.NewCatalog(store, isDefault)
	return session, diags
}

// unknown lists the vendors whose account is not known yet. That is no error:
// only a call to them would be.
func (m model) unknown() map[otp.Vendor]string {
	unknown := map[otp.Vendor]string{}
	for _, vendor := range otp.Vendors() {
		for _, name := range members(vendor) {
			if m.vendor(vendor, name).unknown {
				unknown[vendor] = name
			}
		}
	}
	return unknown
}
