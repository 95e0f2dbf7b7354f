// Package brand is the otp_brand resource, data source and list resource.
package brand

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

var noun = &tf.Noun[otp.Brand]{
	Kind: catalog.Brand,
	Schema: schema.Schema{
		MarkdownDescription: "The name that recipients see in a message. It lives in the catalog; no vendor has an API for brands.",
		Attributes: map[string]schema.Attribute{
			"name": tf.NameAttribute(catalog.Brand),
			"display_name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "What recipients read, 1 to 64 characters, without braces and control characters. " +
					"MyOTP.App takes 3 to 16 of `a-z`, `A-Z`, `0-9` and `.`; give it another spelling there with `myotp`.",
			},
			"myotp": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "How the brand is spelled at MyOTP.App, where `display_name` does not fit. Absent: as `display_name`.",
				Attributes: map[string]schema.Attribute{
					"brand": schema.StringAttribute{
						Required: true,
						MarkdownDescription: "Brand in requests to MyOTP.App, which puts it into its texts: 3 to 16 of `a-z`, `A-Z`, `0-9` and `.`. MyOTP.App denies names on a list " +
							"that it does not publish; well-known names of others are warned of.",
					},
				},
			},
		},
	},
	Name:    func(b otp.Brand) string { return b.Name },
	Unknown: func(b *otp.Brand, at otp.Path) { b.Unknown = b.Unknown.With(at) },
	Check:   func(b otp.Brand) otp.Problems { return vendors.Compilers().CheckBrand(b) },
}

// NewResource returns the constructor of the resource.
func NewResource() func() resource.Resource { return tf.NewResource(noun) }

// NewDataSource returns the constructor of the data source.
func NewDataSource() func() datasource.DataSource { return tf.NewLookup(noun) }

// NewListResource returns the constructor of the list resource.
func NewListResource() func() list.ListResource { return tf.NewList(noun) }
