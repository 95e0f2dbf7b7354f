package emulate

import "slices"

// Newest adds rows to a list and keeps its newest, as many as most.
func Newest[T any](list []T, most int, rows ...T) []T {
	all := slices.Concat(list, rows)
	return slices.Clone(all[max(0, len(all)-most):])
}
