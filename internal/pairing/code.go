package pairing

import (
	"strings"

	"rsc.io/qr"
)

// quietZone is the light frame that a scanner needs, in modules.
const quietZone = 4

// Code is a QR code to be shown. Printing it shows nothing of what it says.
type Code struct{ modules *qr.Code }

// encode draws what the vendor calls qrstring.
func encode(payload string) (Code, error) {
	modules, err := qr.Encode(payload, qr.L)
	if err != nil {
		return Code{}, sentence("AndroidAPI's pairing string does not fit into a QR code. It documents no such string; ask its support.")
	}
	return Code{modules}, nil
}

// PNG is the code as a picture, eight pixels a module, in its quiet zone.
func (c Code) PNG() []byte { return c.modules.PNG() }

// Text is the code for a terminal with a dark background: two modules above
// each other are one character, and light modules are drawn. Each line ends
// with a newline.
func (c Code) Text() string {
	var text strings.Builder
	end := c.modules.Size + quietZone
	for y := -quietZone; y < end; y += 2 {
		for x := -quietZone; x < end; x++ {
			switch upper, lower := c.modules.Black(x, y), c.modules.Black(x, y+1); {
			case upper && lower:
				text.WriteString(" ")
			case upper:
				text.WriteString("▄")
			case lower:
				text.WriteString("▀")
			default:
				text.WriteString("█")
			}
		}
		text.WriteString("\n")
	}
	return text.String()
}

// Colored is Text in white on black, whatever the terminal's own colors are:
// readable on a light background, too. Without its escape sequences it is Text.
func (c Code) Colored() string {
	const whiteOnBlack, asBefore = "\x1b[40;97m", "\x1b[0m"
	var text strings.Builder
	for line := range strings.Lines(c.Text()) {
		text.WriteString(whiteOnBlack + strings.TrimSuffix(line, "\n") + asBefore + "\n")
	}
	return text.String()
}

// equal reports whether two codes look the same. Their bitmaps may be padded
// differently.
func (c Code) equal(other Code) bool {
	size := c.modules.Size
	for i := range size * size {
		if x, y := i%size, i/size; c.modules.Black(x, y) != other.modules.Black(x, y) {
			return false
		}
	}
	return size == other.modules.Size
}

// String is no picture: fmt would print the modules.
func (c Code) String() string { return "QR code" }

// GoString is String, for %#v.
func (c Code) GoString() string { return c.String() }
