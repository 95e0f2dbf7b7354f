package catalog

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestErrorsSayWhatHappenedAndWhatToDo(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		err   error
		words []string
	}{
		{&NotFoundError{Ref: acme, Catalog: "sqlite:x.db"}, []string{`The brand "acme" is not in the catalog sqlite:x.db.`, "Check the name"}},
		{&ExistsError{Ref: signIn, Catalog: "sqlite:x.db", Revision: 3, By: "ann", At: at}, []string{
			`The message template "sign-in" already exists`, "revision 3, written by ann at 2026-01-02T03:04:05Z",
			"import {\n  to = otp_message_template.<label>\n  id = \"sign-in\"\n}",
		}},
		{&ExistsError{Ref: acme, Catalog: "sqlite:x.db", Revision: 1, By: "ann", At: at, Same: true, UsedBy: []Ref{login, {Kind: Profile, Name: "other"}}}, []string{
			"exactly this content", `profile "login" and profile "other" there refer to it`, "OTP_CATALOG_URL", "OTP_CATALOG_ADOPT=identical", `id = "acme"`,
		}},
		{&TakenOverError{Ref: acme, By: "ann", At: at}, []string{`The brand "acme" belongs to another state`, "ann took it over", "at 2026-01-02T03:04:05Z", "destroy = false"}},
		{&SourceChangedError{Profile: login, Source: acme, Planned: 7, Actual: 8, By: "ann", At: at}, []string{
			`The profile "login" was planned with revision 7 of the brand "acme"`, "revision 8, written by ann at 2026-01-02T03:04:05Z", "Plan again",
		}},
		{&SourceChangedError{Profile: login, Source: acme, Actual: 8, By: "ann", At: at}, []string{`the brand "acme" as this run was to write it`}},
		{&ConflictError{Ref: europe, Expected: 1, Actual: 2, By: "ann", At: at}, []string{
			`The sender ID "europe" was changed in between`, "revision 2, written by ann", "from revision 1", "Plan again",
		}},
		{&RetiredError{Ref: acme, By: "ann", At: at}, []string{`brand "acme" is retired`, "ann deleted it at 2026-01-02", "Plan again"}},
		{&MissingReferenceError{Profile: login, Ref: signIn, Catalog: "sqlite:x.db"}, []string{
			`profile "login"`, `message template "sign-in"`, "template = otp_message_template.<label>.name",
		}},
		{&RetiredReferenceError{Profile: login, Ref: acme, By: "ann", At: at}, []string{`profile "login"`, "ann deleted at 2026-01-02T03:04:05Z", "create it again"}},
		{&WrongCatalogError{Catalog: "sqlite:x.db", Want: "aaa", Got: "bbb"}, []string{"has the ID bbb", "the ID aaa", "Correct catalog.url"}},
		{&WrongCatalogError{Catalog: "sqlite:x.db", Want: "aaa"}, []string{"no catalog at sqlite:x.db", "the ID aaa", "backup"}},
		{&NewerSchemaError{Catalog: "sqlite:x.db", Version: 9, Supported: 1}, []string{"schema version 9", "none above 1", "untouched", "newer provider release"}},
		{&InvalidWriteError{Ref: acme, Problem: "it has no spec"}, []string{`brand "acme"`, "it has no spec", "report"}},
		{&StorageError{Operation: "read all objects", Catalog: "sqlite:x.db", Problem: "it burns", Remedy: "Run.", Err: errors.New("heat")}, []string{
			"Could not read all objects in the catalog sqlite:x.db: it burns. Run. Cause: heat",
		}},
		{&StorageError{Operation: "read objects", Catalog: "postgres://db/otp", Problem: "it sleeps", Remedy: "Wake it.", Err: errors.New("failed to connect:\n\tdb: refused\n\tdb: refused\n\tdc: silent")}, []string{
			"Could not read objects in the catalog postgres://db/otp: it sleeps. Wake it. Cause: failed to connect: db: refused; dc: silent",
		}},
		{&NoCatalogError{Operation: "export", Catalog: "sqlite:x.db"}, []string{"nothing to export", "sqlite:x.db", "the first apply makes"}},
		{&ExportError{Problem: "it is torn"}, []string{"it is torn", "Nothing was written", "Export the catalog again"}},
		{&OccupiedError{Catalog: "sqlite:x.db", ID: "aaa", Export: "bbb"}, []string{"sqlite:x.db has the ID aaa", "of the catalog bbb", "empty place"}},
		{&OccupiedError{Catalog: "sqlite:x.db", ID: "aaa", Export: "aaa"}, []string{"is the exported one, aaa", "changed", "empty place"}},
		{&URLError{Problem: "No.", Remedy: "Yes."}, []string{"No. Yes."}},
	}
	for _, test := range tests {
		mentions(t, test.err, test.words...)
		if strings.Contains(test.err.Error(), "%!") {
			t.Errorf("a placeholder is left: %v", test.err)
		}
	}
}

func TestKindsHaveNames(t *testing.T) {
	t.Parallel()
	tests := map[Kind][3]string{
		Brand:           {"brand", "otp_brand", "brand"},
		MessageTemplate: {"message template", "otp_message_template", "template"},
		SenderID:        {"sender ID", "otp_sender_id", "sender_id"},
		Profile:         {"profile", "otp_profile", "profile"},
	}
	for kind, want := range tests {
		equal(t, want, [3]string{kind.Title(), kind.ResourceType(), kind.attribute()})
	}
}
