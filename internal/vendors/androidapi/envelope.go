package androidapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// success is the body status of an answer that is no error (AndroidAPI
// reference §1.3).
const success = 200

// envelope is around every answer but an image. Its status is the verdict; the
// HTTP status only says that the gateway answered (AndroidAPI reference §1.4).
type envelope struct {
	Status  *httpapi.Int    `json:"status"`
	Message httpapi.Text    `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// empty reports data that hold nothing: false on errors and on successes with
// nothing to return, and [] for an empty map (AndroidAPI reference §1.3).
func (e envelope) empty() bool { return hollow(e.Data) }

// is reports whether the body status is the given one.
func (e envelope) is(status httpapi.Int) bool { return e.Status != nil && *e.Status == status }

// holds decodes the data, and reports whether they have the shape of out.
func (e envelope) holds(out any) bool { return json.Unmarshal(e.Data, out) == nil }

func hollow(raw json.RawMessage) bool {
	switch string(bytes.Join(bytes.Fields(raw), nil)) {
	case "", "false", "null", "[]", "{}", `""`:
		return true
	}
	return false
}

// fetch makes a call and decodes its data into out. It returns false where the
// data hold nothing; out is then as it was.
func (c *Client) fetch(ctx context.Context, call httpapi.Call, out any) (bool, *httpapi.Answer, error) {
	var body envelope
	answer, err := c.http.Do(ctx, call, &body)
	if err != nil {
		return false, nil, err
	}
	if body.Status == nil {
		return false, nil, c.http.Unexpected(call, answer, "the answer has no status")
	}
	if body.empty() || out == nil {
		return false, answer, nil
	}
	if err := json.Unmarshal(body.Data, out); err != nil {
		return false, nil, c.http.Unexpected(call, answer, shape(err))
	}
	return true, answer, nil
}

// need is fetch for an answer that must hold data.
func (c *Client) need(ctx context.Context, call httpapi.Call, out any) (*httpapi.Answer, error) {
	found, answer, err := c.fetch(ctx, call, out)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, c.http.Unexpected(call, answer, "the answer has no data")
	}
	return answer, nil
}

// shape says what is wrong with the data without quoting them.
func shape(err error) string {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) && mismatch.Field != "" {
		return "the field data." + mismatch.Field + " of the answer has an unexpected type"
	}
	return "the data of the answer have an unexpected shape"
}

// one is an object, or a list that holds only it: documents disagree which of
// them a single message is (AndroidAPI reference §9.4).
type one[T any] struct{ value T }

// UnmarshalJSON implements the leniency. The list may be one that PHP writes as
// an object.
func (o *one[T]) UnmarshalJSON(raw []byte) error {
	var list httpapi.List[T]
	if list.UnmarshalJSON(raw) != nil {
		return json.Unmarshal(raw, &o.value)
	}
	if len(list) != 1 {
		return &json.UnmarshalTypeError{Value: "list of more than one"}
	}
	o.value = list[0]
	return nil
}

// rows is a list that may also be false, and one that PHP writes as an object.
type rows[T any] []T

// UnmarshalJSON implements the leniency.
func (r *rows[T]) UnmarshalJSON(raw []byte) error {
	var list httpapi.List[T]
	if !hollow(raw) {
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
	}
	*r = rows[T](list)
	return nil
}

// noRows reports whether an answer says that a list is empty: by an empty list,
// by false, or by the body status 404 (AndroidAPI reference §1.3, §1.4). An
// answer without data says nothing, and nothing may be taken for gone by it.
func (e envelope) noRows() bool {
	data := string(bytes.Join(bytes.Fields(e.Data), nil))
	return data == "[]" || data == "false" || e.is(http.StatusNotFound) && e.empty()
}

// list makes a call and decodes its data, which are a list.
func list[T any](ctx context.Context, c *Client, call httpapi.Call) ([]T, *httpapi.Answer, error) {
	var body envelope
	answer, err := c.http.Do(ctx, call, &body)
	switch {
	case err != nil:
		return nil, nil, err
	case body.Status == nil:
		return nil, nil, c.http.Unexpected(call, answer, "the answer has no status")
	case body.noRows():
		return nil, answer, nil
	case body.empty():
		return nil, nil, c.http.Unexpected(call, answer, "the answer has no list, not even an empty one")
	}
	var found rows[T]
	if err := json.Unmarshal(body.Data, &found); err != nil {
		return nil, nil, c.http.Unexpected(call, answer, shape(err))
	}
	return found, answer, nil
}

// Text is a text that the vendor may write as a number, or as false where there
// is none (AndroidAPI reference §1.6).
type Text string

// UnmarshalJSON implements the leniency.
func (t *Text) UnmarshalJSON(raw []byte) error {
	*t = ""
	if string(bytes.TrimSpace(raw)) == "false" {
		return nil
	}
	var text httpapi.Text
	if err := text.UnmarshalJSON(raw); err != nil {
		return err
	}
	*t = Text(text)
	return nil
}

// Secret is a value that prints as a mask; Reveal shows it. The vendor may write
// it as Text.
type Secret struct{ httpapi.Secret }

// NewSecret hides a value.
func NewSecret(value string) Secret { return Secret{httpapi.NewSecret(value)} }

// UnmarshalJSON implements the leniency.
func (s *Secret) UnmarshalJSON(raw []byte) error {
	var text Text
	if err := text.UnmarshalJSON(raw); err != nil {
		return err
	}
	*s = NewSecret(string(text))
	return nil
}

// Texts is a list of texts that may also be false.
type Texts []Text

// UnmarshalJSON implements the leniency.
func (t *Texts) UnmarshalJSON(raw []byte) error {
	var list rows[Text]
	if err := list.UnmarshalJSON(raw); err != nil {
		return err
	}
	*t = Texts(list)
	return nil
}

// table is a map that PHP may write as [] when it is empty.
type table[T any] map[string]T

// UnmarshalJSON implements the leniency.
func (t *table[T]) UnmarshalJSON(raw []byte) error {
	var members map[string]T
	if !hollow(raw) {
		if err := json.Unmarshal(raw, &members); err != nil {
			return err
		}
	}
	*t = members
	return nil
}
