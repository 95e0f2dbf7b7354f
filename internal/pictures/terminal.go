//go:build unix

package main

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/browser"
)

// largest is how large a picture may be, in bytes: people load a README on
// phones.
const largest = 150_000

const page = `<!doctype html><meta charset="utf-8"><title>terminal</title><style>
body { margin: 0; background: #0f141b; color: #d7dee8; }
pre { margin: 0; padding: 22px 26px; width: max-content; min-width: 640px; font: 15px/1.36 "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace; }
.prompt { color: #7d8996; } .c1 { font-weight: 700; color: #fff; } .c4 { text-decoration: underline; }
.c31 { color: #ff7b72; } .c32 { color: #6fce80; } .c33 { color: #e3b341; } .c34 { color: #79b8ff; } .c35 { color: #d2a8ff; } .c36 { color: #76d9e6; } .c90 { color: #8390a0; }
</style><pre><span class="prompt">$</span> `

var escape = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// markup is what a terminal would show, as HTML.
func markup(text string) string {
	var out strings.Builder
	open := 0
	last := 0
	for _, at := range escape.FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(html.EscapeString(text[last:at[0]]))
		last = at[1]
		for code := range strings.SplitSeq(text[at[2]:at[3]], ";") {
			if code == "0" || code == "" {
				out.WriteString(strings.Repeat("</span>", open))
				open = 0
				continue
			}
			out.WriteString(`<span class="c` + code + `">`)
			open++
		}
	}
	return out.String() + html.EscapeString(text[last:]) + strings.Repeat("</span>", open)
}

// terminal is the picture of a command and what it printed.
func (s *studio) terminal(name, command, printed string) error {
	if strings.Contains(printed, s.folder) {
		return fmt.Errorf("a folder of this machine is in\n%s", printed)
	}
	content := page + html.EscapeString(command) + "\n" + markup(strings.TrimRight(printed, "\n")) + "</pre>"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(content)) // whoever does not take it, takes no picture
	}))
	defer server.Close()
	p, err := s.browser.Page(browser.Look{Width: 1200, Height: 100}, server.URL)
	if err != nil {
		return err
	}
	var size struct{ Width, Height float64 }
	if err := p.Script(`(({ width, height }) => ({ width, height }))(document.querySelector("pre").getBoundingClientRect())`, &size); err != nil {
		return err
	}
	// Two pixels for one, so that letters are sharp on every screen.
	if err := p.Look(browser.Look{Width: int64(size.Width + 1), Height: int64(size.Height + 1), Scale: 2}); err != nil {
		return err
	}
	picture, err := p.Picture()
	if err != nil {
		return err
	}
	if err := p.Close(); err != nil {
		return err
	}
	return s.keep(name, picture)
}

// keep writes a picture, as small as it gets without a loss that is seen.
func (s *studio) keep(name string, picture []byte) error {
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return err
	}
	var small bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&small, withPalette(decoded)); err != nil {
		return err
	}
	if small.Len() > largest {
		return fmt.Errorf("the picture %s has %d bytes, more than %d", name, small.Len(), largest)
	}
	path := filepath.Join(s.out, name+".png")
	fmt.Printf("%s: %d x %d, %d bytes\n", path, decoded.Bounds().Dx(), decoded.Bounds().Dy(), small.Len())
	return os.WriteFile(path, small.Bytes(), 0o644)
}

// withPalette is a picture of 256 colours: the most frequent ones, each other
// one by the nearest of them.
func withPalette(picture image.Image) image.Image {
	bounds := picture.Bounds()
	count := map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[rgba(picture.At(x, y))]++
		}
	}
	palette := frequent(count)
	nearest := map[color.RGBA]uint8{}
	out := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			at := rgba(picture.At(x, y))
			index, known := nearest[at]
			if !known {
				index = uint8(palette.Index(at))
				nearest[at] = index
			}
			out.SetColorIndex(x, y, index)
		}
	}
	return out
}
