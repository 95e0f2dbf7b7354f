package catalog

import (
	"cmp"
	"fmt"
	"os"
	"os/user"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

const (
	// actorVariable names who the history records.
	actorVariable = "OTP_CATALOG_ACTOR"
	// maxActor bounds the name of an actor, in characters.
	maxActor = 100
)

// ActorError says that OTP_CATALOG_ACTOR is no name for the history.
type ActorError struct {
	Problem string
}

// Error says what to write instead.
func (e *ActorError) Error() string {
	return fmt.Sprintf("%s %s. It is who the history of the catalog names for each write: use up to %d letters, digits and signs "+
		"on one line, such as ci@deploy, or leave it out for the user and host that run Terraform.", actorVariable, e.Problem, maxActor)
}

// CheckActor refuses a name that the history cannot show as it is: one that is too
// long, blank, or has a character that controls a terminal or is not seen. Empty is
// nobody, and fine. The error is an *ActorError; it does not quote the name.
func CheckActor(actor string) error {
	problem := ""
	switch length := utf8.RuneCountInString(actor); {
	case actor == "":
		return nil
	case !utf8.ValidString(actor):
		problem = "is not UTF-8"
	case strings.TrimSpace(actor) == "":
		problem = "is blank"
	case length > maxActor:
		problem = fmt.Sprintf("has %d characters", length)
	default:
		position := 0
		for _, r := range actor {
			position++
			if !unicode.IsPrint(r) {
				problem = fmt.Sprintf("has the character U+%04X at position %d, which nobody would see", r, position)
				break
			}
		}
	}
	if problem == "" {
		return nil
	}
	return &ActorError{Problem: problem}
}

// defaultActor is who the environment or the operating system says is running.
func defaultActor() string {
	if actor := os.Getenv(actorVariable); actor != "" {
		return actor
	}
	name, host := "", ""
	if current, err := user.Current(); err == nil {
		name = otp.Shown(current.Username)
	}
	if found, err := os.Hostname(); err == nil {
		host = otp.Shown(found)
	}
	actor := []rune(cmp.Or(name, "unknown") + "@" + cmp.Or(host, "unknown"))
	return string(actor[:min(len(actor), maxActor)])
}
