package catalog

import (
	"errors"
	"sync"
	"time"
)

// outageKept is how long the failure to reach a database answers for calls that
// come after it: a run makes hundreds, and each would else wait for itself.
const outageKept = 5 * time.Second

// outage remembers that a database could not be reached. It is safe for
// concurrent use.
type outage struct {
	now func() time.Time

	mu      sync.Mutex
	failure *StorageError
	until   time.Time
}

// note remembers a failure after all attempts.
func (o *outage) note(err error) {
	var failure *StorageError
	if !errors.As(err, &failure) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failure, o.until = failure, o.now().Add(outageKept)
}

// recent is the failure of a moment ago; nil: there was none.
func (o *outage) recent() *StorageError {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failure == nil || !o.now().Before(o.until) {
		o.failure = nil
		return nil
	}
	return o.failure
}

// refuse is the answer to a call that is not tried; nil: try it.
func (o *outage) refuse(operation string) error {
	failure := o.recent()
	if failure == nil {
		return nil
	}
	again := *failure
	again.Operation = operation
	again.Problem += ", as another call of this run found a moment ago"
	return &again
}

// admit is refuse for a backend, which does not know the operation.
func (o *outage) admit() error {
	if failure := o.recent(); failure != nil {
		return failure.Err
	}
	return nil
}
