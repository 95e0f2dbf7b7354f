package otp

import "math"

// CodePolicy says what a code looks like. A nil member takes its default: six
// digits and nothing else.
type CodePolicy struct {
	Length            *int64 `json:"length,omitempty"`
	Digits            *bool  `json:"digits,omitempty"`
	UpperCase         *bool  `json:"upper_case,omitempty"`
	LowerCase         *bool  `json:"lower_case,omitempty"`
	SpecialCharacters *bool  `json:"special_characters,omitempty"`
	ExcludeConfusing  *bool  `json:"exclude_confusing,omitempty"`
}

// The default of CodePolicy.Length, and the bounds any vendor knows, in
// characters.
const (
	DefaultCodeLength = 6
	MinCodeLength     = 3 // MyOTP.App over SMS (its developer page)
	MaxCodeLength     = 32
)

// Code is a code policy with every default filled in.
type Code struct {
	Length            int64
	Digits            bool
	UpperCase         bool
	LowerCase         bool
	SpecialCharacters bool
	ExcludeConfusing  bool
}

// Resolve fills in the defaults. It works on nil.
func (c *CodePolicy) Resolve() Code {
	if c == nil {
		c = &CodePolicy{}
	}
	return Code{
		Length:            value(c.Length, DefaultCodeLength),
		Digits:            value(c.Digits, true),
		UpperCase:         value(c.UpperCase, false),
		LowerCase:         value(c.LowerCase, false),
		SpecialCharacters: value(c.SpecialCharacters, false),
		ExcludeConfusing:  value(c.ExcludeConfusing, false),
	}
}

func value[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

// OnlyDigits reports whether codes are made of digits alone.
func (c Code) OnlyDigits() bool {
	return c.Digits && !c.UpperCase && !c.LowerCase && !c.SpecialCharacters
}

// inRange reports whether any vendor makes codes of this length.
func (c Code) inRange() bool { return c.Length >= MinCodeLength && c.Length <= MaxCodeLength }

// Possible is how many different codes there are. Where look-alikes are left
// out it counts 0, 1, I, O, l and o as left out; vendors do not publish their
// lists, so it is an estimate.
func (c Code) Possible() float64 {
	alphabet := 0
	add := func(on bool, size, confusing int) {
		if !on {
			return
		}
		alphabet += size
		if c.ExcludeConfusing {
			alphabet -= confusing
		}
	}
	add(c.Digits, 10, 2)
	add(c.UpperCase, 26, 2)
	add(c.LowerCase, 26, 2)
	add(c.SpecialCharacters, 7, 0) // ! # $ % & ? @ (Octopush reference §2.1)
	return math.Pow(float64(alphabet), float64(c.Length))
}

// million is the number of six-digit codes: the least that does not draw a
// warning.
const million = 1e6

func (p Profile) checkCode() Problems {
	var ps Problems
	if p.Unknown.Any("code") {
		return nil
	}
	code, path := p.Code.Resolve(), At("code")
	if !code.inRange() {
		ps.Errorf(path.Attribute("length"), "Code length is out of range", "length is %d; codes have %d to %d characters.", code.Length, MinCodeLength, MaxCodeLength)
		return ps
	}
	if code.Possible() <= 1 {
		ps.Errorf(path, "Code has no alphabet", "digits, upper_case, lower_case and special_characters are all false. Set at least one to true.")
		return ps
	}
	if code.Possible() < million {
		ps.Warnf(path, "Codes are easy to guess", "There are only %.0f different codes. Six digits, or a larger alphabet, are the usual minimum.", code.Possible())
	}
	return ps
}

// maxGuesses is the chance of guessing a code, above which a plan warns.
const maxGuesses = 1e-5

// guessable is the chance that somebody guesses a code with all attempts; 0
// where it is not known, and where there are so few codes that checkCode warns
// of these instead.
func (p Profile) guessable() float64 {
	code := p.Code.Resolve()
	if p.Unknown.Any("code") || !code.inRange() || code.Possible() < million {
		return 0
	}
	return float64(p.attempts()) / code.Possible()
}
