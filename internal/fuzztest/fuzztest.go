// Package fuzztest makes input for fuzz targets out of their seeds, always the
// same, so that an ordinary `go test` runs more than the seeds. Some packages are
// tested that way only: with the instrumentation that -fuzz wants, the database
// that they hold takes minutes to build. It is used by tests only.
package fuzztest

import (
	"bytes"
	"math/rand/v2"
)

// interesting is what parsers have gone wrong with.
var interesting = []string{
	"\x00", "\xff", "\xc0\xaf", "\ufeff", "\u202e", "\x1b[2J", "\r\n", "{", "}", "[", "]", "\"", "'", "\\", "\\u0000", ":", ",", "/", "..", "%00", "%2f", "@", "?", "#", "&",
	"null", "true", "-1", "0", "1e400", "NaN", "99999999999999999999", "{{", "}}", "${", "{}", "[]", "\"\"", " ",
}

// Mutants are changed copies of the seeds, so many of each: bytes are flipped,
// left out, repeated, replaced by what parsers have gone wrong with, or taken
// from another seed.
func Mutants(each int, seeds ...[]byte) [][]byte {
	random := rand.New(rand.NewPCG(16, 4))
	var mutants [][]byte
	for _, seed := range seeds {
		for range each {
			mutant := bytes.Clone(seed)
			for range 1 + random.IntN(4) {
				mutant = mutate(random, mutant, seeds)
			}
			mutants = append(mutants, mutant)
		}
	}
	return mutants
}

func mutate(random *rand.Rand, text []byte, seeds [][]byte) []byte {
	from := random.IntN(len(text) + 1)
	to := min(len(text), from+random.IntN(1+min(16, len(text))))
	var middle []byte
	switch random.IntN(6) {
	case 0: // left out
	case 1: // cut off
		return text[:from]
	case 2:
		middle = bytes.Repeat(text[from:to], 2+random.IntN(20))
	case 3:
		middle = []byte(interesting[random.IntN(len(interesting))])
	case 4:
		other := seeds[random.IntN(len(seeds))]
		start := random.IntN(len(other) + 1)
		middle = other[start:min(len(other), start+random.IntN(64))]
	case 5:
		middle = bytes.Clone(text[from:to])
		for i := range middle {
			middle[i] ^= 1 << random.IntN(8)
		}
	}
	return bytes.Join([][]byte{text[:from], middle, text[to:]}, nil)
}

// Texts are Mutants of texts.
func Texts(each int, seeds ...string) []string {
	raw := make([][]byte, len(seeds))
	for i, seed := range seeds {
		raw[i] = []byte(seed)
	}
	mutants := Mutants(each, raw...)
	texts := make([]string, len(mutants))
	for i, mutant := range mutants {
		texts[i] = string(mutant)
	}
	return texts
}
