package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// tolerance is how far clocks may be apart: what the validity of a code bears,
// and what the network takes.
const tolerance = 30 * time.Second

// clocks compares this machine's clock with those of the vendors.
func (x *examination) clocks() {
	var agree, silent []string
	byName := func(a, b account) int { return strings.Compare(a.String(), b.String()) }
	for _, a := range slices.SortedFunc(maps.Keys(x.heads), byName) {
		skew, told := skewOf(x.heads[a])
		switch {
		case !told:
			silent = append(silent, a.String())
		case skew.Abs() <= tolerance:
			agree = append(agree, a.String())
		default:
			direction := "behind"
			if skew < 0 {
				direction = "ahead of"
			}
			x.add(Warning, Clock, a.String(), fmt.Sprintf("This machine's clock is %s %s that of %s.", skew.Abs().Round(time.Second), direction, a),
				"Let the clock be set by NTP: the validity of codes goes by it, and certificates do.")
		}
	}
	if len(agree) > 0 {
		x.add(OK, Clock, "", "This machine's clock agrees with "+strings.Join(agree, ", ")+".", "")
	}
	if len(silent) > 0 {
		x.add(Unknown, Clock, "", strings.Join(silent, ", ")+" told no time.", "")
	}
}

// skewOf is how far this machine is behind a vendor, by the answer that shows it
// least: a slow answer looks like a wrong clock.
func skewOf(heads []httpapi.Head) (time.Duration, bool) {
	var skews []time.Duration
	for _, head := range heads {
		if head.Date.IsZero() {
			continue
		}
		switch latest := head.Date.Add(time.Second); { // a date has no fractions
		case latest.Before(head.Asked):
			skews = append(skews, latest.Sub(head.Asked))
		case head.Date.After(head.Answered):
			skews = append(skews, head.Date.Sub(head.Answered))
		default:
			skews = append(skews, 0)
		}
	}
	if len(skews) == 0 {
		return 0, false
	}
	return slices.MinFunc(skews, func(a, b time.Duration) int { return cmp.Compare(a.Abs(), b.Abs()) }), true
}
