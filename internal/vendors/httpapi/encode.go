package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// errRequest marks what the client found wrong before anything was sent.
var errRequest = errors.New("the request could not be made")

type encoded struct {
	query       string
	body        []byte // nil: none
	contentType string
}

// encode writes the fields as the endpoint takes them. Bodies are complete in
// memory, so that net/http sets Content-Length: AndroidAPI is known to refuse
// chunked multipart bodies (AndroidAPI reference §1.2).
func encode(e Endpoint, fields Fields) (encoded, error) {
	switch e.Encoding {
	case otp.JSON:
		return encodeJSON(e, fields)
	case otp.Query:
		values, err := textValues(fields)
		return encoded{query: values.Encode()}, err
	case otp.Form:
		values, err := textValues(fields)
		return encoded{body: []byte(values.Encode()), contentType: "application/x-www-form-urlencoded"}, err
	case otp.Multipart:
		return encodeMultipart(fields)
	}
	return encoded{}, fmt.Errorf("%w: %q is no encoding", errRequest, e.Encoding)
}

func encodeJSON(e Endpoint, fields Fields) (encoded, error) {
	if len(fields) == 0 && e.Method == http.MethodGet {
		return encoded{}, nil
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(fields); err != nil {
		return encoded{}, fmt.Errorf("%w: %w", errRequest, err)
	}
	return encoded{body: bytes.TrimRight(body.Bytes(), "\n"), contentType: "application/json"}, nil
}

func encodeMultipart(fields Fields) (encoded, error) {
	values, err := textValues(fields)
	if err != nil {
		return encoded{}, err
	}
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			if err := writer.WriteField(name, value); err != nil {
				return encoded{}, fmt.Errorf("%w: %w", errRequest, err)
			}
		}
	}
	if err := writer.Close(); err != nil {
		return encoded{}, fmt.Errorf("%w: %w", errRequest, err)
	}
	return encoded{body: body.Bytes(), contentType: writer.FormDataContentType()}, nil
}

// textValues are the fields as text; a list becomes a repeated field.
func textValues(fields Fields) (url.Values, error) {
	values := url.Values{}
	for name, value := range fields {
		if list, ok := value.([]string); ok {
			values[name] = list
			continue
		}
		text, ok := plain(value)
		if !ok {
			return nil, fmt.Errorf("%w: the field %s cannot be written as text", errRequest, name)
		}
		values.Set(name, text)
	}
	return values, nil
}
