package pairing

import (
	"bytes"
	"image"
	_ "image/gif"  // the vendor does not say what its pictures are
	_ "image/jpeg" // …
	_ "image/png"  // … (AndroidAPI reference §3.3)

	"rsc.io/qr"
)

// maxPixels bounds a picture: what is larger is no QR code for a screen.
const maxPixels = 2048 * 2048

const errPicture = sentence("AndroidAPI's picture of the QR code is none that could be read.")

// readPicture reads the modules back from the vendor's picture of a code. It is
// the only place where the vendor shows a code that it has replaced under the
// same token. Only a plain, upright drawing is understood.
func readPicture(raw []byte) (Code, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height {
		return Code{}, errPicture
	}
	picture, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return Code{}, errPicture
	}
	box := darkBox(picture)
	const smallest, largest, step = 21, 177, 4 // modules of the versions 1 to 40
	for size := smallest; size <= min(largest, box.Dx(), box.Dy()); size += step {
		if code := sample(picture, box, size); isCode(code) {
			return Code{code}, nil
		}
	}
	return Code{}, errPicture
}

// dark reports whether a pixel is, on white paper.
func dark(picture image.Image, x, y int) bool {
	r, g, b, a := picture.At(x, y).RGBA() // premultiplied by a
	const white = 0xffff
	return (r+g+b)/3+(white-a) < white/2
}

// darkBox is the smallest rectangle around all dark pixels: the code without
// its quiet zone.
func darkBox(picture image.Image) image.Rectangle {
	var box image.Rectangle
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if dark(picture, x, y) {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

// sample takes the pixel in the middle of each module.
func sample(picture image.Image, box image.Rectangle, size int) *qr.Code {
	const bits, scale = 8, 8
	code := &qr.Code{Size: size, Stride: (size + bits - 1) / bits, Scale: scale}
	code.Bitmap = make([]byte, code.Stride*size)
	for y := range size {
		for x := range size {
			at := box.Min.Add(image.Pt((2*x+1)*box.Dx()/(2*size), (2*y+1)*box.Dy()/(2*size)))
			if dark(picture, at.X, at.Y) {
				code.Bitmap[y*code.Stride+x/bits] |= 1 << (bits - 1 - x%bits)
			}
		}
	}
	return code
}

// isCode looks for what every code has: a finder in three corners, and the
// timing lines between them. Samples of another size than the code's lack them.
func isCode(code *qr.Code) bool {
	const finder = 7
	far := code.Size - finder
	for y := range finder {
		for x := range finder {
			ring := max(abs(x-finder/2), abs(y-finder/2)) // distance from the middle
			for _, corner := range []image.Point{{0, 0}, {far, 0}, {0, far}} {
				if code.Black(corner.X+x, corner.Y+y) != (ring != 2) {
					return false
				}
			}
		}
	}
	for i := finder + 1; i < far-1; i++ {
		if code.Black(i, finder-1) != (i%2 == 0) || code.Black(finder-1, i) != (i%2 == 0) {
			return false
		}
	}
	return true
}

func abs(n int) int { return max(n, -n) }
