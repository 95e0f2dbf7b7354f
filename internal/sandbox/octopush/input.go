package octopush

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// input reads a request the way Octopush says it does (Octopush
// reference §1.2): casts, strips, falls back to defaults, drops the rest, and
// sends all the same. What exactly is repaired how is not documented; every
// repair is noted.
type input struct {
	x      *emulate.Exchange
	fields map[string]any
	drop   bool // out of range: take the default, not the nearest end
}

// input reads the body; what is no JSON object has no fields.
func (o *Emulator) input(x *emulate.Exchange, known ...string) *input {
	fields, err := x.Object()
	if err != nil {
		x.Repair("body", "ignored, %v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known, name) {
			x.Repair(name, "dropped, no such parameter")
		}
	}
	return &input{x, fields, o.settings.DropOutOfRange}
}

// value is a parameter that is there. null is as good as absent, with a note.
func (in *input) value(name string) (any, bool) {
	value, ok := in.fields[name]
	if ok && value == nil {
		in.x.Repair(name, "null dropped")
		return nil, false
	}
	return value, ok
}

func (in *input) text(name, absent string) string {
	value, ok := in.value(name)
	if !ok {
		return absent
	}
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		in.x.Repair(name, "number cast to the string %q", value)
		return value.String()
	}
	in.x.Repair(name, "dropped, no string")
	return absent
}

func (in *input) choice(name, absent string, choices ...string) string {
	value := in.text(name, absent)
	if value != absent && !slices.Contains(choices, value) {
		in.x.Repair(name, "%q dropped, not one of %s", value, strings.Join(choices, ", "))
		return absent
	}
	return value
}

func (in *input) integer(name string, absent, low, high int) int {
	value, ok := in.value(name)
	if !ok {
		return absent
	}
	n, ok := 0, false
	switch value := value.(type) {
	case json.Number:
		n, ok = emulate.WholeNumber(value)
		if ok && value.String() != strconv.Itoa(n) {
			in.x.Repair(name, "%s cast to the integer %d", value, n)
		}
	case string:
		if parsed, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
			n, ok = parsed, true
			in.x.Repair(name, "string cast to the integer %d", n)
		}
	}
	if !ok {
		in.x.Repair(name, "dropped, no integer")
		return absent
	}
	if n >= low && n <= high {
		return n
	}
	if in.drop {
		in.x.Repair(name, "%d dropped, not between %d and %d", n, low, high)
		return absent
	}
	nearest := max(low, min(n, high))
	in.x.Repair(name, "%d changed to %d", n, nearest)
	return nearest
}

func (in *input) flag(name string, absent bool) bool {
	value, ok := in.value(name)
	if !ok {
		return absent
	}
	if flag, ok := value.(bool); ok {
		return flag
	}
	flag, err := strconv.ParseBool(strings.ToLower(fmt.Sprint(value)))
	if err != nil {
		in.x.Repair(name, "dropped, no boolean")
		return absent
	}
	in.x.Repair(name, "cast to the boolean %t", flag)
	return flag
}

// sender keeps what a sender may hold: 3 to 11 of a-zA-Z0-9.
func (in *input) sender(name, absent string) string {
	value := in.text(name, absent)
	kept := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, value)
	kept = kept[:min(len(kept), 11)]
	switch {
	case kept == value && len(kept) >= 3:
		return value
	case len(kept) < 3:
		in.x.Repair(name, "%q dropped, too short", value)
		return absent
	}
	in.x.Repair(name, "%q changed to %q", value, kept)
	return kept
}

// phone is a number with its plus sign, or empty when there is nothing to be
// made of it.
func (in *input) phone(name string) string {
	value := in.text(name, "")
	if value == "" {
		return ""
	}
	kept := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, value)
	if !strings.HasPrefix(strings.TrimSpace(value), "+") {
		kept = strings.TrimPrefix(kept, "00")
	}
	kept = "+" + kept
	// 7: the published schema; 15 digits and no leading zero: E.164.
	if len(kept) < 7 || len(kept) > 16 || kept[1] == '0' {
		in.x.Repair(name, "dropped, no phone number")
		return ""
	}
	if kept != value {
		in.x.Repair(name, "%q changed to %q", value, kept)
	}
	return kept
}
