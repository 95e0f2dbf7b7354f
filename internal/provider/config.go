package provider

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
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
	if v, given := member(block, name).(types.String); given && v.IsUnknown() {
		return setting{unknown: true}
	} else if given && !v.IsNull() {
		return setting{value: v.ValueString()}
	}
	return setting{value: os.Getenv(variable)}
}

func member(block types.Object, name string) attr.Value {
	if block.IsNull() || block.IsUnknown() {
		return nil
	}
	return block.Attributes()[name]
}

// members are all members of a vendor's block.
func members(vendor httpapi.Vendor) []string {
	names := []string{"base_url"}
	for _, credential := range vendor.Credentials {
		names = append(names, strings.ToLower(credential.Field))
	}
	return names
}

// check reports everything that is wrong with what is known of the block,
// whether it stands there or in the environment.
func (m model) check() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, vendor := range vendors.All() {
		at, block := path.Root(string(vendor.Name)), m.Vendors[vendor.Name]
		for _, name := range members(vendor) {
			variable := vendor.Name.Variable("", strings.ToUpper(name))
			refuseEmpty(&diags, block, at, name, variable)
			value := m.vendor(vendor.Name, name).value
			if name == "base_url" {
				if _, err := httpapi.ParseBaseURL(value); value != "" && err != nil {
					diags.AddAttributeError(at.AtName(name), "Base URL of "+vendor.Title+" is not usable", err.Error())
				}
				continue
			}
			if err := httpapi.CheckCharacters(fmt.Sprintf("%s of %s (or %s)", name, vendor.Title, variable), value); err != nil {
				diags.AddAttributeError(at.AtName(name), "Credential of "+vendor.Title+" is not usable", err.Error())
			}
		}
	}
	refuseEmpty(&diags, m.Catalog, path.Root("catalog"), "url", "OTP_CATALOG_URL")
	refuseEmpty(&diags, m.Catalog, path.Root("catalog"), "adopt", "OTP_CATALOG_ADOPT")
	if url := m.catalogURL(); url.value != "" {
		if _, err := catalog.Open(url.value); err != nil {
			diags.Append(diag.WithPath(path.Root("catalog").AtName("url"), tf.Failure("open the catalog", err)))
		}
	}
	_, found := m.adopt()
	diags.Append(found...)
	_, found = m.options()
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
	return read(m.Vendors[vendor], name, vendor.Variable("", strings.ToUpper(name)))
}

// variable is the value of a variable that documents name: the accounts of the
// provider block are its default ones, and others are in the environment only.
func (m model) variable(name string) (string, bool) {
	for _, vendor := range vendors.All() {
		for _, member := range members(vendor) {
			if name == vendor.Name.Variable("", strings.ToUpper(member)) {
				value := m.vendor(vendor.Name, member).value
				return value, value != ""
			}
		}
	}
	return os.LookupEnv(name)
}

// accounts are the default accounts of all vendors.
func (m model) accounts() map[otp.Vendor]httpapi.Account {
	accounts := map[otp.Vendor]httpapi.Account{}
	for _, vendor := range vendors.All() {
		account := httpapi.Account{BaseURL: m.vendor(vendor.Name, "base_url").value, Credentials: map[string]string{}}
		for _, credential := range vendor.Credentials {
			account.Credentials[credential.Field] = m.vendor(vendor.Name, strings.ToLower(credential.Field)).value
		}
		accounts[vendor.Name] = account
	}
	return accounts
}

func (m model) catalogURL() setting { return read(m.Catalog, "url", "OTP_CATALOG_URL") }

// adopt is whether this run may take over what is exactly as configured.
func (m model) adopt() (tf.Adopt, diag.Diagnostics) {
	switch adopt := read(m.Catalog, "adopt", "OTP_CATALOG_ADOPT"); {
	case adopt.unknown:
		return tf.AdoptUnknown, nil
	case adopt.value == "":
		return tf.AdoptNothing, nil
	case adopt.value == "identical":
		return tf.AdoptIdentical, nil
	default:
		return tf.AdoptNothing, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("catalog").AtName("adopt"), "Setting of the catalog is unknown",
			fmt.Sprintf("adopt (or OTP_CATALOG_ADOPT) is %q; write \"identical\", for the one run after an apply that was killed, or leave it out.", adopt.value))}
	}
}

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
	if v, ok := member(m.HTTP, "max_retries").(tf.Integer); ok && !v.IsNull() && !v.IsUnknown() {
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

// checksAccounts is whether plans ask vendors about accounts. Where it is not
// known, they do not.
func (m model) checksAccounts() bool {
	v, ok := member(m.HTTP, "check_accounts").(types.Bool)
	return !m.HTTP.IsUnknown() && (!ok || v.IsNull() || !v.IsUnknown() && v.ValueBool())
}

// session makes what everything else works with. It connects to nothing and
// creates nothing: a plan may not.
func (m model) session(version, terraformVersion string, clock clock.Clock) (*tf.Session, diag.Diagnostics) {
	diags := m.check()
	if diags.HasError() {
		return nil, diags
	}
	options, _ := m.options()
	if clock != nil {
		options.Now, options.Sleep = clock.Now, clock.Sleep
	}
	session := &tf.Session{
		Clock:         clock,
		Variable:      m.variable,
		CheckAccounts: m.checksAccounts(),
		Vendors: vendors.New(vendors.Config{
			Accounts: m.accounts(), HTTP: options, UserAgent: httpapi.UserAgent(terraformVersion, version), Variable: m.variable,
		}),
		Unknown: m.unknown(),
	}
	url := m.catalogURL()
	if url.unknown {
		session.Catalog = tf.NewCatalog(nil, false, tf.AdoptNothing)
		return session, diags
	}
	isDefault := url.value == ""
	if isDefault {
		url.value = catalog.DefaultURL
	}
	store, err := catalog.Open(url.value)
	if err != nil {
		diags.Append(diag.WithPath(path.Root("catalog").AtName("url"), tf.Failure("open the catalog", err)))
		return nil, diags
	}
	for _, warning := range store.Warnings() {
		diags.AddAttributeWarning(path.Root("catalog").AtName("url"), "Parameter of the catalog URL is ignored", warning)
	}
	// Where no provider block says where the catalog is, there may be none, and
	// Terraform would ask for one besides: then the first plan says it.
	if err := store.CheckPlace(); err != nil && member(m.Catalog, "url") != nil && !member(m.Catalog, "url").IsNull() {
		diags.AddAttributeError(path.Root("catalog").AtName("url"), tf.NoPlace, err.Error())
		return nil, diags
	}
	adopt, _ := m.adopt()
	session.Catalog = tf.NewCatalog(store, isDefault, adopt)
	return session, diags
}

// unknown lists the vendors whose account is not known yet. That is no error:
// only a call to them would be.
func (m model) unknown() map[otp.Vendor]string {
	unknown := map[otp.Vendor]string{}
	for _, vendor := range vendors.All() {
		for _, name := range members(vendor) {
			if m.vendor(vendor.Name, name).unknown {
				unknown[vendor.Name] = name
			}
		}
	}
	return unknown
}
