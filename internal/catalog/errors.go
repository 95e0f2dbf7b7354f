package catalog

import (
	"fmt"
	"strings"
	"time"
)

// NotFoundError says that the catalog has no such object.
type NotFoundError struct {
	Ref     Ref
	Catalog string // The redacted URL.
}

// Error names the object, the catalog and what to check.
func (e *NotFoundError) Error() string {
	return fmt.Sprintf("The %s is not in the catalog %s. Check the name and catalog.url; if another run "+
		"deleted it, plan again and Terraform creates it.", e.Ref, e.Catalog)
}

// ExistsError says that a create found a live object of that name.
type ExistsError struct {
	Ref      Ref
	Catalog  string
	Revision int64
	By       string
	At       time.Time
	// Same says that the object has exactly the content that was to be written.
	Same bool
	// UsedBy lists the profiles that refer to the object.
	UsedBy []Ref
}

// Error ends with the import block that moves the object here.
func (e *ExistsError) Error() string {
	content := "another content"
	if e.Same {
		content = "exactly this content"
	}
	s := fmt.Sprintf("The %s already exists in the catalog %s with %s (revision %d, written by %s at %s)",
		e.Ref, e.Catalog, content, e.Revision, e.By, e.At.Format(time.RFC3339))
	if len(e.UsedBy) > 0 {
		s += ", and " + list(e.UsedBy) + " there " + plural(e.UsedBy, "refers", "refer") + " to it"
	}
	s += ". Another state may own it, so nothing was written.\n\n" +
		"- For a test, a pull request or a second environment, use another catalog: set catalog.url or OTP_CATALOG_URL.\n"
	if e.Same {
		s += "- If an apply was killed before it could save its state, run the next one with OTP_CATALOG_ADOPT=identical. " +
			"It takes over every object of the configuration that is equal, with the right to change and delete it.\n"
	}
	s += "- If two resources have this name, or one was replaced with create_before_destroy, give one another name, or remove that setting.\n"
	return s + fmt.Sprintf("- To move the object here, take it out of the other state (a removed block with destroy = false), and write:\n\n"+
		"import {\n  to = %s.<label>\n  id = %q\n}", e.Ref.Kind.ResourceType(), e.Ref.Name)
}

// list is objects as a sentence lists them: profile "a" and profile "b".
func list(refs []Ref) string {
	var names []string
	for _, ref := range refs {
		names = append(names, ref.String())
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}

func plural(refs []Ref, one, many string) string {
	if len(refs) == 1 {
		return one
	}
	return many
}

// ConflictError says that somebody else changed an object since the caller read
// it.
type ConflictError struct {
	Ref      Ref
	Expected int64
	Actual   int64
	By       string
	At       time.Time
}

// Error names both revisions, and who wrote the newer one.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("The %s was changed in between: the catalog holds revision %d, written by %s at %s, "+
		"and this run started from revision %d. Nothing was written. Plan again to see the other change, then apply.",
		e.Ref, e.Actual, e.By, e.At.Format(time.RFC3339), e.Expected)
}

// TakenOverError says that another state has taken an object over since the
// caller created or imported it.
type TakenOverError struct {
	Ref Ref
	// By and At say who did it, and when.
	By string
	At time.Time
}

// Error says how the former owner goes on.
func (e *TakenOverError) Error() string {
	return fmt.Sprintf("The %s belongs to another state now: %s took it over, or deleted it and created it anew, at %s. Nothing was written. "+
		"Leave it there: take the resource out of this configuration with a removed block whose lifecycle has destroy = false, or with `terraform state rm`. "+
		"To have it back, do that in the other state and import it here; "+
		"if it was a run of your own that was killed, apply with OTP_CATALOG_ADOPT=identical.",
		e.Ref, e.By, e.At.Format(time.RFC3339))
}

// SourceChangedError says that something that a profile's document is made from
// changed after the document was planned.
type SourceChangedError struct {
	Profile Ref
	Source  Ref
	// Planned is the revision that the plan saw; 0: the one that the plan was
	// to write.
	Planned int64
	Actual  int64
	By      string
	At      time.Time
}

// Error names both revisions, and who wrote the newer one.
func (e *SourceChangedError) Error() string {
	planned := fmt.Sprintf("revision %d of the %s", e.Planned, e.Source)
	if e.Planned == 0 {
		planned = fmt.Sprintf("the %s as this run was to write it", e.Source)
	}
	return fmt.Sprintf("The %s was planned with %s, but the catalog holds revision %d, written by %s at %s. "+
		"Its document would not be the one that the plan showed, so nothing was written. Plan again, without -refresh=false, and apply.",
		e.Profile, planned, e.Actual, e.By, e.At.Format(time.RFC3339))
}

// RetiredError says that an update met an object that was deleted, and that the
// catalog keeps only for the documents made from it.
type RetiredError struct {
	Ref Ref
	By  string
	At  time.Time
}

