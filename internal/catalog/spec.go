package catalog

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// sameJSON reports whether two specs say the same: the order of keys, white
// space and the spelling of strings and numbers do not count. Specs that cannot
// be read are never the same.
func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	left, err := decodeJSON(a)
	if err != nil {
		return false
	}
	right, err := decodeJSON(b)
	if err != nil {
		return false
	}
	return sameValue(left, right)
}

func decodeJSON(raw json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

func sameValue(a, b any) bool {
	switch left := a.(type) {
	case map[string]any:
		right, ok := b.(map[string]any)
		if !ok || len(left) != len(right) {
			return false
		}
		for key, value := range left {
			other, found := right[key]
			if !found || !sameValue(value, other) {
				return false
			}
		}
		return true
	case []any:
		right, ok := b.([]any)
		if !ok || len(left) != len(right) {
			return false
		}
		for i := range left {
			if !sameValue(left[i], right[i]) {
				return false
			}
		}
		return true
	case json.Number:
		right, ok := b.(json.Number)
		return ok && sameNumber(left.String(), right.String())
	default:
		return a == b
	}
}

// sameNumber compares integers exactly and everything else as JSON readers do,
// in double precision. Beyond 2^53, where doubles skip integers, numbers spelled
// differently count as different.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	const exact = 1 << 53
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y && x < exact && x > -exact
}
