package httpapi

import (
	"context"
	"fmt"
	"iter"
)

const (
	// maxPages bounds a list that never ends.
	maxPages = 10_000
	// maxStalled is how many pages in a row may bring nothing new: some may,
	// when many rows are added at the front while the list is read; a vendor
	// that ignores the page number brings nothing new forever.
	maxStalled = 3
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	More  bool // there may be another page
	// Moved is how many items may have moved here from earlier pages because
	// others were added at the front; negative: unknown.
	Moved int
}

// Pager reads a list page by page.
type Pager[T any] struct {
	// Fetch reads a page, counted from 1.
	Fetch func(ctx context.Context, page int) (Page[T], error)
	// Key tells items apart. Items of one page are all kept. An item that an
	// earlier page had is left out, as far as items may have moved.
	Key func(T) string
}

// All iterates over the items of all pages, each once, in the vendor's order.
// An error ends it. The context is looked at before every page.
func (p Pager[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen, stalled := map[string]int{}, 0
		for number := 1; ; number++ {
			if err := ctx.Err(); err != nil {
				yield(none, fmt.Errorf("the list was not read to its end: %w", err))
				return
			}
			page, err := p.Fetch(ctx, number)
			if err != nil {
				yield(none, err)
				return
			}
			fresh := p.fresh(page, seen)
			for _, item := range fresh {
				if !yield(item, nil) {
					return
				}
			}
			if !page.More {
				return
			}
			if stalled++; len(fresh) > 0 {
				stalled = 0
			}
			if stalled == maxStalled || number == maxPages {
				yield(none, sentencef("The list was not read to its end: page %d brings nothing new, though the vendor says that there is more.", number))
				return
			}
		}
	}
}

// fresh returns the items that did not move here from an earlier page. An item
// that occurs twice on one page cannot have moved there from itself, so
// occurrences are counted.
func (p Pager[T]) fresh(page Page[T], seen map[string]int) []T {
	fresh := make([]T, 0, len(page.Items))
	here := make(map[string]int, len(page.Items))
	moved := page.Moved
	for _, item := range page.Items {
		key := p.Key(item)
		here[key]++
		if here[key] <= seen[key] && moved != 0 {
			moved--
			continue
		}
		fresh = append(fresh, item)
	}
	// Counted after the page: an item is not a repetition of its own page.
	for _, item := range fresh {
		seen[p.Key(item)]++
	}
	return fresh
}
