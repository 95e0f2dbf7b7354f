package catalog

import (
	"fmt"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Missing says, to somebody who wrote its name, why an object cannot be found:
// who deleted it, or which others have a similar name. url is that of the
// catalog.
func (s *Snapshot) Missing(ref Ref, url string) string {
	title := ref.Kind.Title()
	if object, found := s.Get(ref); found && object.RetiredAt != nil {
		return fmt.Sprintf("The %s was deleted from the catalog %s by %s at %s.", ref, url, object.RetiredBy, object.RetiredAt.Format("2006-01-02 15:04:05 MST"))
	}
	sentence := fmt.Sprintf("The catalog %s has no %s.", url, ref)
	var names []string
	for _, other := range s.List(ref.Kind) {
		names = append(names, other.Name)
	}
	switch near := otp.Nearest(ref.Name, names); {
	case len(names) == 0:
		return fmt.Sprintf("%s It has no %s at all; is it the catalog you mean?", sentence, title)
	case len(near) == 0:
		return fmt.Sprintf("%s It has %d others, none with a similar name.", sentence, len(names))
	default:
		return fmt.Sprintf("%s Did you mean %s?", sentence, strings.Join(near, ", "))
	}
}
