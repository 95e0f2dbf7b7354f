package cli

import (
	"encoding/json"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// judge says what is wrong with an object of a catalog that only those who use it
// would notice: a spec that no resource can read, or a document that no application
// can run.
func judge(object catalog.Object) string {
	var name string
	var err error
	switch object.Kind {
	case catalog.Brand:
		var spec otp.Brand
		err = json.Unmarshal(object.Spec, &spec)
		name = spec.Name
	case catalog.MessageTemplate:
		var spec otp.MessageTemplate
		err = json.Unmarshal(object.Spec, &spec)
		name = spec.Name
	case catalog.SenderID:
		var spec otp.SenderID
		err = json.Unmarshal(object.Spec, &spec)
		name = spec.Name
	case catalog.Profile:
		var spec otp.Profile
		err = json.Unmarshal(object.Spec, &spec)
		name = spec.Name
	}
	switch {
	case err != nil:
		return "has a spec that cannot be read: " + otp.Shown(err.Error())
	case name != object.Name:
		return "has the spec of another one"
	case object.Kind != catalog.Profile:
		return ""
	}
	runner, err := delivery.New(object.Document, delivery.Options{Vendor: vendors.Find})
	switch {
	case err != nil:
		return "has a document that is none: " + otp.Shown(err.Error())
	case runner.Profile() != object.Name:
		return "has the document of another profile"
	}
	return ""
}
