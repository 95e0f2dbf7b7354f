package repository

import (
	"regexp"
	"strconv"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/examples/consumers/conformance"
)

var saidCases = regexp.MustCompile(`more than (\d+) cases`)

// Pages say how many cases hold an application to the contract: in round numbers,
// and not those of long ago.
func TestTheCasesThatPagesCountAreThere(t *testing.T) {
	t.Parallel()
	cases, err := conformance.Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{
		"README.md", "CHANGELOG.md", "examples/consumers/README.md",
		"templates/guides/document.md", "templates/guides/guarantees.md", "templates/guides/reading-documents.md.tmpl",
	} {
		said := saidCases.FindAllStringSubmatch(content(t, page), -1)
		if len(said) != 1 {
			t.Errorf("%s says the number of cases %d times", page, len(said))
		}
		for _, found := range said {
			if least, err := strconv.Atoi(found[1]); err != nil || len(cases) <= least || len(cases) > least+100 {
				t.Errorf("%s says %s, and there are %d", page, found[0], len(cases))
			}
		}
	}
}
