// Package senderid is the otp_sender_id resource, data source and list resource.
package senderid

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

var noun = &tf.Noun[otp.SenderID]{
	Kind: catalog.SenderID,
	Schema: schema.Schema{
		MarkdownDescription: "Whom a message comes from, as each vendor names it: a device and its SIM, a gateway, or an alphanumeric sender. " +
			"It lives in the catalog; no vendor has an API for sender IDs.",
		Attributes: map[string]schema.Attribute{
			"name":       tf.NameAttribute(catalog.SenderID),
			"androidapi": androidAPIAttribute(),
			"octopush": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "The sender at Octopush.",
				Attributes: map[string]schema.Attribute{
					"sender": schema.StringAttribute{
						Required: true,
						MarkdownDescription: "Alphanumeric sender, 3 to 11 of `a-z`, `A-Z` and `0-9`. Octopush strips anything else and sends all the same, " +
							"so it is refused here. Some countries need it registered with the operator first.",
					},
				},
			},
		},
	},
	Name:    func(s otp.SenderID) string { return s.Name },
	Unknown: func(s *otp.SenderID, at otp.Path) { s.Unknown = s.Unknown.With(at) },
	Check:   func(s otp.SenderID) otp.Problems { return vendors.Compilers().CheckSender(s) },
}

func androidAPIAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "The sender at AndroidAPI: exactly one of `device` and `gateway`.",
		Attributes: map[string]schema.Attribute{
			"device": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Unique ID of one of your linked devices; messages cost what its SIM costs. 1 to 128 letters, digits and hyphens.",
			},
			"sim": schema.Int64Attribute{
				CustomType:          tf.IntegerType{},
				Optional:            true,
				MarkdownDescription: "SIM slot of the device, 1 or 2. Absent: nothing is sent for it, and the phone's own default decides, which is warned of.",
			},
			"gateway": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Number of a gateway, or unique ID of a partner device; messages cost credits. " +
					"A partner device is somebody else's phone, which sees every code.",
			},
			"allow_partner_device": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether `gateway` may be a partner device. Default `false`.",
			},
		},
	}
}

// NewResource returns the constructor of the resource.
func NewResource() func() resource.Resource { return tf.NewResource(noun) }

// NewDataSource returns the constructor of the data source.
func NewDataSource() func() datasource.DataSource { return tf.NewLookup(noun) }

// NewListResource returns the constructor of the list resource.
func NewListResource() func() list.ListResource { return tf.NewList(noun) }
