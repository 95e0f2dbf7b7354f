package tf

import (
	"fmt"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// sharedNameError says that two resources of one run have the same name: both
// want the object, or one removes what the other one makes, in an order that
// Terraform does not know.
type sharedNameError struct {
	Ref           catalog.Ref
	first, second entry
}

func (e *sharedNameError) removal() bool { return e.first.gone || e.second.gone }

func (e *sharedNameError) title() string {
	if e.removal() {
		return fmt.Sprintf("%s is removed and created in one run", capital(e.Ref.String()))
	}
	return fmt.Sprintf("%s has two resources", capital(e.Ref.String()))
}

// Error gives the values of both, because a provider is not told addresses.
func (e *sharedNameError) Error() string {
	if !e.removal() {
		return fmt.Sprintf("Two resources of this configuration have the name %q. The catalog has one %s of a name, so one of them has to take another name, or go. "+
			"If both are in the state, take one out with a removed block whose lifecycle has destroy = false. Their values:\n\n- %s\n- %s",
			e.Ref.Name, e.Ref.Kind.Title(), e.first.values(), e.second.values())
	}
	made := e.second
	if e.second.gone {
		made = e.first
	}
	return fmt.Sprintf("One resource of this run lets go of the %s, and another one takes the name, with these values:\n\n- %s\n\n"+
		"Terraform may do either first, and the second would remove what the first has made, or not find the name free. "+
		"If you renamed the resource, write a moved block, and nothing has to be removed:\n\n"+
		"moved {\n  from = %s.<old label>\n  to   = %s.<new label>\n}\n\n"+
		"If the elements of a count have moved up, use for_each with the names as keys. Otherwise apply twice: first without the new resource, then with it.",
		e.Ref, made.values(), e.Ref.Kind.ResourceType(), e.Ref.Kind.ResourceType())
}

// longValues bounds how much of an object's values an error shows, in runes.
const longValues = 600

// values is an object as an error shows it.
func (e entry) values() string {
	runes := []rune(string(e.spec))
	if len(runes) > longValues {
		return string(runes[:longValues]) + " …"
	}
	return string(runes)
}
