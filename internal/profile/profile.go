// Package profile is the otp_profile resource: the plan-time checks against
// every vendor's rules, and the document that applications read.
package profile

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

var noun = &tf.Noun[otp.Profile]{
	Kind:    catalog.Profile,
	Schema:  profileSchema(),
	Name:    func(p otp.Profile) string { return p.Name },
	Unknown: markUnknown,
	Check:   otp.Profile.Check,
	Document: &tf.Document[otp.Profile]{
		References: references, Compile: compile, Look: lookAtAccounts,
		Derived: derived, Attributes: []string{segmentsAttribute},
	},
}

// NewResource returns the constructor of the resource.
func NewResource() func() resource.Resource { return tf.NewResource(noun) }

// NewDataSource returns the constructor of the data source.
func NewDataSource() func() datasource.DataSource { return tf.NewLookup(noun) }

// NewListResource returns the constructor of the list resource.
func NewListResource() func() list.ListResource { return tf.NewList(noun) }

// markUnknown notes an unknown attribute: in a route it concerns that route
// alone, so that all the others are still checked.
func markUnknown(p *otp.Profile, at []any) {
	if len(at) >= 3 && at[0] == "routes" {
		if i, ok := at[1].(int); ok && i < len(p.Routes) {
			p.Routes[i].Unknown = p.Routes[i].Unknown.With(at[2:])
			return
		}
	}
	p.Unknown = p.Unknown.With(at)
}

func references(p otp.Profile) []tf.Reference {
	var refs []tf.Reference
	add := func(kind catalog.Kind, name string, path otp.Path) {
		if name != "" {
			refs = append(refs, tf.Reference{Ref: catalog.Ref{Kind: kind, Name: name}, Path: path})
		}
	}
	add(catalog.Brand, p.Brand, otp.At("brand"))
	add(catalog.MessageTemplate, p.Template, otp.At("template"))
	for i, route := range p.Routes {
		add(catalog.SenderID, route.SenderID, otp.At("routes").Index(i).Attribute("sender_id"))
	}
	return refs
}

const segmentsAttribute = "sms_segments"

// derived is what a profile shows of its document.
func derived(document string) (map[string]any, error) {
	var d otp.Document
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		return nil, err
	}
	if n := vendors.Compilers().SMSSegments(d); n > 0 {
		return map[string]any{segmentsAttribute: int64(n)}, nil
	}
	return map[string]any{segmentsAttribute: nil}, nil
}

// compile decodes what the profile refers to and makes the document; it is
// empty where something is not known yet, or wrong.
func compile(p otp.Profile, specs map[catalog.Ref]tf.Spec) (string, otp.Problems, error) {
	refs := otp.References{Senders: map[string]*otp.SenderID{}}
	for ref, spec := range specs {
		var err error
		switch ref.Kind {
		case catalog.Brand:
			refs.Brand = &otp.Brand{Unknown: spec.Unknown}
			err = json.Unmarshal(spec.JSON, refs.Brand)
		case catalog.MessageTemplate:
			refs.Template = &otp.MessageTemplate{Unknown: spec.Unknown}
			err = json.Unmarshal(spec.JSON, refs.Template)
		case catalog.SenderID:
			sender := &otp.SenderID{Unknown: spec.Unknown}
			err = json.Unmarshal(spec.JSON, sender)
			refs.Senders[ref.Name] = sender
		}
		if err != nil {
			return "", nil, fmt.Errorf("%s in the catalog cannot be understood: %w", ref, err)
		}
	}
	document, complete, problems := vendors.Compilers().Compile(p, refs)
	if !complete || problems.Failed() {
		return "", problems, nil
	}
	text, err := document.Canonical()
	return text, problems, err
}
