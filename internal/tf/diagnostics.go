// Package tf is what the nouns share on the Terraform side: the generic
// catalog resource, the overlay of planned objects, validators, and the one
// place where errors become diagnostics.
package tf

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Report turns rules that an object breaks into diagnostics at its attributes.
func Report(problems otp.Problems) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, p := range problems {
		at, detail := Path(p.Path), p.Detail
		// Terraform points at the resource where a value is nested.
		if name := p.Path.String(); len(p.Path) > 1 && !strings.HasPrefix(detail, name) {
			detail = name + ": " + detail
		}
		if p.Warning {
			diags.AddAttributeWarning(at, p.Summary, detail)
		} else {
			diags.AddAttributeError(at, p.Summary, detail)
		}
	}
	return diags
}

// split parts what must stop a plan from what is only a risk.
func split(problems otp.Problems) (errors, warnings otp.Problems) {
	for _, p := range problems {
		if p.Warning {
			warnings = append(warnings, p)
		} else {
			errors = append(errors, p)
		}
	}
	return errors, warnings
}

// Path is where a problem is, as the framework names it.
func Path(p otp.Path) path.Path {
	at := path.Empty()
	for _, s := range p {
		switch s := s.(type) {
		case string:
			at = at.AtName(s)
		case int:
			at = at.AtListIndex(s)
		case otp.Key:
			at = at.AtMapKey(string(s))
		}
	}
	return at
}

// Failure is the diagnostic for an error: a title that says what kind of thing
// went wrong, and the error's own sentences, which say what was tried, what
// was answered and what to do next.
func Failure(tried string, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(title(tried, err), err.Error())
}

func title(tried string, err error) string {
	var vendor *httpapi.Error
	var unknown *catalog.UnknownNameError
	switch {
	case errors.As(err, &unknown):
		return capital(unknown.Ref.Kind.Title()) + " is not in the catalog"
	case isA[*catalog.ExistsError](err):
		return "Object exists already"
	case isA[*catalog.ConflictError](err), isA[*catalog.TakenOverError](err), isA[*catalog.SourceChangedError](err):
		return "Object was changed by somebody else"
	case isA[*catalog.WrongCatalogError](err):
		return "Catalog is not the one this configuration was applied to"
	case isA[*catalog.NewerSchemaError](err):
		return "Catalog was written by a newer release"
	case isA[*catalog.MissingReferenceError](err):
		return "Referenced object does not exist"
	case isA[*catalog.RetiredReferenceError](err), isA[*catalog.RetiredError](err):
		return "Object was deleted"
	case isA[*catalog.NotFoundError](err):
		return "Object is not in the catalog"
	case isA[*catalog.URLError](err):
		return "Catalog URL is not usable"
	case isA[*catalog.ActorError](err):
		return "Actor of the catalog is not usable"
	case isA[*catalog.StorageError](err):
		return "Catalog could not be used"
	case isA[*catalog.NoCatalogError](err):
		return "Catalog is not there yet"
	case isA[*catalog.OccupiedError](err):
		return "Place of the import has a catalog already"
	case isA[*catalog.ExportError](err):
		return "Export of a catalog is not usable"
	case isA[*catalog.InvalidWriteError](err):
		return "Provider has a bug"
	case errors.As(err, &vendor):
		return fmt.Sprintf("%s could not %s", vendor.Vendor.Title(), tried)
	}
	return "Could not " + tried
}

func isA[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
