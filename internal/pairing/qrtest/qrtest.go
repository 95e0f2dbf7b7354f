// Package qrtest reads QR codes back from what a program has shown, the way a
// phone does. Only tests use it.
package qrtest

import (
	"image"
	"image/color"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Background is the color of a terminal that has not been told another.
type Background color.Gray

// The backgrounds, those of common terminals.
var (
	Dark  = Background{Y: 0x1e}
	Light = Background{Y: 0xfa}
)

// ink is what a terminal writes with on its background.
func (b Background) ink() color.Gray {
	if b == Light {
		return color.Gray{Y: 0x30}
	}
	return color.Gray{Y: 0xcc}
}

// smallest is the width of the smallest code with its quiet zone.
const smallest = 21 + 2*4

// Read gives what the codes of a program's output say, in their order. One that
// a phone could not read is "".
func Read(output string, background Background) []string {
	var found []string
	for _, lines := range codes(output) {
		found = append(found, Scan(draw(lines, background)))
	}
	return found
}

// Scan gives what a picture says that holds a code and its quiet zone; "": a
// phone could not read it.
func Scan(picture image.Image) string {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return ""
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		return ""
	}
	return result.GetText()
}

var (
	escape  = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)
	drawing = regexp.MustCompile(`^[ ▀▄█]+$`)
)

// codes are the lines of each code: as many as follow each other and are equally
// wide. One that is sheared is none.
func codes(output string) [][]string {
	var found [][]string
	width := 0
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		plain := escape.ReplaceAllString(line, "")
		n := utf8.RuneCountInString(plain)
		switch {
		case n < smallest || !drawing.MatchString(plain):
			width = 0
		case n != width:
			width, found = n, append(found, []string{line})
		default:
			found[len(found)-1] = append(found[len(found)-1], line)
		}
	}
	return found
}

// draw paints characters as a terminal does: a module of the code is as wide as
// a character and half as high.
func draw(lines []string, background Background) image.Image {
	const cell = 4
	width := utf8.RuneCountInString(escape.ReplaceAllString(lines[0], ""))
	picture := image.NewGray(image.Rect(0, 0, width*cell, 2*len(lines)*cell))
	for y, line := range lines {
		ink, paper := background.ink(), color.Gray(background)
		x := 0
		for line != "" {
			if at := escape.FindStringIndex(line); at != nil && at[0] == 0 {
				ink, paper = colors(line[:at[1]], background, ink, paper)
				line = line[at[1]:]
				continue
			}
			char, size := utf8.DecodeRuneInString(line)
			line = line[size:]
			fill(picture, x, 2*y, cell, char == '█' || char == '▀', ink, paper)
			fill(picture, x, 2*y+1, cell, char == '█' || char == '▄', ink, paper)
			x++
		}
	}
	return picture
}

// colors are those after an escape sequence. One that is not known changes
// nothing.
func colors(sequence string, background Background, ink, paper color.Gray) (color.Gray, color.Gray) {
	switch sequence {
	case "\x1b[0m", "\x1b[m":
		return background.ink(), color.Gray(background)
	case "\x1b[40;97m":
		return color.Gray{Y: 0xff}, color.Gray{}
	}
	return ink, paper
}

func fill(picture *image.Gray, x, y, cell int, set bool, ink, paper color.Gray) {
	if set {
		paper = ink
	}
	for i := range cell * cell {
		picture.SetGray(x*cell+i%cell, y*cell+i/cell, paper)
	}
}
