// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// isScalar reports whether a value is a string, a boolean or an integer that
// every language can hold.
func isScalar(value any) bool {
	switch value := value.(type) {
	case string, bool:
		return true
	case json.Number:
		number, err := value.Int64()
		return err == nil && number < 1<<53 && number > -1<<53
	}
	return false
}

// plainField reports whether a field holds such values only, at any depth.
func plainField(value any) bool {
	switch node := value.(type) {
	case map[string]any:
		return !slices.ContainsFunc(slices.Collect(maps.Values(node)), func(v any) bool { return !plainField(v) })
	case []any:
		return !slices.ContainsFunc(node, func(v any) bool { return !plainField(v) })
	}
	return isScalar(value)
}

func (c *call) path() string { return c.URL[strings.IndexByte(c.URL, '}')+1:] }

func (c *call) fieldSets() []map[string]any {
	return append(slices.Collect(maps.Values(c.ByLocale)), c.Fields, c.Resend)
}

// textsOf are the strings of a field, at any depth.
func textsOf(value any) (found []string) {
	switch node := value.(type) {
	case string:
		return []string{node}
	case map[string]any:
		for _, inner := range node {
			found = append(found, textsOf(inner)...)
		}
	case []any:
		for _, inner := range node {
			found = append(found, textsOf(inner)...)
		}
	}
	return found
}

// uses reports whether a call uses a kept value; with mayOmit, whether it
// cannot be made without.
func (c *call) uses(name string, mayOmit bool) bool {
	if c == nil {
		return false
	}
	found := append(slices.Collect(maps.Values(c.Headers)), c.path())
	for _, fields := range c.fieldSets() {
		for field, value := range fields {
			if !mayOmit || !slices.Contains(c.OmitIfMissing, field) {
				found = append(found, textsOf(value)...)
			}
		}
	}
	_, expected := c.Expect[name]
	return expected || slices.ContainsFunc(found, func(template string) bool {
		return slices.ContainsFunc(placeholder.FindAllStringSubmatch(template, -1), func(match []string) bool { return match[2] == name })
	})
}
