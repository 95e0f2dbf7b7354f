package httpapi

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// letters pages through strings: one page per string, one item per letter.
// A digit in front says how many items may have moved; none: unknown.
func letters(pages ...string) Pager[string] {
	return Pager[string]{
		Key: func(item string) string { return item },
		Fetch: func(_ context.Context, page int) (Page[string], error) {
			text := pages[min(page, len(pages))-1]
			moved := -1
			if text != "" && text[0] >= '0' && text[0] <= '9' {
				moved, text = int(text[0]-'0'), text[1:]
			}
			text, more := strings.CutSuffix(text, "+")
			return Page[string]{Items: strings.Split(text, "")[:len(text)], More: more, Moved: moved}, nil
		},
	}
}

func collect(t *testing.T, pager Pager[string]) (string, error) {
	t.Helper()
	var all strings.Builder
	for item, err := range pager.All(t.Context()) {
		if err != nil {
			return all.String(), err
		}
		all.WriteString(item)
	}
	return all.String(), nil
}

func TestPager(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pages []string
		want  string
		fails bool
	}{
		"one page":                                       {[]string{"abc"}, "abc", false},
		"an empty list":                                  {[]string{""}, "", false},
		"several pages":                                  {[]string{"ab+", "cd+", "e"}, "abcde", false},
		"an empty last page":                             {[]string{"ab+", ""}, "ab", false},
		"an item moved to the next page":                 {[]string{"abc+", "cde+", "f"}, "abcdef", false},
		"a whole page moved":                             {[]string{"ab+", "ab+", "cd"}, "abcd", false},
		"equal items on one page are kept":               {[]string{"aab+", "bc"}, "aabc", false},
		"equal items on two pages count once":            {[]string{"ab+", "bc"}, "abc", false},
		"equal items on two pages when none moved":       {[]string{"0ab+", "0bb+", "0c"}, "abbbc", false},
		"as many are left out as moved":                  {[]string{"0ab+", "1bb+", "0c"}, "abbc", false},
		"more moved than fit on a page":                  {[]string{"0abcd+", "6vwab+", "0cdab+", "0b"}, "abcdvwabb", false},
		"moved twice":                                    {[]string{"0abc+", "1cde+", "2def+", "0f"}, "abcdeff", false},
		"a page number that is ignored":                  {[]string{"ab+"}, "ab", true},
		"more is promised but nothing comes":             {[]string{"ab+", "+"}, "ab", true},
		"two pages without anything new, then something": {[]string{"ab+", "ab+", "ab+", "c"}, "abc", false},
	}
	for name, test := range tests {
		got, err := collect(t, letters(test.pages...))
		if diff := cmp.Diff(test.want, got); diff != "" || (err != nil) != test.fails {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestPagerStopsWithItsReader(t *testing.T) {
	t.Parallel()
	fetched := 0
	pager := letters("abc+", "def+")
	fetch := pager.Fetch
	pager.Fetch = func(ctx context.Context, page int) (Page[string], error) {
		fetched++
		return fetch(ctx, page)
	}
	for item, err := range pager.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if item == "b" {
			break
		}
	}
	if fetched != 1 {
		t.Errorf("%d pages were fetched, want 1", fetched)
	}
}

func TestPagerEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	pager := letters("ab+")
	fetch := pager.Fetch
	pager.Fetch = func(ctx context.Context, page int) (Page[string], error) {
		if page == 2 {
			return Page[string]{}, broken
		}
		return fetch(ctx, page)
	}
	got, err := collect(t, pager)
	if got != "ab" || !errors.Is(err, broken) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestPagerLooksAtTheContextBeforeEveryPage(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	fetched := 0
	pager := letters("a+", "b+", "c+")
	fetch := pager.Fetch
	pager.Fetch = func(ctx context.Context, page int) (Page[string], error) {
		if fetched++; fetched == 2 {
			cancel()
		}
		return fetch(ctx, page)
	}
	var last error
	for _, err := range pager.All(ctx) {
		last = err
	}
	if !errors.Is(last, context.Canceled) || fetched != 2 {
		t.Errorf("got %v after %d pages, want a cancelled list after 2", last, fetched)
	}
}
