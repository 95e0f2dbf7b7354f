package tf

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// overlay holds the objects of this run as they are planned, on top of the
// catalog, so that the plan of a profile sees its brand as it will be. It
// belongs to one configuration of the provider.
type overlay struct {
	mu      sync.Mutex
	planned map[catalog.Ref]entry
	// reads is what profiles were planned with. Terraform plans what a profile
	// refers to first, if it knows; where a name is written out it does not.
	reads map[catalog.Ref]map[string]entry
}

// entry is an object as it is known during a plan.
type entry struct {
	spec    json.RawMessage
	unknown otp.Fields // attributes that are not known yet
	gone    bool       // to be deleted by this run
	missing bool       // neither in the catalog nor planned
	created bool       // to be created by this run, perhaps after its deletion
	// resource is whose plan it is; empty once that is over.
	resource string
}

func (e entry) same(other entry) bool {
	if e.gone != other.gone || e.missing != other.missing || !maps.Equal(e.unknown, other.unknown) {
		return false
	}
	var a, b any
	if len(e.spec) == 0 || len(other.spec) == 0 {
		return len(e.spec) == len(other.spec)
	}
	return json.Unmarshal(e.spec, &a) == nil && json.Unmarshal(other.spec, &b) == nil && reflect.DeepEqual(a, b)
}

func newOverlay() *overlay {
	return &overlay{planned: map[catalog.Ref]entry{}, reads: map[catalog.Ref]map[string]entry{}}
}

// put registers an object as it is planned. It is an *orderError where profiles
// were planned before, with another value, and a *sharedNameError where another
// resource has the name.
func (o *overlay) put(ref catalog.Ref, e entry) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	before, planned := o.planned[ref]
	if planned && before.resource != "" && before.resource != e.resource && !(before.gone && e.gone) {
		return &sharedNameError{Ref: ref, first: before, second: e}
	}
	if e.gone && planned && !before.gone {
		return nil // the name goes on in the same resource, which is replaced
	}
	o.planned[ref] = e
	var early []string
	for _, profile := range slices.Sorted(maps.Keys(o.reads[ref])) {
		if !o.reads[ref][profile].same(e) {
			early = append(early, fmt.Sprintf("%q", profile))
		}
	}
	if len(early) == 0 {
		return nil
	}
	will := "changes"
	if e.gone {
		will = "is deleted"
	}
	return &orderError{Ref: ref, Profiles: early, Will: will}
}

// over says that the plan of a resource has failed or was carried out, so that
// the name is free for another plan.
func (o *overlay) over(ref catalog.Ref) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e, planned := o.planned[ref]; planned {
		e.resource = ""
		o.planned[ref] = e
	}
}

// see gives a profile an object as this run plans it, or else as it is stored,
// and records what the profile was planned with. It is one step: a plan of the
// object comes either before it, and is seen, or after it, and is an error.
func (o *overlay) see(ref catalog.Ref, profile string, stored entry) entry {
	o.mu.Lock()
	defer o.mu.Unlock()
	e, planned := o.planned[ref]
	if !planned {
		e = stored
	}
	if o.reads[ref] == nil {
		o.reads[ref] = map[string]entry{}
	}
	o.reads[ref][profile] = e
	return e
}

// get is an object as this run plans it, for those who may as well come before
// its plan.
func (o *overlay) get(ref catalog.Ref) (e entry, planned bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e, planned = o.planned[ref]
	return e, planned
}

// orderError says that Terraform planned a profile before what it refers to.
type orderError struct {
	Ref      catalog.Ref
	Profiles []string
	Will     string
}

// Error ends with the reference to write.
func (e *orderError) Error() string {
	subject, verb := "Profile", "was"
	if len(e.Profiles) > 1 {
		subject, verb = "Profiles", "were"
	}
	return fmt.Sprintf("%s %s %s planned before this %s, which %s in the same run. The name is written out there, so Terraform does not know the order. %s",
		subject, strings.Join(e.Profiles, ", "), verb, e.Ref.Kind.Title(), e.Will, ReferenceAdvice(e.Ref.Kind))
}

// ReferenceAdvice is how to refer to an object so that Terraform knows the
// order.
func ReferenceAdvice(kind catalog.Kind) string {
	attribute := map[catalog.Kind]string{catalog.Brand: "brand", catalog.MessageTemplate: "template", catalog.SenderID: "sender_id", catalog.Profile: "profile"}[kind]
	in := "the profile"
	if kind == catalog.Profile {
		in = "the action"
	}
	return fmt.Sprintf("If it is declared in this configuration, write `%s = %s.<label>.name` in %s.", attribute, kind.ResourceType(), in)
}
