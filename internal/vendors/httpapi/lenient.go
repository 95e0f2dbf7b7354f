package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Text takes a JSON string, number or boolean; null is empty.
type Text string

// UnmarshalJSON implements the leniency.
func (t *Text) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	switch {
	case bytes.Equal(raw, []byte("null")):
		*t = ""
		return nil
	case len(raw) > 0 && raw[0] == '"':
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		*t = Text(text)
		return nil
	case len(raw) == 0 || raw[0] == '{' || raw[0] == '[':
		return &json.UnmarshalTypeError{Value: "object or array"}
	}
	*t = Text(raw)
	return nil
}

// Int takes a JSON integer, also in quotes or with a zero fraction.
type Int int64

// UnmarshalJSON implements the leniency.
func (i *Int) UnmarshalJSON(raw []byte) error {
	var decimal Decimal
	if err := decimal.UnmarshalJSON(raw); err != nil {
		return err
	}
	whole, fraction, _ := strings.Cut(string(decimal), ".")
	number, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(fraction, "0") != "" {
		return &json.UnmarshalTypeError{Value: "text that is no integer"}
	}
	*i = Int(number)
	return nil
}

// Decimal is a number as its exact decimal text, never rounded, in one spelling:
// 996 for 996.0 and 0 for -0.00, so that how a vendor formats it is no drift.
// Empty where the vendor sends null. It takes a JSON number, also in quotes.
type Decimal string

var decimalForm = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?$`)

// UnmarshalJSON implements the leniency.
func (d *Decimal) UnmarshalJSON(raw []byte) error {
	var text Text
	if err := text.UnmarshalJSON(raw); err != nil {
		return err
	}
	number := strings.TrimSpace(string(text))
	if number == "" || decimalForm.MatchString(number) {
		*d = Decimal(SpellDecimal(number))
		return nil
	}
	exponent, ok := expand(number)
	if !ok {
		return &json.UnmarshalTypeError{Value: "text that is no number"}
	}
	*d = Decimal(exponent)
	return nil
}

// SpellDecimal is the one spelling of a decimal number: no zeros in front or at
// the end, no bare point, no negative zero. What is no decimal number stays.
func SpellDecimal(number string) string {
	if !decimalForm.MatchString(number) {
		return number
	}
	digits, negative := strings.CutPrefix(number, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative && whole != "0" {
		return "-" + whole
	}
	return whole
}

// expand writes a number with an exponent as a plain decimal.
func expand(number string) (string, bool) {
	mantissa, exponent, found := strings.Cut(strings.ToLower(number), "e")
	power, err := strconv.Atoi(exponent)
	if !found || err != nil || power < -20 || power > 20 || !decimalForm.MatchString(mantissa) {
		return "", false
	}
	value, ok := new(big.Rat).SetString(number)
	if !ok {
		return "", false
	}
	text := value.FloatString(50)
	return SpellDecimal(strings.TrimRight(text, "0") + "0"), true
}

// Bool takes a JSON boolean, 0 or 1, also in quotes; null is false.
type Bool bool

// UnmarshalJSON implements the leniency.
func (b *Bool) UnmarshalJSON(raw []byte) error {
	var text Text
	if err := text.UnmarshalJSON(raw); err != nil {
		return err
	}
	switch strings.ToLower(string(text)) {
	case "true", "1":
		*b = true
	case "false", "0", "":
		*b = false
	default:
		return &json.UnmarshalTypeError{Value: "text that is no boolean"}
	}
	return nil
}

// Time is a moment as the vendor wrote it. An answer to a send must not fail
// because of how a date looks, so a form that is not known leaves Time zero
// and keeps Text.
type Time struct {
	time.Time        // UTC; zero where Text is not understood
	Text      string // as received
}

// UnmarshalJSON takes RFC 3339, the same without a zone, which is UTC, and a
// number as UnixTime does.
func (t *Time) UnmarshalJSON(raw []byte) error {
	var text Text
	if err := text.UnmarshalJSON(raw); err != nil {
		return err
	}
	*t = Time{Text: string(text)}
	if number, err := strconv.ParseInt(t.Text, 10, 64); err == nil {
		t.Time = UnixTime(number)
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime} {
		if moment, err := time.Parse(layout, t.Text); err == nil {
			t.Time = moment.UTC()
			break
		}
	}
	return nil
}

// UnixTime is a moment as seconds or, where it would otherwise be after the year
// 5000, as milliseconds since 1970, up to the year 2286. It is zero for what is no moment.
func UnixTime(number int64) time.Time {
	const farSeconds, farMilliseconds = 100_000_000_000, 10_000_000_000_000
	switch {
	case number <= 0 || number >= farMilliseconds:
		return time.Time{}
	case number >= farSeconds:
		return time.UnixMilli(number).UTC()
	}
	return time.Unix(number, 0).UTC()
}

// String is the moment in RFC 3339 and UTC, or the vendor's text.
func (t Time) String() string {
	if t.IsZero() {
		return t.Text
	}
	return t.Format(time.RFC3339)
}

// MarshalJSON writes what String says.
func (t Time) MarshalJSON() ([]byte, error) {
	raw, err := json.Marshal(t.String())
	if err != nil {
		return nil, fmt.Errorf("time: %w", err)
	}
	return raw, nil
}