// Error says who deleted the object and how it comes back.
func (e *RetiredError) Error() string {
	return fmt.Sprintf("The %s is retired: %s deleted it at %s, and the catalog keeps it only for the profiles that "+
		"still refer to it. Nothing was written. Plan again: Terraform then creates it anew, which revives it.",
		e.Ref, e.By, e.At.Format(time.RFC3339))
}

// MissingReferenceError says that a profile refers to an object that the catalog
// does not have.
type MissingReferenceError struct {
	Profile Ref
	Ref     Ref
	Catalog string
}

// Error ends with how to write the reference so that Terraform knows the order.
func (e *MissingReferenceError) Error() string {
	return fmt.Sprintf("The %s refers to the %s, which is not in the catalog %s. Nothing was written. "+
		"If this configuration creates it, write the reference as %s = %s.<label>.name, so that Terraform creates it first; "+
		"otherwise check the name.",
		e.Profile, e.Ref, e.Catalog, e.Ref.Kind.attribute(), e.Ref.Kind.ResourceType())
}

// RetiredReferenceError says that a profile refers to an object that was deleted.
type RetiredReferenceError struct {
	Profile Ref
	Ref     Ref
	By      string
	At      time.Time
}

// Error says who deleted the object and when.
func (e *RetiredReferenceError) Error() string {
	return fmt.Sprintf("The %s refers to the %s, which %s deleted at %s. The document that was made from it stays valid, "+
		"but nothing new may refer to it, and nothing was written. Refer to another one, or create it again.",
		e.Profile, e.Ref, e.By, e.At.Format(time.RFC3339))
}

// WrongCatalogError says that the URL leads to another catalog than the one that
// the caller's objects live in.
type WrongCatalogError struct {
	Catalog string // The redacted URL.
	Want    string // The ID that the caller knows.
	Got     string // The ID that was found; empty: there is no catalog.
}

// Error names both catalogs.
func (e *WrongCatalogError) Error() string {
	found := fmt.Sprintf("The catalog at %s has the ID %s", e.Catalog, e.Got)
	if e.Got == "" {
		found = fmt.Sprintf("There is no catalog at %s yet", e.Catalog)
	}
	return fmt.Sprintf("%s, but this state belongs to the catalog with the ID %s. Nothing was written. "+
		"Correct catalog.url, or bring the catalog back from its backup.", found, e.Want)
}

// NewerSchemaError says that a newer release has written the catalog.
type NewerSchemaError struct {
	Catalog   string
	Version   int64 // The schema version of the catalog.
	Supported int64 // The newest version that this release knows.
}

// Error says that the catalog was left untouched.
func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("The catalog %s has schema version %d, and this release of the provider knows none above %d. "+
		"It was left untouched. Use the newer provider release that the other runs use.", e.Catalog, e.Version, e.Supported)
}

// URLError says that a catalog URL leads nowhere. It never quotes the URL, which
// may hold a password.
type URLError struct {
	Problem string
	Remedy  string
}

// Error is the problem and its remedy.
func (e *URLError) Error() string { return e.Problem + " " + e.Remedy }

// InvalidWriteError says that a caller broke the contract of this package; it is
// a bug of the provider, not of a configuration.
type InvalidWriteError struct {
	Ref     Ref
	Problem string
}

// Error asks to report the bug.
func (e *InvalidWriteError) Error() string {
	return fmt.Sprintf("The %s cannot be written: %s. Nothing was written. This is a bug in the provider; please report it.",
		e.Ref, e.Problem)
}

// NoCatalogError says that there is nothing to export or check.
type NoCatalogError struct {
	Operation string // What was tried, such as: export.
	Catalog   string
}

// Error says what to check.
func (e *NoCatalogError) Error() string {
	return fmt.Sprintf("There is nothing to %s: no catalog is at %s yet. Check the URL; the first apply makes the catalog.",
		e.Operation, e.Catalog)
}

// ExportError says that an export is broken, or of a newer release.
type ExportError struct {
	Problem string
}

// Error says that nothing was written.
func (e *ExportError) Error() string {
	return fmt.Sprintf("The export cannot be used: %s. Nothing was written. Export the catalog again, and import it "+
		"unchanged, with the same release of the provider or a newer one.", e.Problem)
}

// OccupiedError says that an import met a catalog.
type OccupiedError struct {
	Catalog string
	ID      string // Of the catalog that is there.
	Export  string // The ID of the export.
}

// Error says where an import may go.
func (e *OccupiedError) Error() string {
	found := fmt.Sprintf("The catalog %s has the ID %s, and the export is of the catalog %s.", e.Catalog, e.ID, e.Export)
	if e.ID == e.Export {
		found = fmt.Sprintf("The catalog %s is the exported one, %s, but it has changed since or before.", e.Catalog, e.ID)
	}
	return found + " An import neither mixes catalogs nor replaces one. Nothing was written. " +
		"Import into an empty place: another file, or another schema."
}
