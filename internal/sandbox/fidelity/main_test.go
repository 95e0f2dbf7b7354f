package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestFidelityCountsWhatIsServed(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := write(&out, "../../vendors"); err != nil {
		t.Fatal(err)
	}
	for _, vendor := range []string{"androidapi", "myotp", "octopush", "way2api"} {
		if !regexp.MustCompile(`(?m)^` + vendor + `: \d+ calls in the reference, \d+ served, [1-9]\d* contract files$`).MatchString(out.String()) {
			t.Errorf("%s is missing:\n%s", vendor, out.String())
		}
	}
	if err := write(&strings.Builder{}, t.TempDir()); err == nil || !strings.Contains(err.Error(), "myotp generate_otp") {
		t.Errorf("calls without contract files are %v", err)
	}
}
