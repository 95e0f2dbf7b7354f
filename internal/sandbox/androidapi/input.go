package androidapi

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// phonePattern is an E.164 number.
var phonePattern = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// input is the parameters of a request: query and form body together, of
// two values the body's, of several the last, whatever the verb (AndroidAPI
// reference §1.2, inferred). A body of any other kind, JSON above all, makes
// the parameters invalid.
type input struct {
	x       *emulate.Exchange
	values  map[string]string
	asked   map[string]bool
	problem string // the first one
}

func newInput(x *emulate.Exchange) *input {
	in := &input{x: x, values: map[string]string{}, asked: map[string]bool{}}
	form, err := emulate.FormBody(x.Header.Get("Content-Type"), x.Body)
	if err != nil {
		// An error of a parser may quote the body, and the secret with it.
		in.complain("the body is no urlencoded or multipart form that can be read")
		return in
	}
	for _, source := range []url.Values{x.Query, form} {
		for _, name := range slices.Sorted(maps.Keys(source)) {
			values := source[name]
			if _, twice := in.values[name]; twice || len(values) > 1 {
				x.Repair(name, "sent more than once, the last in the body, else in the query, counts")
			}
			in.values[name] = values[len(values)-1]
		}
	}
	return in
}

func (in *input) complain(problem string) {
	if in.problem == "" {
		in.problem = problem
	}
}

// text is a parameter, or empty. It marks the name as known.
func (in *input) text(name string) string {
	in.asked[name] = true
	return in.values[name]
}

// required is a parameter that is not empty.
func (in *input) required(name string) string {
	value := in.text(name)
	if value == "" {
		in.complain(name + " is required")
	}
	return value
}

// choice is one of several values. An empty absent makes it required.
func (in *input) choice(name, absent string, choices ...string) string {
	value := in.text(name)
	if value == "" && absent != "" {
		return absent
	}
	if !slices.Contains(choices, value) {
		in.complain(name + " is not one of its values")
	}
	return value
}

// number is a whole number from 1 to high; a high of 0 is no bound.
func (in *input) number(name string, absent, high int) int {
	value := in.text(name)
	if value == "" {
		return absent
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || (high != 0 && n > high) {
		in.complain(name + " is out of range")
		return absent
	}
	return n
}

// phone is an E.164 number. A plus sign that was not encoded in a query has
// become a space by now.
func (in *input) phone(name string) string {
	value := in.required(name)
	if !phonePattern.MatchString(value) {
		in.complain(name + " is not in E.164 form")
	}
	return value
}

// ignore notes parameters that are there and of no use.
func (in *input) ignore(why string, names ...string) {
	for _, name := range names {
		if _, ok := in.values[name]; ok && !in.asked[name] {
			in.x.Repair(name, "ignored, %s", why)
		}
		in.asked[name] = true
	}
}
