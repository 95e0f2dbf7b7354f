package pairing

import (
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// The vendor's picture is where it shows a code that it has replaced under the
// same token.

// watch takes the picture of a new code, to compare later ones with. What is
// shown first is drawn from the pairing string, which is documented better.
func (w *wait) watch(ctx context.Context) {
	if drawn, ok := w.read(ctx); ok {
		w.code.picture = &drawn
	}
}

// follow shows a code that has taken the place of the one that is shown.
func (w *wait) follow(ctx context.Context) error {
	drawn, ok := w.read(ctx)
	if !ok || w.code.picture != nil && w.code.picture.equal(drawn) {
		return nil
	}
	w.code.picture = &drawn
	return w.show(drawn)
}

// read reads the vendor's picture. It does without where that keeps failing:
// then a code is replaced only when its token expires.
func (w *wait) read(ctx context.Context) (Code, bool) {
	if w.phase != showing || w.code.token == "" || w.code.blind >= maxFaults {
		return Code{}, false
	}
	var drawn Code
	image, err := w.client.QRCode(ctx, w.code.token)
	if httpapi.IsKind(err, httpapi.NotFound) {
		return Code{}, false // it was scanned or has expired, as the next look will tell
	}
	if err == nil {
		drawn, err = readPicture(image.Data)
	}
	if err != nil {
		w.code.blind, w.code.blindness = w.code.blind+1, err
		return Code{}, false
	}
	w.code.blind, w.code.blindness = 0, nil
	return drawn, true
}
