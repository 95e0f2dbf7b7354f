package tf

import (
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// OfAccount is the argument "account" of data sources that ask vendors. Their
// models embed it.
type OfAccount struct {
	Account types.String `tfsdk:"account"`
}

var slug = regexp.MustCompile(otp.SlugPattern)

// AccountAttribute is the argument that OfAccount reads. The example is a variable
// of an account with the slug eu.
func AccountAttribute(example string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true,
		Validators: []validator.String{stringvalidator.RegexMatches(slug,
			"must be a slug, as the account of a route is: 1 to 63 of a-z, 0-9 and -, with a letter or a digit first and last")},
		MarkdownDescription: "A second account of the vendor, as the slug that `account` of a route names. Its credentials are read from `OTP_<VENDOR>_<ACCOUNT>_…`, " +
			"such as `" + example + "` for `eu`, and so is its base URL. Absent: the default account, which the provider is configured with.",
	}
}

// In are the accounts that the argument means.
func (o OfAccount) In(s *Session) Accounts {
	of := o.Account.ValueString()
	return Accounts{Clients: s.Vendors.For(of), slug: of, session: s}
}

// Accounts are those with one slug, one at each vendor; without a slug the
// default ones.
type Accounts struct {
	*vendors.Clients
	slug    string
	session *Session
}

// Ready reports a vendor that cannot be called because its account is not known
// yet.
func (a Accounts) Ready(vendor otp.Vendor) error {
	if a.slug != "" {
		return nil // only variables configure it
	}
	return a.session.Ready(vendor)
}

// Title names an account in a sentence.
func (a Accounts) Title(vendor otp.Vendor) string {
	if a.slug == "" {
		return vendor.Title()
	}
	return vendor.Title() + " (account \"" + a.slug + "\")"
}
