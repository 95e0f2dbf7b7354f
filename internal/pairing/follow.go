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
	w.picture, w.blind, w.blindness = nil, 0, nil
	if code, ok := w.read(ctx); ok {
		w.picture = &code
	}
}

// follow shows a code that has taken the place of the one that is shown.
func (w *wait) follow(ctx context.Context) error {
	if w.unique != "" {
		return nil
	}
	code, ok := w.read(ctx)
	if !ok || w.picture != nil && w.picture.equal(code) {
		return nil
	}
	w.picture = &code
	return w.show(code)
}

// read reads the vendor's picture. It does without where that keeps failing:
// then a code is replaced only when its token expires.
func (w *wait) read(ctx context.Context) (Code, bool) {
	if w.token() == "" || w.blind >= maxFaults {
		return Code{}, false
	}
	var code Code
	image, err := w.client.QRCode(ctx, w.token())
	if httpapi.IsKind(err, httpapi.NotFound) {
		return Code{}, false // it was scanned or has expired, as the next look will tell
	}
	if err == nil {
		code, err = readPicture(image.Data)
	}
	if err != nil {
		w.blind, w.blindness = w.blind+1, err
		return Code{}, false
	}
	w.blind, w.blindness = 0, nil
	return code, true
}
