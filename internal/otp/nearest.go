package otp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// manyNames is how many names an error lists.
const manyNames = 5

// Nearest are the quoted names that somebody may have meant who wrote another,
// the likeliest first, five at most: those that differ by a few letters, or
// that hold the other.
func Nearest(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	for _, other := range names {
		d := distance(name, other)
		if d <= 1+len(name)/3 || strings.Contains(other, name) || strings.Contains(name, other) {
			near = append(near, candidate{other, d})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	var quoted []string
	for _, c := range near[:min(len(near), manyNames)] {
		quoted = append(quoted, fmt.Sprintf("%q", c.name))
	}
	return quoted
}

// distance is how many letters to add, remove or change (Levenshtein). Names
// are slugs: ASCII.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
