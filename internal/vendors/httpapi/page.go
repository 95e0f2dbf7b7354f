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
	// Moved is how many items were added at the front since the page before
	// was read, which moves as many from there to here; negative: unknown.
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
		read, stalled := reading[T]{key: p.Key, seen: map[string]int{}}, 0
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
			fresh := read.fresh(page)
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

// reading is what is known of a list while it is read.
type reading[T any] struct {
	key   func(T) string
	seen  map[string]int
	moved int // the next items that may be from an earlier page
}

// fresh returns the items of a page that did not move there from an earlier
// one. An item that occurs twice on one page has not moved there from itself,
// so occurrences are counted.
func (r *reading[T]) fresh(page Page[T]) []T {
	r.moved += max(page.Moved, 0)
	fresh := make([]T, 0, len(page.Items))
	here := make(map[string]int, len(page.Items))
	for i, item := range page.Items {
		key := r.key(item)
		here[key]++
		if here[key] <= r.seen[key] && (page.Moved < 0 || i < r.moved) {
			continue
		}
		fresh = append(fresh, item)
	}
	r.moved = max(r.moved-len(page.Items), 0)
	// Counted after the page: an item is no repetition of its own page.
	for _, item := range fresh {
		r.seen[r.key(item)]++
	}
	return fresh
}
