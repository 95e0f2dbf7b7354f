package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
)

// screen is where a person sees a QR code and how far its link is. On a
// terminal a code takes the place of the one before.
type screen struct {
	w     io.Writer
	size  func() (columns, rows int) // of the terminal; zero: it is none
	color bool
	// rows are those that the code and what was said since take; 0: there is no
	// code, or it cannot be replaced.
	rows int
	err  error // why nobody can read what was printed last
}

func newScreen(w io.Writer) *screen {
	s := &screen{w: w, size: func() (int, int) { return 0, 0 }}
	file, ok := terminal(w)
	if !ok {
		return s
	}
	s.size = func() (int, int) {
		columns, rows, err := term.GetSize(int(file.Fd()))
		if err != nil {
			return 0, 0
		}
		return columns, rows
	}
	s.color = colorful(w)
	return s
}

// terminal is where a person reads along, if one does.
func terminal(w io.Writer) (*os.File, bool) {
	file, ok := w.(*os.File)
	return file, ok && term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb"
}

// colorful reports whether colors are wanted there.
func colorful(w io.Writer) bool {
	_, ok := terminal(w)
	return ok && os.Getenv("NO_COLOR") == "" // https://no-color.org
}

// say prints a sentence.
func (s *screen) say(sentence string) {
	s.print(sentence + "\n")
	if s.rows > 0 {
		s.rows += s.height(sentence)
	}
}

// show prints a code below its invitation.
func (s *screen) show(invitation string, code pairing.Code) error {
	s.clear()
	text := code.Text()
	line, _, _ := strings.Cut(text, "\n")
	height, width := strings.Count(text, "\n"), utf8.RuneCountInString(line)
	columns, rows := s.size()
	fits := width < columns && height+1 < rows
	if columns > 0 && !fits {
		s.say(fmt.Sprintf("The code needs %d columns and %d rows: make the window larger if it does not fit, or use --qr-file.", width, height))
	}
	if s.color {
		text = code.Colored()
	}
	s.print(invitation + "\n" + text)
	if s.err != nil {
		return fmt.Errorf("the QR code could not be shown: %w", s.err)
	}
	if fits {
		s.rows = s.height(invitation) + height
	}
	return nil
}

// clear takes away the code and what was said since.
func (s *screen) clear() {
	if s.rows > 0 {
		s.print(fmt.Sprintf("\x1b[%dA\r\x1b[J", s.rows))
	}
	s.rows = 0
}

func (s *screen) print(text string) { _, s.err = io.WriteString(s.w, text) }

// height is how many rows a line takes.
func (s *screen) height(line string) int {
	columns, _ := s.size()
	if columns == 0 {
		return 1
	}
	return max(1, (utf8.RuneCountInString(line)+columns-1)/columns)
}
