package profile

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

// write adds to a write of a profile what it refers to and how its document is
// made. The write makes the document from what is in the catalog by then, inside
// its transaction, and refuses one that the plan did not show.
func write(p otp.Profile, planned tf.Values, w *catalog.Write) {
	for _, reference := range references(p) {
		w.References = append(w.References, reference.Ref)
	}
	profile, references := w.Ref, w.References
	w.Compile = func(get func(catalog.Ref) (catalog.Object, error)) (string, error) {
		specs := map[catalog.Ref]tf.Spec{}
		var found []catalog.Object
		for _, ref := range references {
			object, err := get(ref)
			if err != nil {
				return "", err
			}
			specs[ref] = tf.Spec{JSON: object.Spec}
			found = append(found, object)
		}
		if problems := p.Check(); problems.Failed() {
			return "", &tf.BrokenRules{Ref: profile, Problems: problems}
		}
		document, problems, err := compile(p, specs)
		if err != nil {
			return "", err
		}
		if problems.Failed() {
			return "", &tf.BrokenRules{Ref: profile, Problems: problems}
		}
		return document, asPlanned(profile, planned, document, found)
	}
}

// asPlanned is a conflict with somebody who has changed a source of the document
// since it was planned.
func asPlanned(profile catalog.Ref, planned tf.Values, document string, found []catalog.Object) error {
	text, known := planned[documentAttribute].(string)
	if !known {
		return nil
	}
	var suspect *catalog.SourceChangedError
	for _, object := range found {
		expected := recorded(planned, object.Ref())
		if expected == object.Revision {
			continue
		}
		changed := &catalog.SourceChangedError{
			Profile: profile, Source: object.Ref(), Planned: expected, Actual: object.Revision, By: object.UpdatedBy, At: object.UpdatedAt,
		}
		if expected != 0 {
			return changed
		}
		suspect = changed // this run was to change it
	}
	if document == text {
		return nil
	}
	if suspect != nil {
		return suspect
	}
	return &unlikePlanned{Profile: profile}
}

// unlikePlanned says that a document came out in another way though nothing that
// it is made from has changed.
type unlikePlanned struct{ Profile catalog.Ref }

// Error asks to plan again.
func (e *unlikePlanned) Error() string {
	return "The document of the " + e.Profile.String() + " came out otherwise than it was planned, though nothing that it is made from has changed: " +
		"the plan was made by another release of the provider. Nothing was written. Plan again, and apply."
}
