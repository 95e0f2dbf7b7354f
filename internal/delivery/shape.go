package delivery

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// nullable are the keys that may be null beside those of pointers: there is no
// such rule.
var nullable = []string{"allowed_countries", "country_prefixes", "countries"}

// shape is a part of a document as plain JSON, without the keys that this
// release does not know. It refuses what encoding/json would let pass: a key that
// is missing or null where it may not be, and it takes a key that is written in
// another case for another key.
func shape(tree any, t reflect.Type, at string) (any, error) {
	if tree == nil && t.Kind() == reflect.Pointer {
		return nil, nil
	}
	wrong := func(want string) (any, error) { return nil, fmt.Errorf("%s is no %s", at, want) }
	switch t.Kind() {
	case reflect.Pointer:
		return shape(tree, t.Elem(), at)
	case reflect.Struct:
		node, ok := tree.(map[string]any)
		if !ok {
			return wrong("object")
		}
		return members(node, t, at)
	case reflect.Slice:
		list, ok := tree.([]any)
		if !ok {
			return wrong("list")
		}
		return elements(slices.All(list), make([]any, len(list)), t.Elem(), at)
	case reflect.Map:
		node, ok := tree.(map[string]any)
		if !ok {
			return wrong("object")
		}
		known := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(node)) {
			value, err := shape(node[key], t.Elem(), at+"."+key)
			if err != nil {
				return nil, err
			}
			known[key] = value
		}
		return known, nil
	case reflect.String:
		if _, ok := tree.(string); !ok {
			return wrong("string")
		}
	case reflect.Bool:
		if _, ok := tree.(bool); !ok {
			return wrong("boolean")
		}
	case reflect.Int, reflect.Int64:
		number, ok := tree.(json.Number)
		if _, err := strconv.ParseInt(number.String(), 10, 32); !ok || err != nil {
			return wrong("whole number that makes sense")
		}
	}
	return tree, nil
}

func elements(list func(func(int, any) bool), into []any, t reflect.Type, at string) (any, error) {
	for i, element := range list {
		value, err := shape(element, t, fmt.Sprintf("%s[%d]", at, i))
		if err != nil {
			return nil, err
		}
		into[i] = value
	}
	return into, nil
}

// members are the known keys of an object.
func members(node map[string]any, t reflect.Type, at string) (any, error) {
	known := map[string]any{}
	for i := range t.NumField() {
		key, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		value, present := node[key]
		where := strings.TrimPrefix(at+"."+key, ".")
		switch {
		case !present && options != "omitempty":
			return nil, fmt.Errorf("%s is missing", where)
		case !present:
			continue
		case value == nil && slices.Contains(nullable, key):
			known[key] = nil
			continue
		}
		value, err := shape(value, t.Field(i).Type, where)
		if err != nil {
			return nil, err
		}
		known[key] = value
	}
	switch t {
	case reflect.TypeFor[otp.Condition]():
		return known, oneForm(known, at)
	case reflect.TypeFor[otp.Call]():
		if known["timeout_seconds"] == json.Number("0") { // which is none in Go
			return nil, fmt.Errorf("%s.timeout_seconds is 0", at)
		}
	}
	return known, nil
}

// oneForm demands exactly one of the four forms: a condition that is not
// understood must not pass for one that holds.
func oneForm(condition map[string]any, at string) error {
	_, status := condition["http_status"]
	_, pointer := condition["pointer"]
	forms := 0
	for _, form := range []string{"http_status", "in", "prefix", "absent"} {
		if _, present := condition[form]; present {
			forms++
		}
	}
	if forms != 1 || status == pointer {
		return fmt.Errorf("%s is none of http_status, or pointer with in, prefix or absent", at)
	}
	return nil
}

// setAside takes the calls of the routes away that require something which this
// release does not know, and says of which routes and what. Such a route is
// skipped; nothing else of it is looked at.
func setAside(document map[string]any) (map[int]string, error) {
	skipped := map[int]string{}
	if name, err := unknown(document, "requires"); err != nil || name != "" {
		return nil, orElse(err, "it requires %q, which this release does not know; use a newer one", name)
	}
	routes, _ := document["routes"].([]any)
	for number, entry := range routes {
		route, _ := entry.(map[string]any)
		for _, v := range verbs {
			call, ok := route[v.name].(map[string]any)
			if !ok {
				continue
			}
			name, err := unknown(call, fmt.Sprintf("routes[%d].%s.requires", number, v.name))
			if err != nil {
				return nil, err
			}
			if name != "" {
				skipped[number] = name
			}
		}
		if skipped[number] != "" {
			maps.DeleteFunc(route, func(key string, _ any) bool { return key != "vendor" && key != "channel" && key != "countries" })
			maps.Copy(route, map[string]any{"send": nil, "verify": nil, "extend": nil, "status": nil, "application_must_enforce": []any{}})
		}
	}
	return skipped, nil
}

// unknown is the first name that an object requires. Version 1 began without
// any, and this release knows none.
func unknown(object map[string]any, at string) (string, error) {
	value, present := object["requires"]
	list, ok := value.([]any)
	if present && (!ok || len(list) == 0) {
		return "", fmt.Errorf("%s is no list of names", at)
	}
	if !present {
		return "", nil
	}
	name, ok := list[0].(string)
	if !ok || name == "" {
		return "", fmt.Errorf("%s is no list of names", at)
	}
	return name, nil
}

func orElse(err error, format string, a ...any) error {
	if err != nil {
		return err
	}
	return fmt.Errorf(format, a...)
}
