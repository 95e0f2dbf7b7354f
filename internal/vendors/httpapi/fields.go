package httpapi

import (
	"strconv"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Fields are the fields of a request by the names that the vendor has for them:
// strings, int64, booleans and []string, and in a document also a placeholder
// in place of a number.
type Fields map[string]any

// WithText adds a text unless it is empty.
func (f Fields) WithText(name, value string) Fields {
	if value != "" {
		f[name] = value
	}
	return f
}

// WithNumber adds a number unless it is zero.
func (f Fields) WithNumber(name string, value int64) Fields {
	if value != 0 {
		f[name] = value
	}
	return f
}

// spelled are the fields as they travel in an encoding: JSON keeps numbers and
// booleans, in the others they are text. What cannot be text stays as it is.
func (f Fields) spelled(encoding otp.Encoding) Fields {
	if f == nil {
		return Fields{}
	}
	if encoding == otp.JSON {
		return f
	}
	for name, value := range f {
		if text, ok := plain(value); ok {
			f[name] = text
		}
	}
	return f
}

// plain is a single value as text, for the encodings that know only text.
func plain(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case bool:
		return strconv.FormatBool(value), true
	case int64:
		return strconv.FormatInt(value, 10), true
	}
	return "", false
}
