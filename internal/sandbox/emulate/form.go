package emulate

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
)

// ErrBodyKind is a body that is no form.
var ErrBodyKind = errors.New("the body is neither urlencoded nor multipart")

// FormBody is a urlencoded or multipart body; no body is an empty one. With an
// error it holds what could be read.
func FormBody(contentType string, body []byte) (url.Values, error) {
	if len(body) == 0 {
		return nil, nil
	}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, ErrBodyKind
	}
	switch media {
	case "application/x-www-form-urlencoded":
		return url.ParseQuery(string(body))
	case "multipart/form-data":
		form := url.Values{}
		for reader := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
			part, err := reader.NextPart()
			if errors.Is(err, io.EOF) {
				return form, nil
			}
			if err != nil {
				return form, err
			}
			value, err := io.ReadAll(part)
			form.Add(part.FormName(), string(value))
			if err != nil {
				return form, err
			}
		}
	}
	return nil, ErrBodyKind
}
