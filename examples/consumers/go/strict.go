// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// setAside finds the routes that require what this program does not know, and
// takes everything away that is not looked at then.
func setAside(tree any) (skipped []int, err error) {
	object, _ := tree.(map[string]any)
	if _, requires := object["requires"]; requires {
		return nil, errors.New("it requires what this program does not know")
	}
	routes, _ := object["routes"].([]any)
	for number, entry := range routes {
		r, _ := entry.(map[string]any)
		skip := false
		for verb := range verbs {
			c, _ := r[verb].(map[string]any)
			value, requires := c["requires"]
			names, _ := value.([]any)
			if requires && (len(names) == 0 || slices.ContainsFunc(names, func(name any) bool { text, _ := name.(string); return text == "" })) {
				return nil, fmt.Errorf("route %d: requires", number)
			}
			skip = skip || requires
		}
		if skip {
			fmt.Fprintf(os.Stderr, "route %d: it requires what this program does not know, and is skipped\n", number)
			skipped = append(skipped, number)
			routes[number] = map[string]any{
				"vendor": r["vendor"], "channel": r["channel"], "countries": nil, "send": map[string]any{"method": "", "url": "", "encoding": "", "fields": map[string]any{}, "outcomes": []any{}},
				"verify": nil, "extend": nil, "status": nil, "application_must_enforce": []any{},
			}
		}
	}
	return skipped, nil
}

// exact takes the known keys of a part of a document, in their own letters, and
// refuses what encoding/json would let pass: what is missing, null or in another
// case.
func exact(tree any, t reflect.Type, at string) (any, error) {
	object, isObject := tree.(map[string]any)
	list, isList := tree.([]any)
	number, _ := tree.(json.Number)
	_, err := strconv.ParseInt(number.String(), 10, 32)
	known := map[string]any{}
	switch kind := t.Kind(); {
	case kind == reflect.Pointer:
		return exact(tree, t.Elem(), at)
	case kind == reflect.Interface, kind == reflect.String && reflect.TypeOf(tree) == t, kind == reflect.Bool && reflect.TypeOf(tree) == t:
		return tree, nil
	case (kind == reflect.Int || kind == reflect.Int64) && err == nil:
		return tree, nil
	case kind == reflect.Struct && isObject:
		for i := range t.NumField() {
			key, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			value, present := object[key]
			switch {
			case !present && options == "omitempty", key == "-":
			case present && value == nil && t.Field(i).Tag.Get("null") != "":
				known[key] = nil
			default:
				if known[key], err = exact(value, t.Field(i).Type, at+"."+key); err != nil {
					return nil, err
				}
			}
		}
		return known, nil
	case kind == reflect.Map && isObject:
		for key, value := range object {
			if known[key], err = exact(value, t.Elem(), at+"."+key); err != nil {
				return nil, err
			}
		}
		return known, nil
	case kind == reflect.Slice && isList:
		elements := make([]any, len(list))
		for i, element := range list {
			if elements[i], err = exact(element, t.Elem(), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return nil, err
			}
		}
		return elements, nil
	}
	return nil, fmt.Errorf("%s is missing, or is not what it should be", strings.TrimPrefix(at, "."))
}
