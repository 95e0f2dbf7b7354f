package emulate

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// Answer is what goes back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// JSON is an answer with a JSON body.
func JSON(status int, value any) Answer {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return OwnFault(err)
	}
	return Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: bytes.TrimRight(body.Bytes(), "\n")}
}

// OwnFault is the answer when the sandbox itself is at fault. No vendor answers
// like this, so that it is not mistaken for one.
func OwnFault(err error) Answer {
	return Answer{
		Status: http.StatusInternalServerError,
		Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "X-Sandbox-Error": {"true"}},
		Body:   []byte("The sandbox itself failed: " + err.Error() + "\n"),
	}
}

// Timestamp writes a time as the vendors do: UTC, whole seconds.
func Timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
