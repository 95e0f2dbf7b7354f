package pairing

import "fmt"

// Invitation says whose turn it is, above a code. A link that shows another code
// says that it replaces the one before. An empty phone is whichever scans.
func Invitation(phone string, replaces bool) string {
	text, who := "Scan it", "the phone that is to be linked"
	if replaces {
		text = "It replaces the one before: scan it"
	}
	if phone != "" {
		who = "the phone whose number ends in " + ending(phone)
	}
	return fmt.Sprintf("%s with WhatsApp on %s, under Linked devices:", text, who)
}

// String says who was linked. The number is hidden but for its end.
func (r Result) String() string {
	who := "The phone"
	if number := ending(string(r.Account.Phone)); number != "" {
		who = "The phone whose number ends in " + number
	}
	what := map[Outcome]string{
		Linked:           "is linked and connected, as",
		Relinked:         "is linked again and connected, as",
		AlreadyConnected: "is linked and connected already, as",
		NotConnected:     "is linked, but not connected, as",
	}[r.Outcome]
	return fmt.Sprintf("%s %s the WhatsApp account %s.", who, what, r.Account.Unique)
}
