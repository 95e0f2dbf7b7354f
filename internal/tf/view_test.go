package tf

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock/clocktest"
)

// shelf is a catalog in memory that counts its reads.
type shelf struct {
	mu      sync.Mutex
	objects map[catalog.Ref]*catalog.Object
	events  int
	fail    error
	during  func() // happens in the middle of a read, after it has looked

	wholes, attempts, parts, rows int
}

func (s *shelf) answer(count *int, refs []catalog.Ref) (*catalog.Snapshot, error) {
	s.mu.Lock()
	*count++
	found := map[catalog.Ref]*catalog.Object{}
	for ref, object := range s.objects {
		found[ref] = object
	}
	if refs != nil {
		clear(found)
		for _, ref := range refs {
			if object, ok := s.objects[ref]; ok {
				found[ref] = object
			}
		}
	}
	s.rows += len(found)
	during, fail := s.during, s.fail
	s.mu.Unlock()
	if during != nil {
		during()
	}
	if fail != nil {
		return nil, fail
	}
	return (&catalog.Snapshot{}).With("the-catalog", found), nil
}

func (s *shelf) Snapshot(context.Context) (*catalog.Snapshot, error) { return s.answer(&s.wholes, nil) }

func (s *shelf) SnapshotOfUpTo(_ context.Context, events int) (*catalog.Snapshot, bool, error) {
	if s.events > events {
		s.attempts++
		return nil, false, nil
	}
	snapshot, err := s.answer(&s.attempts, nil)
	return snapshot, err == nil, err
}

func (s *shelf) Part(_ context.Context, refs ...catalog.Ref) (*catalog.Snapshot, error) {
	return s.answer(&s.parts, append([]catalog.Ref{}, refs...))
}

func brandRef(i int) catalog.Ref {
	return catalog.Ref{Kind: catalog.Brand, Name: fmt.Sprintf("brand-%d", i)}
}

func brandObject(i int, revision int64) *catalog.Object {
	ref := brandRef(i)
	return &catalog.Object{Kind: ref.Kind, Name: ref.Name, Revision: revision, Spec: []byte(`{}`)}
}

func newShelf(brands int) *shelf {
	s := &shelf{objects: map[catalog.Ref]*catalog.Object{}, events: brands}
	for i := range brands {
		s.objects[brandRef(i)] = brandObject(i, 1)
	}
	return s
}

// revision is what the view knows of a brand; 0: there is none.
func revision(t *testing.T, v *view, i int) int64 {
	t.Helper()
	object, err := v.get(t.Context(), brandRef(i))
	if err != nil {
		t.Fatal(err)
	}
	if object == nil {
		return 0
	}
	return object.Revision
}

func TestAFailedReadIsSharedAndRememberedForAMoment(t *testing.T) {
	t.Parallel()
	s, steps := newShelf(200), clocktest.NewSteps()
	s.fail = errors.New("no connection left")
	v := newView(s)
	v.clock = steps
	var wait sync.WaitGroup
	for i := range 120 {
		wait.Go(func() {
			if _, err := v.get(t.Context(), brandRef(i)); !errors.Is(err, s.fail) {
				t.Errorf("object %d: %v", i, err)
			}
		})
	}
	wait.Wait()
	if _, err := v.snapshot(t.Context()); !errors.Is(err, s.fail) {
		t.Error(err)
	}
	if s.parts != 1 || s.wholes != 0 {
		t.Errorf("%d reads of some objects and %d of all, want one in all", s.parts, s.wholes)
	}
	s.fail = nil
	if err := steps.Sleep(t.Context(), failureKept); err != nil {
		t.Fatal(err)
	}
	if revision(t, v, 7) != 1 || s.parts != 2 {
		t.Errorf("%d reads, want a second one after a moment", s.parts)
	}
}

func TestACallerWhoGivesUpFailsNobodyElse(t *testing.T) {
	t.Parallel()
	s := newShelf(2)
	v := newView(s)
	ctx, cancel := context.WithCancel(t.Context())
	s.fail = context.Canceled
	s.during = cancel
	if _, err := v.get(ctx, brandRef(0)); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	s.fail, s.during = nil, nil
	if revision(t, v, 1) != 1 {
		t.Error("the next caller finds nothing")
	}
}

func TestWhatARunWritesIsNotReadAgain(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string]bool{"after a refresh": true, "in an apply": false} {
		s := newShelf(3)
		v := newView(s)
		if whole {
			if _, err := v.snapshot(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		v.wrote("the-catalog", brandRef(0), brandObject(0, 2), []catalog.Ref{brandRef(1)})
		v.wrote("the-catalog", brandRef(9), brandObject(9, 1), nil)
		if revision(t, v, 0) != 2 || revision(t, v, 1) != 0 || revision(t, v, 9) != 1 || s.parts != 0 {
			t.Errorf("%s: %d reads for what was written", name, s.parts)
		}
		v.forget(brandRef(0))
		if revision(t, v, 0) != 1 || s.parts != 1 || s.rows > 4 {
			t.Errorf("%s: what is not known any more took %d reads of %d rows", name, s.parts, s.rows)
		}
		snapshot, err := v.snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if whole && len(snapshot.Objects) != 3 { // 0, 2 and 9
			t.Errorf("%s: the whole has %d objects", name, len(snapshot.Objects))
		}
		if s.wholes != 1 {
			t.Errorf("%s: all objects were read %d times", name, s.wholes)
		}
	}
}

func TestAWriteDuringAReadIsNewerThanTheRead(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(v *view) error{
		"of all": func(v *view) error { _, err := v.snapshot(t.Context()); return err },
		"of one": func(v *view) error { _, err := v.get(t.Context(), brandRef(0)); return err },
	} {
		s := newShelf(2)
		v := newView(s)
		s.during = func() { v.wrote("the-catalog", brandRef(0), brandObject(0, 5), nil) }
		if err := read(v); err != nil {
			t.Fatal(err)
		}
		s.during = nil
		if got := revision(t, v, 0); got != 5 {
			t.Errorf("%s: revision %d, want the one that was written", name, got)
		}
	}
}

func TestManyObjectsOfASmallCatalogAreReadAtOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		brands, parts, attempts, most int
	}{
		{brands: 150, parts: 50, attempts: 1, most: 50 + 150},
		{brands: 10_000, parts: 120, attempts: 2, most: 120},
	} {
		s := newShelf(test.brands)
		v := newView(s)
		for i := range 120 {
			if revision(t, v, i) != 1 {
				t.Fatal(i)
			}
		}
		if s.parts != test.parts || s.attempts != test.attempts || s.rows > test.most || s.wholes != 0 {
			t.Errorf("%d objects: %+v", test.brands, s)
		}
	}
}
