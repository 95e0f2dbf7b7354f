package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 1 << 20

var errTooLarge = errors.New("the answer is larger than 1 MiB")

// Answer is a complete answer of a vendor.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte // at most 1 MiB; JSON without a byte order mark and space around it
	tries  int
}

func newAnswer(response *http.Response, tries int) (*Answer, error) {
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if err := response.Body.Close(); err != nil {
		return nil, err
	}
	// A byte order mark and space are no part of JSON; of a picture they may be.
	if bare := bytes.TrimFunc(body, func(r rune) bool { return r == '\ufeff' || unicode.IsSpace(r) }); json.Valid(bare) {
		body = bare
	}
	return &Answer{Status: response.StatusCode, Header: response.Header, Body: body, tries: tries}, nil
}

// buffer reads the whole body into memory, within the limit, so that an answer
// that breaks off half-way counts as a failed try.
func buffer(response *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if closing := response.Body.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	if len(body) > maxAnswer {
		return errTooLarge
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// IsJSON reports whether the body is JSON, whatever its Content-Type says: a page
// of PHP may call everything text/html.
func (a *Answer) IsJSON() bool { return a.notJSON() == "" }

// Parse decodes the body for a classifier: it returns false where the body is
// no JSON or of another shape.
func (a *Answer) Parse(out any) bool {
	return a.IsJSON() && json.Unmarshal(cleanJSON(a.Body), out) == nil
}

// Text is the body where it is no JSON: the page of a proxy, for quoting. The
// body of a JSON answer is not returned, because it may hold codes.
func (a *Answer) Text() string {
	if json.Valid(a.Body) {
		return ""
	}
	return string(a.Body)
}

// decode reads the body into out. The error continues "HTTP 200, ".
func (a *Answer) decode(out any) error {
	if reason := a.notJSON(); reason != "" {
		return errors.New(reason)
	}
	if err := json.Unmarshal(cleanJSON(a.Body), out); err != nil {
		var mismatch *json.UnmarshalTypeError
		if errors.As(err, &mismatch) && mismatch.Field != "" {
			return fmt.Errorf("the field %s of the answer has an unexpected type", mismatch.Field)
		}
		return errors.New("the answer has an unexpected shape")
	}
	return nil
}

func (a *Answer) notJSON() string {
	if json.Valid(a.Body) {
		return ""
	}
	declared := a.Header.Get("Content-Type")
	media, _, err := mime.ParseMediaType(declared)
	switch {
	case len(bytes.TrimSpace(a.Body)) == 0:
		return "the answer is empty"
	case a.preceded():
		return "the answer has something in front of its JSON, such as a notice of the vendor's own program"
	case declared != "" && (err != nil || !jsonType(media)):
		return fmt.Sprintf("the answer is not JSON but %q", clip(otp.Shown(declared), 60))
	}
	return "the answer is broken JSON, perhaps cut off"
}

// preceded reports whether JSON ends the body and is not all of it.
func (a *Answer) preceded() bool {
	const most = 100 // of the places where it might begin
	if bytes.HasPrefix(a.Body, []byte("{")) || bytes.HasPrefix(a.Body, []byte("[")) {
		return false
	}
	for at, tries := 0, 0; tries < most; tries++ {
		next := bytes.IndexAny(a.Body[at:], "{[")
		if next < 0 {
			return false
		}
		if at += next; json.Valid(a.Body[at:]) {
			return true
		}
		at++
	}
	return false
}

func jsonType(media string) bool {
	return media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json")
}
