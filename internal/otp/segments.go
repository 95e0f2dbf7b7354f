package otp

import (
	"strings"
	"unicode"
)

// Alphabet is how an SMS is encoded on the air.
type Alphabet string

// The alphabets of an SMS (3GPP TS 23.038).
const (
	// GSM7 packs characters of a small table into seven bits each.
	GSM7 Alphabet = "gsm7"
	// UCS2 takes sixteen bits for a character, and 32 for most emoji. One
	// character outside GSM7 is enough to need it.
	UCS2 Alphabet = "ucs2"
)

// How much a message of one segment holds, and each segment of a longer one,
// which loses room to a header (3GPP TS 23.040): septets of GSM7, 16-bit units
// of UCS2.
const (
	gsm7Single, gsm7Part = 160, 153
	ucs2Single, ucs2Part = 70, 67
)

// gsm7Basic are the characters that take one septet, gsm7Extension those that
// take two because they follow an escape (3GPP TS 23.038, 6.2.1).
const (
	gsm7Basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsm7Extension = "\f^{}\\[~]|€"
)

// septets are the characters of GSM7 and how many septets each takes, asciiSeptets
// the same for ASCII: texts are looked up character by character.
var septets, asciiSeptets = func() (table map[rune]int, ascii [unicode.MaxASCII + 1]int) {
	table = map[rune]int{}
	for _, r := range gsm7Basic {
		table[r] = 1
	}
	for _, r := range gsm7Extension {
		table[r] = 2
	}
	for r := range ascii {
		ascii[r] = table[rune(r)]
	}
	return table, ascii
}()

// Segments is what a text costs as an SMS.
type Segments struct {
	Alphabet Alphabet
	// Characters is the length as it is counted: septets of GSM7, where the
	// characters ^ { } \ [ ] ~ | € take two, or 16-bit units of UCS2, where
	// most emoji take two.
	Characters int
	// Segments is how many messages are paid for. An empty text takes one.
	Segments int
}

// CountSegments counts what a text costs as an SMS. No pair that stands for
// one character is split between two segments.
func CountSegments(text string) Segments {
	width, single, part, alphabet := septetsOf, gsm7Single, gsm7Part, GSM7
	if strings.ContainsFunc(text, func(r rune) bool { return septetsOf(r) == 0 }) {
		width, single, part, alphabet = unitsOf, ucs2Single, ucs2Part, UCS2
	}
	total, segments, used := 0, 1, 0
	for _, r := range text {
		n := width(r)
		if total += n; used+n > part {
			segments, used = segments+1, 0
		}
		used += n
	}
	if total <= single {
		segments = 1
	}
	return Segments{Alphabet: alphabet, Characters: total, Segments: segments}
}

// septetsOf is 0 for what is not in GSM7.
func septetsOf(r rune) int {
	if r <= unicode.MaxASCII {
		return asciiSeptets[r]
	}
	return septets[r]
}

func unitsOf(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// typographic are characters that word processors put in by themselves, with
// what costs less and reads the same.
var typographic = map[rune]string{
	'‘': "'", '’': "'", '‚': ",", '‛': "'", '′': "'", '`': "'", '´': "'",
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '″': `"`, '«': `"`, '»': `"`, '‹': "'", '›': "'",
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-",
	'…': "...", '•': "*", '·': ".", '×': "x",
	'\u00a0': " ", '\u2007': " ", '\u2009': " ", '\u202f': " ",
	'™': "TM", '®': "(R)", '©': "(C)",
}

// Costly is a character that makes a text dearer than it need be.
type Costly struct {
	Position  int // in characters, from 1
	Character rune
	Plain     string // what to write instead
}

// CostlyCharacters lists the characters because of which a text needs UCS2,
// if each of them has a plain equivalent; otherwise replacing them would not
// help, and it is nil.
func CostlyCharacters(text string) []Costly {
	var found []Costly
	position := 0
	for _, r := range text {
		position++
		if septetsOf(r) > 0 {
			continue
		}
		plain, known := typographic[r]
		if !known {
			return nil
		}
		found = append(found, Costly{Position: position, Character: r, Plain: plain})
	}
	return found
}

// plainly is the text with every costly character replaced.
func plainly(text string) string {
	var b strings.Builder
	for _, r := range text {
		if plain, known := typographic[r]; known && septets[r] == 0 {
			b.WriteString(plain)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// SMSSegments is how many segments the longest SMS of a document takes: over
// all routes with a free text and all locales, with the code as long as it is.
// 0 where no route sends a free text by SMS.
func (cs Compilers) SMSSegments(d Document) int {
	most := 0
	for _, route := range d.Routes {
		most = max(most, cs.RouteSegments(d, route))
	}
	return most
}

// RouteSegments is SMSSegments for one route of a document.
func (cs Compilers) RouteSegments(d Document, route DocumentRoute) int {
	c := cs[route.Vendor]
	if c == nil || route.Channel != SMS || route.Send == nil {
		return 0
	}
	most := 0
	native := c.Placeholders()
	for _, text := range route.Send.Texts {
		most = max(most, CountSegments(delivered(text, native, d.Code.Length)).Segments)
	}
	return most
}

// expiryExample has the length of the time of day that a vendor fills in.
const expiryExample = "00:00:00"

// codeExample begins with an example of every code.
var codeExample = strings.Repeat("0", MaxCodeLength)

// delivered is a text as it is sent, with an example of what the vendor itself
// fills in.
func delivered(text string, native map[Placeholder]string, codeLength int64) string {
	if spelled := native[PlaceholderOTP]; spelled != "" {
		text = strings.ReplaceAll(text, spelled, codeExample[:min(max(codeLength, 0), MaxCodeLength)])
	}
	if spelled := native[PlaceholderExpiry]; spelled != "" {
		text = strings.ReplaceAll(text, spelled, expiryExample)
	}
	return text
}

// Delivered is the message as it is sent by the route, with an example of what
// the vendor itself fills in; native are the Placeholders of its compiler.
func (m Message) Delivered(native map[Placeholder]string, codeLength int64) string {
	return delivered(m.Sent, native, codeLength)
}
