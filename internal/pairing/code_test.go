package pairing_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mdp/qrterminal/v3"
	"rsc.io/qr"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// shown is a code that a link has shown, and what it has to say.
func shown(t *testing.T) (pairing.Code, string) {
	t.Helper()
	f := newFixture(t, androidapi.Settings{})
	f.During(1, f.scan(phone))
	var payload string
	_, err := f.link(t.Context(), pairing.Request{Phone: phone, Show: func(code pairing.Code) error {
		f.shown = append(f.shown, code)
		payload = androidapi.At(f.vendor).WhatsAppLinks()[0].QR
		return nil
	}})
	if err != nil || len(f.shown) != 1 {
		t.Fatal(err, len(f.shown))
	}
	return f.shown[0], payload
}

func TestACodeCanBeScannedFromItsPictureAndFromATerminal(t *testing.T) {
	t.Parallel()
	code, payload := shown(t)
	if got := seen(t, decoded(t, code.PNG())); got != payload {
		t.Errorf("the picture says %q, want %q", got, payload)
	}
	for _, text := range []string{code.Text(), code.Colored()} {
		if got := qrtest.Read(text, qrtest.Dark); !slices.Equal(got, []string{payload}) {
			t.Errorf("a dark terminal says %q, want %q", got, payload)
		}
	}
	if got := qrtest.Read(code.Colored(), qrtest.Light); !slices.Equal(got, []string{payload}) {
		t.Errorf("a light terminal says %q, want %q", got, payload)
	}
	if got := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(code.Colored(), ""); got != code.Text() {
		t.Errorf("without its colors the code is %q", got)
	}
	// Another drawing of the same text, but for its last line, where it takes
	// no care of the quiet zone.
	var drawn strings.Builder
	qrterminal.GenerateHalfBlock(payload, qr.L, &drawn)
	want, got := strings.Split(drawn.String(), "\n"), strings.Split(code.Text(), "\n")
	for i := range got[:len(got)-3] {
		if got[i] != want[i] {
			t.Errorf("line %d is %q, want %q", i, got[i], want[i])
		}
	}
}

func TestPrintingACodeShowsNothing(t *testing.T) {
	t.Parallel()
	code, _ := shown(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, code); got != "QR code" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}

func TestAFileHoldsTheCodeForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	code, payload := shown(t)
	file := pairing.File{Path: filepath.Join(t.TempDir(), "qr.png")}
	for range 2 { // it replaces what it has written itself
		if err := file.Show(code); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	if got := qrtest.Scan(decoded(t, content)); got != payload {
		t.Errorf("the file says %q, want %q", got, payload)
	}
	info, err := os.Stat(file.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %s", err, info.Mode())
	}
	for range 2 { // that it is gone already is no error
		if err := file.Remove(); err != nil {
			t.Error(err)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(file.Path)); err != nil || len(left) != 0 {
		t.Errorf("%v, %v are left", err, left)
	}
}

func TestAFileThatIsNoCodeIsLeftAlone(t *testing.T) {
	t.Parallel()
	code, _ := shown(t)
	folder := t.TempDir()
	mine := filepath.Join(folder, "main.tf")
	if err := os.WriteFile(mine, []byte("# mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		mine:   "was not overwritten",
		folder: "was not overwritten",
		filepath.Join(folder, "nowhere", "qr.png"): "in a folder that exists",
	} {
		file := pairing.File{Path: path}
		if err := file.Show(code); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
		if err := file.Remove(); err != nil {
			t.Error(err)
		}
	}
	if content, err := os.ReadFile(mine); err != nil || !bytes.Equal(content, []byte("# mine\n")) {
		t.Errorf("%v, %q", err, content)
	}
	if _, err := os.Stat(filepath.Join(folder, "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder was made")
	}
}
