package tf

import "sync"

// Claims are names that operations of one run have to themselves while they go
// on. The zero value is ready; it is safe for concurrent use.
type Claims struct {
	mu   sync.Mutex
	held map[string]bool
}

// Take claims a name until it is released; false: somebody holds it already.
func (c *Claims) Take(name string) (release func(), free bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held[name] {
		return nil, false
	}
	if c.held == nil {
		c.held = map[string]bool{}
	}
	c.held[name] = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.held, name)
	}, true
}

// Held reports whether somebody has claimed a name.
func (c *Claims) Held(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held[name]
}
