package catalog

import (
	"fmt"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// UnknownNameError says that somebody wrote a name that no live object has.
type UnknownNameError struct {
	Ref      Ref
	Sentence string // who deleted the object, or which others have a similar name
}

// Error says why the object cannot be found.
func (e *UnknownNameError) Error() string { return e.Sentence }

// Find gives one live object, for somebody who wrote its name. The error is an
// *UnknownNameError. url is that of the catalog.
func (s *Snapshot) Find(ref Ref, url string) (Object, error) {
	object, found := s.Get(ref)
	if !found || object.RetiredAt != nil {
		return Object{}, &UnknownNameError{Ref: ref, Sentence: s.missing(ref, url)}
	}
	return object, nil
}

func (s *Snapshot) missing(ref Ref, url string) string {
	if object, found := s.Get(ref); found {
		return fmt.Sprintf("The %s was deleted from the catalog %s by %s at %s.", ref, url, object.RetiredBy, object.RetiredAt.Format("2006-01-02 15:04:05 MST"))
	}
	sentence := fmt.Sprintf("The catalog %s has no %s.", url, ref)
	var names []string
	for _, other := range s.List(ref.Kind) {
		names = append(names, other.Name)
	}
	switch near := otp.Nearest(ref.Name, names); {
	case len(names) == 0:
		return fmt.Sprintf("%s It has no %s at all; is it the catalog you mean?", sentence, ref.Kind.Title())
	case len(near) == 0:
		return fmt.Sprintf("%s It has %d others, none with a similar name.", sentence, len(names))
	default:
		return fmt.Sprintf("%s Did you mean %s?", sentence, strings.Join(near, ", "))
	}
}
