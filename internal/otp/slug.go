package otp

import (
	"regexp"
	"strings"
)

// SlugPattern is the shape of every name in the catalog and of account names.
const SlugPattern = `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`

var nonSlug = regexp.MustCompile(`[^a-z0-9]+`)

// isSlug is SlugPattern: a plan asks it of every name of every profile.
func isSlug(name string) bool {
	if name == "" || len(name) > 63 || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// SlugProblem says what is wrong with a name, and proposes one that works.
// It is empty where the name is a slug.
func SlugProblem(name string) string {
	if isSlug(name) {
		return ""
	}
	sentence := "A name is 1 to 63 lower-case letters, digits and hyphens, and begins and ends with a letter or digit."
	if proposal := strings.Trim(nonSlug.ReplaceAllString(strings.ToLower(name), "-"), "-"); isSlug(proposal) {
		sentence += ` Write "` + proposal + `".`
	}
	return sentence
}
