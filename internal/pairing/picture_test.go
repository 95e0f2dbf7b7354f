package pairing

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"rsc.io/qr"
)

// drawing is a code as vendors may draw it.
type drawing struct {
	text    string
	scale   int // pixels a module
	quiet   int // modules
	ink     color.Color
	paper   color.Color
	encoded func(*bytes.Buffer, image.Image) error
}

func (d drawing) draw(t *testing.T, code *qr.Code) image.Image {
	t.Helper()
	side := (code.Size + 2*d.quiet) * d.scale
	picture := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.Draw(picture, picture.Bounds(), image.NewUniform(d.paper), image.Point{}, draw.Src)
	for y := range code.Size * d.scale {
		for x := range code.Size * d.scale {
			if code.Black(x/d.scale, y/d.scale) {
				picture.Set(x+d.quiet*d.scale, y+d.quiet*d.scale, d.ink)
			}
		}
	}
	return picture
}

func asPNG(b *bytes.Buffer, i image.Image) error { return png.Encode(b, i) }
func asGIF(b *bytes.Buffer, i image.Image) error { return gif.Encode(b, i, nil) }
func asJPEG(b *bytes.Buffer, i image.Image) error {
	return jpeg.Encode(b, i, &jpeg.Options{Quality: 60})
}

func TestEveryPlainDrawingOfACodeIsRead(t *testing.T) {
	t.Parallel()
	long := "2@" + strings.Repeat("Ab1+/", 46)
	blue := color.NRGBA{B: 0x90, A: 0xff}
	for name, d := range map[string]drawing{
		"smallest":     {"HELLO", 8, 4, color.Black, color.White, asPNG},
		"usual":        {long, 8, 4, color.Black, color.White, asPNG},
		"largest":      {strings.Repeat("x", 2900), 3, 4, color.Black, color.White, asPNG},
		"tiny modules": {long, 1, 4, color.Black, color.White, asPNG},
		"no frame":     {long, 5, 0, color.Black, color.White, asPNG},
		"JPEG":         {long, 6, 4, color.Black, color.White, asJPEG},
		"GIF":          {long, 6, 4, color.Black, color.White, asGIF},
		"blue ink":     {long, 6, 4, blue, color.White, asPNG},
		"transparent":  {long, 6, 4, color.Black, color.Transparent, asPNG},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := qr.Encode(d.text, qr.L)
			if err != nil {
				t.Fatal(err)
			}
			var raw bytes.Buffer
			if err := d.encoded(&raw, d.draw(t, want)); err != nil {
				t.Fatal(err)
			}
			got, err := readPicture(raw.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if !got.equal(Code{want}) {
				t.Error("other modules were read")
			}
			other, err := qr.Encode(d.text[1:]+"?", qr.L)
			if err != nil {
				t.Fatal(err)
			}
			if got.equal(Code{other}) {
				t.Error("equals the code of another text")
			}
		})
	}
}

func TestWhatIsNoCodeIsNotRead(t *testing.T) {
	t.Parallel()
	code, err := qr.Encode("2@AAAA,BBBB,CCCC,DDDD", qr.L)
	if err != nil {
		t.Fatal(err)
	}
	encoded := func(i image.Image) []byte {
		var raw bytes.Buffer
		if err := png.Encode(&raw, i); err != nil {
			t.Fatal(err)
		}
		return raw.Bytes()
	}
	plain := drawing{"", 4, 4, color.Black, color.White, nil}.draw(t, code)
	turned := image.NewGray(plain.Bounds())
	for y := range plain.Bounds().Dy() {
		for x := range plain.Bounds().Dx() {
			turned.Set(plain.Bounds().Dx()-1-y, x, plain.At(x, y))
		}
	}
	whole := encoded(plain)
	for name, raw := range map[string][]byte{
		"nothing":         nil,
		"text":            []byte("<html></html>"),
		"half a picture":  whole[:len(whole)/2],
		"white paper":     encoded(drawing{"", 4, 4, color.White, color.White, nil}.draw(t, code)),
		"black paper":     encoded(image.NewGray(image.Rect(0, 0, 200, 200))),
		"turned":          encoded(turned),
		"huge by its own": append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff"), whole[24:]...),
	} {
		if _, err := readPicture(raw); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}
