package vendors

import "sync"

// SideBySide does something with each item: with items of different keys at the
// same time, with those of one key one after another. Items of one account have
// one key, so that a vendor that does not answer holds up its own routes only,
// and is waited for once.
func SideBySide[T any, K comparable](items []T, key func(int, T) K, do func(int, T)) {
	groups := map[K][]int{}
	for i, item := range items {
		groups[key(i, item)] = append(groups[key(i, item)], i)
	}
	var all sync.WaitGroup
	for _, group := range groups {
		all.Go(func() {
			for _, i := range group {
				do(i, items[i])
			}
		})
	}
	all.Wait()
}
