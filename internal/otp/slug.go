package otp

import (
	"regexp"
	"strings"
)

// SlugPattern is the shape of every name in the catalog and of account names.
const SlugPattern = `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`

var (
	slug    = regexp.MustCompile(SlugPattern)
	nonSlug = regexp.MustCompile(`[^a-z0-9]+`)
)

// SlugProblem says what is wrong with a name, and proposes one that works.
// It is empty where the name is a slug.
func SlugProblem(name string) string {
	if slug.MatchString(name) {
		return ""
	}
	sentence := "A name is 1 to 63 lower-case letters, digits and hyphens, and begins and ends with a letter or digit."
	if proposal := strings.Trim(nonSlug.ReplaceAllString(strings.ToLower(name), "-"), "-"); slug.MatchString(proposal) {
		sentence += ` Write "` + proposal + `".`
	}
	return sentence
}
