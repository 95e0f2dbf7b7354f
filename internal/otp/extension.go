package otp

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Extension is by how many seconds a vendor can extend a code at a time.
type Extension struct {
	Least, Most int64
	// Doubted are seconds below which the vendor's documents contradict each
	// other; zero: none. Doubt says how, in sentences.
	Doubted int64
	Doubt   string
}

// Takes reports whether the vendor takes so many seconds.
func (e Extension) Takes(seconds int64) bool { return seconds >= e.Least && seconds <= e.Most }

// Extensions are those of all vendors that can extend a code.
type Extensions map[Vendor]Extension

// Range is from the least to the most that any vendor takes; zero where none can.
func (es Extensions) Range() (least, most int64) {
	for _, e := range es {
		if least == 0 || e.Least < least {
			least = e.Least
		}
		most = max(most, e.Most)
	}
	return least, most
}

// Check checks by how many seconds a code is to be extended. Something is wrong
// where no vendor would take it, and in doubt where none takes it without doubt.
func (es Extensions) Check(seconds int64) Problems {
	var ps Problems
	path := At("seconds")
	var bounds, doubted, doubts []string
	for _, vendor := range slices.Sorted(maps.Keys(es)) {
		e, title := es[vendor], vendor.Title()
		switch {
		case !e.Takes(seconds):
			bounds = append(bounds, fmt.Sprintf("%s adds %d to %d seconds at a time", es.alone(title), e.Least, e.Most))
		case seconds < e.Doubted:
			doubted, doubts = append(doubted, title), append(doubts, e.Doubt)
		default:
			return nil
		}
	}
	if len(doubts) > 0 {
		ps.Warnf(path, enumerate(doubted)+" may not accept this extension", "seconds is %d. %s If it is refused, add more.", seconds, strings.Join(doubts, " "))
		return ps
	}
	ps.Errorf(path, "Extension is out of range", "seconds is %d; %s.", seconds, strings.Join(bounds, ", "))
	return ps
}

// alone adds to a vendor's title that no other can extend a code.
func (es Extensions) alone(title string) string {
	if len(es) == 1 {
		return title + ", which alone can extend a code,"
	}
	return title
}
