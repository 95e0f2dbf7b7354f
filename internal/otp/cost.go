package otp

import (
	"fmt"
	"slices"
	"strings"
)

// checkCost warns of typographic characters because of which a message costs
// more segments than it need. It counts with an example, because only a
// profile knows what the placeholders become.
func (w Wording) checkCost(ps *Problems) {
	is, could, costly := w.exampleCost()
	if could >= is {
		return
	}
	var list []string
	for _, c := range costly {
		list = append(list, fmt.Sprintf("%q (U+%04X) at character %d, write %q", c.Character, c.Character, c.Position, c.Plain))
	}
	ps.Warnf(w.Path, "Message text leaves the SMS alphabet", "Because of %s, the text is sent as Unicode, with room for %d characters in a segment: with a code of six digits and a brand of four letters it takes %d segments. Without %s there is room for %d, and it takes %d.",
		strings.Join(list, "; "), ucs2Single, is, plural(len(costly), "it", "them"), gsm7Single, could)
}

// exampleCost is how many segments the wording takes with an example of what
// is filled in, and how many without its typographic characters. Where those
// make no difference the two are the same.
func (w Wording) exampleCost() (is, could int, costly []Costly) {
	text, _ := ParseText(w.Text)
	filled := text.Expand(map[Placeholder]string{PlaceholderOTP: "123456", PlaceholderBrand: "Acme", PlaceholderMinutes: "5", PlaceholderExpiry: expiryExample})
	is = CountSegments(filled).Segments
	if costly = CostlyCharacters(w.Text); len(costly) == 0 {
		return is, is, nil
	}
	return is, CountSegments(plainly(filled)).Segments, costly
}

// most is how many characters or wordings a warning lists.
const most = 5

// checkSegments warns of messages that are sent by SMS and take more than one
// segment, once for all routes. What the template itself was warned of, and in
// the same number, is not said again.
func checkSegments(ps *Problems, t MessageTemplate, longest map[string]string) {
	var found []string
	var said map[string]int // what a template says of itself, which few need
	for _, locale := range sortedKeys(longest) {
		cost := CountSegments(longest[locale])
		if cost.Segments == 1 {
			continue
		}
		if said == nil {
			said = t.costly()
		}
		if said[locale] != cost.Segments {
			found = append(found, fmt.Sprintf("%s takes %d segments (%s)", wordingPath(locale), cost.Segments, whyCostly(longest[locale], cost)))
		}
	}
	if len(found) == 0 {
		return
	}
	ps.Warnf(At("template"), "Message takes more than one segment", "Each segment of an SMS is paid for. With brand, validity and code filled in, of message template %q %s.", t.Name, enumerate(some(found)))
}

// costly are the segments of wordings that could take fewer, which the template's
// own check says.
func (t MessageTemplate) costly() map[string]int {
	said := map[string]int{}
	for _, w := range t.Wordings() {
		if is, could, _ := w.exampleCost(); could < is {
			said[w.Locale] = is
		}
	}
	return said
}

// whyCostly says how a text is counted, and which characters are the reason.
func whyCostly(text string, cost Segments) string {
	if cost.Alphabet == GSM7 {
		return fmt.Sprintf("%d characters, and one segment holds %d", cost.Characters, gsm7Single)
	}
	var outside []string
	for _, r := range text {
		if named := fmt.Sprintf("%q (U+%04X)", r, r); septets[r] == 0 && !slices.Contains(outside, named) {
			outside = append(outside, named)
		}
	}
	return fmt.Sprintf("%d characters of Unicode, and one segment holds %d, because of %s", cost.Characters, ucs2Single, enumerate(some(outside)))
}

// some are the first of a list, and how many are left.
func some(list []string) []string {
	if len(list) <= most {
		return list
	}
	return append(slices.Clone(list[:most]), fmt.Sprintf("%d more", len(list)-most))
}

// enumerate joins a list as a sentence does.
func enumerate[T ~string](list []T) string {
	var b strings.Builder
	for i, item := range list {
		switch {
		case i == 0:
		case i == len(list)-1:
			b.WriteString(" and ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(string(item))
	}
	return b.String()
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
