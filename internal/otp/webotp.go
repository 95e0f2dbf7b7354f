package otp

import (
	"regexp"
	"strings"
)

// A WebOTP message (origin-bound one-time code) binds a code to a site: its
// last line is @host #code, and may end in the host of an embedding page and
// in text that browsers ignore. Between the fields stands one space, and
// nothing before the first. See https://wicg.github.io/sms-one-time-codes/.
var (
	webOTP = regexp.MustCompile(`^@[\pL\pN.-]+ #\S+( @[\pL\pN.-]+( |$))?`)
	// boundCode is the same line with the code in it once.
	boundCode = regexp.MustCompile(`^@[\pL\pN.-]+ #[^\s{}]*\{\{otp\}\}[^\s{}]*( |$)`)
	// almostBound is a line that was meant to be one.
	almostBound = regexp.MustCompile(`^\s*@[\pL\pN-]+(\.[\pL\pN-]+)+\s.*\{\{otp\}\}`)
)

// lastLine parts a text at its last line feed.
func lastLine(s string) (before, last string) {
	i := strings.LastIndexByte(s, '\n')
	return s[:i+1], s[i+1:]
}

// bindsTwice reports whether the code stands where a WebOTP message has it:
// once in the sentence and once in the last line.
func bindsTwice(s string) bool {
	sentence, last := lastLine(s)
	code := "{{" + string(PlaceholderOTP) + "}}"
	return boundCode.MatchString(last) && strings.Count(sentence, code) == 1 && strings.Count(last, code) == 1
}

// misboundLine is the first line that was meant to bind a code to a site and
// that no browser reads as such: it is not the last one, or has another form.
func misboundLine(s string) (line string, last bool) {
	for more := true; more; {
		line, s, more = strings.Cut(s, "\n")
		if almostBound.MatchString(line) && (more || !boundCode.MatchString(line)) {
			return line, !more
		}
	}
	return "", false
}

var link = regexp.MustCompile(`(?i)(https?://|www\.)\S+|\b[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}/\S*`)

// findLink returns the first URL in a text. The hosts in the last line of a
// WebOTP message are none.
func findLink(s string) string {
	before, last := lastLine(s)
	if hosts := webOTP.FindString(last); hosts != "" {
		s = before + last[len(hosts):]
	}
	return link.FindString(s)
}
