package catalog

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"slices"
)

// lock is a claim on a name of the catalog, whether or not there is an object of
// that name, until the end of the transaction.
//
// Every write takes its locks in one order, so that no two wait for each other:
// the object it is about, then what that profile refers to, then the history.
type lock struct {
	key int64
	// shared locks of one name go together; any other excludes all.
	shared bool
}

// lockKey is a number for a name of a catalog. Names that share a number wait for
// each other needlessly, and nothing else.
func lockKey(catalogID string, ref Ref) int64 {
	sum := sha256.Sum256([]byte(catalogID + "\x00" + string(ref.Kind) + "\x00" + ref.Name))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// lock waits for locks and takes them.
func (t *session) lock(ctx context.Context, locks ...lock) error {
	slices.SortFunc(locks, func(a, b lock) int { return cmp.Compare(a.key, b.key) })
	query, args := t.store.backend.lock(locks)
	if query == "" || len(locks) == 0 {
		return nil
	}
	return t.query(ctx, query, args, func(*sql.Rows) error { return nil })
}

// lockObject keeps other writers away from the object that a write is about, and
// from creating one of its name.
func (t *session) lockObject(ctx context.Context, ref Ref) error {
	return t.lock(ctx, lock{key: lockKey(t.id, ref)})
}

// lockReferences keeps what a profile goes on to refer to as it is, and keeps
// other profiles from dropping, and other writers from retiring, what it ceases
// to refer to: with the last reference, a retired object goes.
func (t *session) lockReferences(ctx context.Context, before []MadeFrom, after []Ref) error {
	var locks []lock
	for _, ref := range after {
		locks = append(locks, lock{key: lockKey(t.id, ref), shared: true})
	}
	for _, entry := range before {
		if !slices.Contains(after, entry.Ref) {
			locks = append(locks, lock{key: lockKey(t.id, entry.Ref)})
		}
	}
	return t.lock(ctx, locks...)
}

// lockHistory keeps others from appending to the history, so that its sequence
// has no gap and is the order of the commits.
func (t *session) lockHistory(ctx context.Context) error {
	if t.recording {
		return nil
	}
	t.recording = true
	return t.lock(ctx, lock{key: lockKey(t.id, Ref{})})
}
