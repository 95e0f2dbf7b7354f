package tf

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// titles are those of the errors of the catalog, by type.
var titles = map[string]struct {
	err   error
	title string
}{
	"NotFoundError":         {&catalog.NotFoundError{}, "Object is not in the catalog"},
	"UnknownNameError":      {&catalog.UnknownNameError{Ref: catalog.Ref{Kind: catalog.SenderID}}, "Sender ID is not in the catalog"},
	"ExistsError":           {&catalog.ExistsError{}, "Object exists already"},
	"ConflictError":         {&catalog.ConflictError{}, "Object was changed by somebody else"},
	"RetiredError":          {&catalog.RetiredError{}, "Object was deleted"},
	"MissingReferenceError": {&catalog.MissingReferenceError{}, "Referenced object does not exist"},
	"RetiredReferenceError": {&catalog.RetiredReferenceError{}, "Object was deleted"},
	"WrongCatalogError":     {&catalog.WrongCatalogError{}, "Catalog is not the one this configuration was applied to"},
	"NewerSchemaError":      {&catalog.NewerSchemaError{}, "Catalog was written by a newer release"},
	"URLError":              {&catalog.URLError{}, "Catalog URL is not usable"},
	"InvalidWriteError":     {&catalog.InvalidWriteError{}, "Provider has a bug"},
	"StorageError":          {&catalog.StorageError{}, "Catalog could not be used"},
	"NoCatalogError":        {&catalog.NoCatalogError{}, "Catalog is not there yet"},
	"ExportError":           {&catalog.ExportError{}, "Export of a catalog is not usable"},
	"TakenOverError":        {&catalog.TakenOverError{}, "Object was changed by somebody else"},
	"SourceChangedError":    {&catalog.SourceChangedError{}, "Object was changed by somebody else"},
	"ActorError":            {&catalog.ActorError{}, "Actor of the catalog is not usable"},
	"OccupiedError":         {&catalog.OccupiedError{}, "Place of the import has a catalog already"},
}

func TestEveryErrorOfTheCatalogHasATitle(t *testing.T) {
	t.Parallel()
	for name, test := range titles {
		if got := fmt.Sprintf("%T", test.err); got != "*catalog."+name {
			t.Errorf("%s stands for a %s", name, got)
		}
		// As it comes with others, and by itself.
		for _, err := range []error{test.err, fmt.Errorf("wrapped: %w", test.err), errors.Join(errors.New("another"), test.err)} {
			d := Failure("create the brand", err)
			if d.Summary() != test.title || d.Detail() != err.Error() {
				t.Errorf("%s: the diagnostic is %q: %q", name, d.Summary(), d.Detail())
			}
		}
	}
	if diff := cmp.Diff(exportedErrors(t), slices.Sorted(maps.Keys(titles))); diff != "" {
		t.Errorf("the errors of the catalog and those with a title differ (-catalog +titles):\n%s", diff)
	}
	if got := Failure("create the brand", errors.New("something else")).Summary(); got != "Could not create the brand" {
		t.Errorf("an error of another kind has the title %q", got)
	}
}

// exportedErrors are the exported types of the catalog with a method Error, by
// name.
func exportedErrors(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "catalog", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of the catalog: %v", err)
	}
	var found []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			method, ok := declaration.(*ast.FuncDecl)
			if !ok || method.Recv == nil || method.Name.Name != "Error" {
				continue
			}
			receiver := method.Recv.List[0].Type
			if pointer, ok := receiver.(*ast.StarExpr); ok {
				receiver = pointer.X
			}
			if name, ok := receiver.(*ast.Ident); ok && name.IsExported() {
				found = append(found, name.Name)
			}
		}
	}
	slices.Sort(found)
	return found
}
