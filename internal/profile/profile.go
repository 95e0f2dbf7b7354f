// Package profile is the otp_profile resource: the plan-time checks against
// every vendor's rules, and the document that applications read.
package profile

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

var noun = &tf.Noun[otp.Profile]{
	Kind:     catalog.Profile,
	Schema:   profileSchema(),
	Name:     func(p otp.Profile) string { return p.Name },
	Unknown:  markUnknown,
	Check:    otp.Profile.Check,
	Computed: computed,
	Plan:     plan,
	Write:    write,
}

// NewResource returns the constructor of the resource.
func NewResource() func() resource.Resource { return tf.NewResource(noun) }

// NewDataSource returns the constructor of the data source.
func NewDataSource() func() datasource.DataSource { return tf.NewLookupWith(noun, more) }

// NewListResource returns the constructor of the list resource.
func NewListResource() func() list.ListResource { return tf.NewList(noun) }

// markUnknown notes an unknown attribute: in a route it concerns that route
// alone, so that all the others are still checked.
func markUnknown(p *otp.Profile, at otp.Path) {
	if len(at) >= 3 && at[0] == "routes" {
		if i, ok := at[1].(int); ok && i < len(p.Routes) {
			p.Routes[i].Unknown = p.Routes[i].Unknown.With(at[2:])
			return
		}
	}
	p.Unknown = p.Unknown.With(at)
}

// reference is one object that a profile names.
type reference struct {
	catalog.Ref
	at otp.Path
}

// references lists what a profile refers to, with the attribute that does;
// references that are not known yet are left out.
func references(p otp.Profile) []reference {
	var refs []reference
	add := func(kind catalog.Kind, name string, at otp.Path) {
		if name != "" {
			refs = append(refs, reference{Ref: catalog.Ref{Kind: kind, Name: name}, at: at})
		}
	}
	add(catalog.Brand, p.Brand, otp.At("brand"))
	add(catalog.MessageTemplate, p.Template, otp.At("template"))
	for i, route := range p.Routes {
		add(catalog.SenderID, route.SenderID, otp.At("routes").Index(i).Attribute("sender_id"))
	}
	return refs
}
