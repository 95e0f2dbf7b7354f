package profile

import (
	"encoding/json"
	"fmt"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// The attributes that nobody writes.
const (
	documentAttribute = "document"
	segmentsAttribute = "sms_segments"
	madeFromAttribute = "made_from"
)

// computed are they as a stored profile has them.
var computed = map[string]func(catalog.Object) (any, error){
	documentAttribute: func(o catalog.Object) (any, error) { return o.Document, nil },
	segmentsAttribute: func(o catalog.Object) (any, error) { return segments(o.Document) },
	madeFromAttribute: func(o catalog.Object) (any, error) {
		sources := map[string]any{}
		for _, from := range o.MadeFrom {
			sources[key(from.Ref)] = from.Revision
		}
		return sources, nil
	},
}

// key is an object among those that a document is made from: brand/acme.
func key(ref catalog.Ref) string { return string(ref.Kind) + "/" + ref.Name }

// segments is what the longest SMS of a document costs; nil: it has none.
func segments(document string) (any, error) {
	var d otp.Document
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		return nil, err
	}
	if n := vendors.Compilers().SMSSegments(d); n > 0 {
		return int64(n), nil
	}
	return nil, nil
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
