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
	for _, kind := range []struct {
		wanted     bool
		characters string
	}{
		{p.Digits, "0123456789"},
		{p.UpperCase, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
		{p.LowerCase, "abcdefghijklmnopqrstuvwxyz"},
		{p.SpecialCharacters, "!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~"},
	} {
		if kind.wanted {
			alphabet += kind.characters
		}
	}
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
		if unicode.In(r, unicode.Zs, unicode.Pd) { // spaces and hyphens
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
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return '0' + (r-rune(block.Lo))%10
		}
	}
	for _, block := range unicode.Nd.R32 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return '0' + (r-rune(block.Lo))%10
		}
	}
	return r
}
