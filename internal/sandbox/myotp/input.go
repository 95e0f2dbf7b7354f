package myotp

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// The patterns of MyOTP's OpenAPI file (MyOTP reference §1 to §3).
var (
	phonePattern = regexp.MustCompile(`^[1-9][0-9]{6,14}$`)
	brandPattern = regexp.MustCompile(`^[a-zA-Z0-9.]{3,16}$`)
	codePattern  = regexp.MustCompile(`^[0-9]{3,8}$`)
)

// input reads a request body field by field and keeps the first problem.
// Unknown fields and wrong JSON types are refused unless lenient: how the vendor
// takes them is not documented, so this is the sandbox's strict reading.
type input struct {
	fields  map[string]any
	lenient bool
	problem string
}

func (in *input) has(name string) bool { _, ok := in.fields[name]; return ok }

// equals reports whether a field is this number.
func (in *input) equals(name string, want int) bool {
	number, ok := in.fields[name].(json.Number)
	if !ok {
		return false
	}
	n, whole := emulate.WholeNumber(number)
	return whole && n == want
}

func (in *input) complain(format string, args ...any) {
	if in.problem == "" {
		in.problem = fmt.Sprintf(format, args...)
	}
}

// only complains about fields of other names.
func (in *input) only(names ...string) {
	for _, name := range slices.Sorted(maps.Keys(in.fields)) {
		if !slices.Contains(names, name) && !in.lenient {
			in.complain("unknown field: %s", name)
		}
	}
}

func (in *input) text(name, absent string) string {
	value, ok := in.fields[name]
	if !ok {
		return absent
	}
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		if in.lenient {
			return value.String()
		}
	}
	in.complain("%s must be a string", name)
	return absent
}

// matching is a string that must match a pattern where it is present.
func (in *input) matching(name string, pattern *regexp.Regexp) string {
	value := in.text(name, "")
	if in.has(name) && !pattern.MatchString(value) {
		in.complain("%s must match %s", name, pattern)
	}
	return value
}

func (in *input) required(names ...string) {
	for _, name := range names {
		if !in.has(name) {
			in.complain("%s is required", name)
		}
	}
}

func (in *input) integer(name string, absent int) int {
	value, ok := in.fields[name]
	if !ok {
		return absent
	}
	switch value := value.(type) {
	case json.Number:
		if n, ok := emulate.WholeNumber(value); ok {
			return n
		}
	case string:
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && in.lenient {
			return n
		}
	}
	in.complain("%s must be an integer", name)
	return absent
}

func (in *input) between(name string, absent, low, high int) int {
	n := in.integer(name, absent)
	if n < low || n > high {
		in.complain("%s must be between %d and %d", name, low, high)
	}
	return n
}

// flag takes a boolean, or the strings "true" and "false": the vendor's own
// clients send both (MyOTP reference §2).
func (in *input) flag(name string) bool {
	switch value := in.fields[name].(type) {
	case bool:
		return value
	case string:
		if value == "true" || value == "false" {
			return value == "true"
		}
	case nil:
		if !in.has(name) {
			return false
		}
	}
	in.complain("%s must be a boolean", name)
	return false
}
