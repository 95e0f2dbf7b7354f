// SPDX-License-Identifier: MPL-2.0

package main

import (
	"crypto/rand"
	"math/big"
	"strings"
	"unicode"
)

// alphabet holds every character that codes may be made of.
func (p policy) alphabet() string {
	alphabet := ""
	add := func(wanted bool, characters string) {
		if wanted {
			alphabet += characters
		}
	}
	add(p.Digits, "0123456789")
	add(p.UpperCase, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	add(p.LowerCase, "abcdefghijklmnopqrstuvwxyz")
	add(p.SpecialCharacters, "!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~")
	return alphabet
}

// make makes a code with the generator of the system.
func (p policy) make() (string, error) {
	alphabet, code := p.alphabet(), make([]byte, p.Length)
	for i := range code {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", err
		}
		code[i] = alphabet[n.Int64()]
	}
	return string(code), nil
}

// normalise gives the code a person typed as it was sent, false where it
// cannot be one.
func (p policy) normalise(typed string) (string, bool) {
	code, alphabet := "", p.alphabet()
	for _, r := range typed {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Zs, unicode.Pd) { // spaces and hyphens
			continue
		}
		r = ascii(r)
		if !strings.ContainsRune(alphabet, r) {
			return "", false
		}
		code += string(r)
	}
	return code, len(code) == p.Length
}

// ascii turns a decimal digit of any script into its ASCII digit. Unicode
// keeps the digits of a script together, from zero to nine.
func ascii(r rune) rune {
	if !unicode.IsDigit(r) {
		return r
	}
	first := r
	for unicode.IsDigit(first - 1) {
		first--
	}
	return '0' + (r-first)%10
}
