package otp

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Placeholder is one of the four names a template may use in {{…}}.
type Placeholder string

// The placeholders of a message template.
const (
	// PlaceholderOTP stands for the code; each vendor has its own spelling.
	PlaceholderOTP Placeholder = "otp"
	// PlaceholderBrand stands for the brand's display name.
	PlaceholderBrand Placeholder = "brand"
	// PlaceholderMinutes stands for the validity in whole minutes.
	PlaceholderMinutes Placeholder = "validity_minutes"
	// PlaceholderExpiry stands for the time of day at which the code expires.
	PlaceholderExpiry Placeholder = "expiry_time"
)

// Placeholders lists the placeholders in the order documentation shows them.
func Placeholders() []Placeholder {
	return []Placeholder{PlaceholderOTP, PlaceholderBrand, PlaceholderMinutes, PlaceholderExpiry}
}

// Valid reports whether p is a placeholder of a message template.
func (p Placeholder) Valid() bool { return slices.Contains(Placeholders(), p) }

// Text is a message text taken apart: literals and placeholders in order.
type Text []Piece

// Piece is either a literal or a placeholder.
type Piece struct {
	Literal     string
	Placeholder Placeholder
}

// TextFault is a place in a text that is wrong.
type TextFault struct {
	Position int // in characters, from 1
	Found    string
	Remedy   string
}

// String is the fault as a sentence.
func (f TextFault) String() string {
	return fmt.Sprintf("%s at character %d: %s", f.Found, f.Position, f.Remedy)
}

const knownPlaceholders = "The placeholders are {{otp}}, {{brand}}, {{validity_minutes}} and {{expiry_time}}."

// ParseText takes a template text apart. Outside the four placeholders a text
// holds no brace and no "${", so that no vendor and no application can take a
// part of it for a placeholder of its own.
func ParseText(s string) (Text, []TextFault) {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	text := make(Text, 0, 2*strings.Count(s, "{{")+1)
	var faults []TextFault
	position := 1
	fault := func(found, remedy string) {
		faults = append(faults, TextFault{Position: position, Found: found, Remedy: remedy})
	}
	for len(s) > 0 {
		switch {
		case strings.HasPrefix(s, "${"):
			taken, name := enclosed(s, "${", "}")
			fault(fmt.Sprintf("%q", taken), fmt.Sprintf("${…} is Terraform's own interpolation and not a placeholder; write {{%s}}. %s", suggestion(name), knownPlaceholders))
			s, position = s[len(taken):], position+utf8.RuneCountInString(taken)
		case strings.HasPrefix(s, "{{"):
			taken, name := enclosed(s, "{{", "}}")
			placeholder := Placeholder(name)
			switch {
			case taken == "{{" || !strings.HasSuffix(taken, "}}"):
				fault(fmt.Sprintf("%q", "{{"), "it is never closed; write a placeholder as {{otp}}.")
				taken = "{{"
			case !placeholder.Valid():
				fault(fmt.Sprintf("unknown placeholder %q", taken), fmt.Sprintf("write {{%s}}. %s", suggestion(name), knownPlaceholders))
			default:
				text = append(text, Piece{Placeholder: placeholder})
			}
			s, position = s[len(taken):], position+utf8.RuneCountInString(taken)
		case s[0] == '{':
			taken, name := enclosed(s, "{", "}")
			fault(fmt.Sprintf("%q", taken), fmt.Sprintf("a text holds no single braces, which a vendor could take for its own placeholder; write {{%s}} for a placeholder.", suggestion(name)))
			s, position = s[len(taken):], position+utf8.RuneCountInString(taken)
		case s[0] == '}':
			fault(`"}"`, "a text holds no braces outside a placeholder; remove it.")
			s, position = s[1:], position+1
		default:
			n := 0
			for n < len(s) && s[n] != '{' && s[n] != '}' && !strings.HasPrefix(s[n:], "${") {
				n++
			}
			text = append(text, Piece{Literal: s[:n]})
			s, position = s[n:], position+utf8.RuneCountInString(s[:n])
		}
	}
	return text, faults
}

// enclosed returns the beginning of s up to and with the closing mark, and
// what stands between the marks; only the opening mark where none closes it on
// the same line.
func enclosed(s, opening, closing string) (taken, inner string) {
	rest := s[len(opening):]
	end := strings.Index(rest, closing)
	if end < 0 || strings.ContainsAny(rest[:end], "{\n") {
		return opening, ""
	}
	return s[:len(opening)+end+len(closing)], rest[:end]
}

// suggestion is the placeholder somebody most likely meant.
func suggestion(name string) Placeholder {
	name = strings.ToLower(strings.Trim(name, " .{}"))
	name = strings.TrimPrefix(name, "var.")
	switch {
	case Placeholder(name).Valid():
		return Placeholder(name)
	case strings.Contains(name, "brand"), strings.Contains(name, "company"), strings.Contains(name, "app"):
		return PlaceholderBrand
	case strings.Contains(name, "minute"), strings.Contains(name, "valid"):
		return PlaceholderMinutes
	case strings.Contains(name, "expir"), strings.Contains(name, "hh:mm"), strings.Contains(name, "time"):
		return PlaceholderExpiry
	}
	return PlaceholderOTP
}

// Count is how often the placeholder occurs.
func (t Text) Count(p Placeholder) int {
	n := 0
	for _, piece := range t {
		if piece.Placeholder == p {
			n++
		}
	}
	return n
}

// Expand fills the placeholders in one pass: what was filled in is not looked
// at again. A placeholder without a value stays as it was written.
func (t Text) Expand(values map[Placeholder]string) string {
	var b strings.Builder
	size := 0
	for _, piece := range t {
		size += len(piece.Literal) + max(len(values[piece.Placeholder]), len("{{}}")+len(piece.Placeholder))
	}
	b.Grow(size)
	for _, piece := range t {
		value, filled := values[piece.Placeholder]
		switch {
		case piece.Placeholder == "":
			b.WriteString(piece.Literal)
		case filled:
			b.WriteString(value)
		default:
			b.WriteString("{{")
			b.WriteString(string(piece.Placeholder))
			b.WriteString("}}")
		}
	}
	return b.String()
}
