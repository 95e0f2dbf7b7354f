package tf

import "sync"

// Reservations are names that operations of one run have to themselves while they go
// on. The zero value is ready; it is safe for concurrent use.
type Reservations struct {
	mu   sync.Mutex
	held map[string]bool
}

// Take reserves a name until it is released; false: somebody holds it already.
func (r *Reservations) Take(name string) (release func(), free bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held[name] {
		return nil, false
	}
	if r.held == nil {
		r.held = map[string]bool{}
	}
	r.held[name] = true
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.held, name)
	}, true
}

// Held reports whether somebody has reserved a name.
func (r *Reservations) Held(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held[name]
}
