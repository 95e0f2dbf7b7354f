package way2api

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever the value is, only 4 to 8 ASCII digits get through.
func TestWay2APIValue(t *testing.T) {
	t.Parallel()
	w := &Emulator{}
	rapid.Check(t, func(t *rapid.T) {
		body := map[string]any{"value": "5289", "number": "919876543210", "content": "OTP", "purpose": "login", "share_with": "no_one"}
		value := rapid.OneOf(rapid.StringMatching(`[0-9]{0,10}`), rapid.String()).Draw(t, "value")
		body["value"] = value
		_, problem := w.readSend(body)
		valid := len(value) >= 4 && len(value) <= 8 && strings.Trim(value, "0123456789") == ""
		if (problem == "") != valid {
			t.Fatalf("%q: %q", value, problem)
		}
	})
}
