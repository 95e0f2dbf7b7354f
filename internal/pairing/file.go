package pairing

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File shows a code as a PNG picture in a file, which only its owner may read:
// whoever sees the code can link their own WhatsApp.
type File struct{ Path string }

// FileError says why a file cannot show a code.
type FileError struct {
	Path  string
	text  string
	cause error
}

// Error says what to do.
func (e *FileError) Error() string { return e.text }

// Unwrap is the system's error.
func (e *FileError) Unwrap() error { return e.cause }

// failed fills a sentence with the path and the system's reason.
func (f File) failed(sentence string, err error) error {
	return &FileError{f.Path, fmt.Sprintf(sentence, f.Path, bare(err)), err}
}

// CheckWritable says before anybody is asked for a code whether Show will be able to
// write it: what is there already is no other file, and the folder takes one.
func (f File) CheckWritable() error {
	if err := f.checkNotTaken(); err != nil {
		return err
	}
	probe, err := f.temporary()
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return f.failed(unwritable, err)
	}
	return nil
}

const unwritable = "The QR code could not be written to %s: %s. Choose a path in a folder that exists and can be written."

// Show writes the code. Viewers never see half a picture: the file is replaced
// as a whole. A file that is there and holds no such code is left alone.
func (f File) Show(code Code) error {
	if err := f.checkNotTaken(); err != nil {
		return err
	}
	if err := f.replace(code.PNG()); err != nil {
		return f.failed(unwritable, err)
	}
	return nil
}

// Remove removes the code. That there is none is no error.
func (f File) Remove() error {
	switch ours, err := f.ours(); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && !ours:
		return nil // somebody has put something else there meanwhile
	}
	if err := os.Remove(f.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.failed("The QR code could not be removed from %s: %s. Nobody waits for its scan any more; delete the file.", err)
	}
	return nil
}

// checkNotTaken reports something else in the place of the code.
func (f File) checkNotTaken() error {
	switch ours, err := f.ours(); {
	case errors.Is(err, fs.ErrNotExist), err == nil && ours:
		return nil
	case err != nil:
		return f.failed("The file %s, which is to show the QR code, could not be read: %s. Choose another path.", err)
	}
	return &FileError{f.Path, f.Path + " is there already and is no QR code that was left behind, so it was not overwritten. Choose another path for the QR code, or move the file away.", nil}
}

// ours reports whether the file is a picture that Show has made. The encoder
// signs its pictures.
func (f File) ours() (bool, error) {
	info, err := os.Lstat(f.Path)
	if err != nil {
		return false, err
	}
	const largest = 1 << 20 // of a picture, by far
	if !info.Mode().IsRegular() || info.Size() > largest {
		return false, nil
	}
	content, err := os.ReadFile(f.Path)
	if err != nil {
		return false, err
	}
	return bytes.HasPrefix(content, []byte("\x89PNG")) && bytes.Contains(content, []byte("QR-PNG")), nil
}

// temporary is a file beside the one that is shown, for its owner alone.
func (f File) temporary() (*os.File, error) {
	return os.CreateTemp(filepath.Dir(f.Path), ".otp-qr-*.png") // mode 0600
}

func (f File) replace(content []byte) error {
	temporary, err := f.temporary()
	if err != nil {
		return err
	}
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), f.Path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}

// bare is the system's reason without the path, which may be a temporary one.
func bare(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
