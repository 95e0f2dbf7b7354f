package androidapi

import (
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Moment is a time that the vendor writes as Unix seconds (AndroidAPI reference
// §1.6), in UTC. It is zero where the vendor sends none or one that is not
// understood: a list must not fail because of how a date looks.
type Moment struct{ time.Time }

// UnmarshalJSON takes seconds or milliseconds as a number or in quotes, and the text forms that
// httpapi.Time takes.
func (m *Moment) UnmarshalJSON(raw []byte) error {
	var seconds httpapi.Int
	if seconds.UnmarshalJSON(raw) == nil {
		*m = Moment{httpapi.UnixTime(int64(seconds))}
		return nil
	}
	var text httpapi.Time
	if err := text.UnmarshalJSON(raw); err != nil {
		return err
	}
	*m = Moment{Time: text.Time}
	return nil
}
