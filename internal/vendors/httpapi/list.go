package httpapi

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
)

// List is a JSON list. PHP writes one as an object with the numbers of the items
// for names where some are missing: {"0": …, "2": …}; that is taken, too, in the
// order of the numbers. null is no list but nil.
type List[T any] []T

// UnmarshalJSON implements the leniency. An object with another name is no list.
func (l *List[T]) UnmarshalJSON(raw []byte) error {
	var items []T
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		if err := json.Unmarshal(raw, &items); err != nil {
			return err
		}
		*l = items
		return nil
	}
	var members map[string]T
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	numbers := make([]int, 0, len(members))
	for name := range members {
		number, err := strconv.Atoi(name)
		if err != nil || number < 0 || strconv.Itoa(number) != name {
			return &json.UnmarshalTypeError{Value: "object"}
		}
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	items = make([]T, 0, len(numbers))
	for _, number := range numbers {
		items = append(items, members[strconv.Itoa(number)])
	}
	*l = items
	return nil
}
