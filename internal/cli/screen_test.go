package cli

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

var move = regexp.MustCompile(`^\x1b\[(\d+)A\r\x1b\[J`)

// displayed is what a terminal of that width shows in the end: lines are
// wrapped, the cursor goes up, and what is below is cleared.
func displayed(output string, columns int) string {
	var rows []string
	for output != "" {
		if up := move.FindStringSubmatch(output); up != nil {
			n, err := strconv.Atoi(up[1])
			if err != nil || n > len(rows) {
				return "the cursor left the output"
			}
			rows, output = rows[:len(rows)-n], output[len(up[0]):]
			continue
		}
		line, rest, _ := strings.Cut(output, "\n")
		output = rest
		for !strings.Contains(line, "█") && len(line) > columns {
			rows, line = append(rows, line[:columns]), line[columns:]
		}
		rows = append(rows, line)
	}
	return strings.Join(rows, "\n")
}

// codes are some that a link shows after each other, and what they say.
func codes(t *testing.T) (drawn []pairing.Code, say []string) {
	t.Helper()
	l := newLinking(t, androidapi.Settings{QRSeconds: 5})
	client, err := vendorCalls{}.androidAPI(root("test"))
	if err != nil {
		t.Fatal(err)
	}
	l.during(5, l.scan(supportLine))
	_, err = pairing.New(client, l).Link(t.Context(), pairing.Request{Phone: supportLine, Show: func(code pairing.Code) error {
		drawn, say = append(drawn, code), append(say, l.newest().QR)
		return nil
	}})
	if err != nil || len(drawn) < 2 {
		t.Fatal(err, len(drawn))
	}
	return drawn, say
}

func TestOnATerminalACodeTakesThePlaceOfTheOneBefore(t *testing.T) {
	drawn, say := codes(t)
	const columns = 70
	var output bytes.Buffer
	s := &screen{w: &output, color: true, size: func() (int, int) { return columns, 50 }}
	s.say("Before.")
	for _, code := range drawn {
		if err := s.show(pairing.Invitation(supportLine, true), code); err != nil { // longer than a line
			t.Fatal(err)
		}
		s.say("The QR code has expired; another one is asked for.")
	}
	got := displayed(output.String(), columns)
	for _, background := range []qrtest.Background{qrtest.Dark, qrtest.Light} {
		if read := qrtest.Read(got, background); !slices.Equal(read, say[len(say)-1:]) {
			t.Errorf("on the background %v the terminal says %q, want the last of %q", background, read, say)
		}
	}
	if strings.Count(got, "It replaces") != 1 || strings.Count(got, "has expired") != 1 || !strings.HasPrefix(got, "Before.\n") {
		t.Errorf("the terminal shows\n%s", got)
	}
	s.clear()
	if got := displayed(output.String(), columns); got != "Before." {
		t.Errorf("in the end the terminal shows\n%s", got)
	}
}

// A window that is too small scrolls: nothing above can be taken back.
func TestInASmallWindowEveryCodeIsShownAnew(t *testing.T) {
	drawn, say := codes(t)
	for name, size := range map[string][2]int{"narrow": {40, 100}, "low": {100, 24}, "no terminal": {0, 0}} {
		var output bytes.Buffer
		s := &screen{w: &output, size: func() (int, int) { return size[0], size[1] }}
		for _, code := range drawn {
			if err := s.show("Scan it:", code); err != nil {
				t.Fatal(err)
			}
		}
		s.clear()
		if got := qrtest.Read(output.String(), qrtest.Dark); !slices.Equal(got, say) || strings.Contains(output.String(), "\x1b") {
			t.Errorf("%s: the output says %q, want %q", name, got, say)
		}
		if told := strings.Contains(output.String(), "make the window larger"); told != (size[0] > 0) {
			t.Errorf("%s: %s", name, output.String())
		}
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, errors.New("nobody reads") }

func TestACodeThatCannotBeShownIsAnError(t *testing.T) {
	drawn, _ := codes(t)
	if err := newScreen(closed{}).show("Scan it:", drawn[0]); err == nil || !strings.Contains(err.Error(), "nobody reads") {
		t.Errorf("%v", err)
	}
}
