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

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 1 << 20

var errTooLarge = errors.New("the answer is larger than 1 MiB")

// Answer is a complete answer of a vendor.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte // at most 1 MiB, without a byte order mark
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
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
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

// IsJSON reports whether the body is JSON and does not claim to be something
// else. A missing Content-Type is taken for JSON.
func (a *Answer) IsJSON() bool { return a.notJSON() == "" }

// Parse decodes the body for a classifier: it returns false where the body is
// no JSON or of another shape.
func (a *Answer) Parse(out any) bool {
	return a.IsJSON() && json.Unmarshal(a.Body, out) == nil
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
	if err := json.Unmarshal(a.Body, out); err != nil {
		var mismatch *json.UnmarshalTypeError
		if errors.As(err, &mismatch) && mismatch.Field != "" {
			return fmt.Errorf("the field %s of the answer has an unexpected type", mismatch.Field)
		}
		return errors.New("the answer has an unexpected shape")
	}
	return nil
}

func (a *Answer) notJSON() string {
	if declared := a.Header.Get("Content-Type"); declared != "" {
		media, _, err := mime.ParseMediaType(declared)
		if err != nil || !jsonType(media) {
			return fmt.Sprintf("the answer is not JSON but %q", clip(otp.Shown(declared), 60))
		}
	}
	if len(bytes.TrimSpace(a.Body)) == 0 {
		return "the answer is empty"
	}
	if !json.Valid(a.Body) {
		return "the answer is broken JSON, perhaps cut off"
	}
	return ""
}

func jsonType(media string) bool {
	return media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json")
}
