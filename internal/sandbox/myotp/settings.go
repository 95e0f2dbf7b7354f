package myotp

import (
	"fmt"
	"slices"
)

// Settings choose a reading where MyOTP's documents disagree
// (MyOTP reference §12). The zero value is the newer reading.
type Settings struct {
	// PaymentRequired answers 402 to an empty balance, as the published page
	// and the OpenAPI file say. False: 403, as it is in practice.
	PaymentRequired bool `json:"payment_required"`
	// Ranges are those of codes, validity and extension of an SMS: RangesUnion
	// (the default), RangesSeed or RangesOpenAPI.
	Ranges string `json:"ranges"`
	// GatePresence refuses the gated fields to a plan without them whatever their
	// value is. False: a value that equals the documented default is taken. Which
	// of the two the vendor does is not documented.
	GatePresence bool `json:"gate_presence"`
	// Plan is the plan of a new account: PlanStarter, PlanBusiness or
	// PlanEnterprise (the default).
	Plan string `json:"plan"`
	// PerMinute is how many requests an address may make in any 60 seconds before
	// it is answered 429. 0: as many as one likes. The vendor says 100.
	PerMinute int `json:"per_minute"`
	// PendingSeconds is how long a message is under way before it is delivered. 0
	// means 5 seconds, below 0 not at all.
	PendingSeconds int `json:"pending_seconds"`
	// UnknownID404 answers 404 to an unknown message ID, as the published page
	// says. False: 200 with a message.
	UnknownID404 bool `json:"unknown_id_404"`
	// ExpiredStatus answers an expired code with the status "expired" and no
	// reason. False: the status "failed" and the reason "expired".
	ExpiredStatus bool `json:"expired_status"`
	// CheckFields names the fields of a status answer: CheckBoth (the default),
	// CheckNewer, CheckSeed or CheckAliases.
	CheckFields string `json:"check_fields"`
	// ReportRows names the fields of a report: RowsBoth (the default),
	// RowsOlder or RowsNewer.
	ReportRows string `json:"report_rows"`
	// Lenient ignores unknown fields and takes numbers in quotes. The vendor
	// documents neither; false refuses both.
	Lenient bool `json:"lenient"`
	// DeniedBrands are those of a new account. Absent: names of the sandbox's
	// own. Empty: none.
	DeniedBrands []string `json:"denied_brands"`
}

// denied are the brands that a new account is refused.
func (s Settings) denied() []string {
	if s.DeniedBrands == nil {
		return []string{"Amazon", "Apple", "Facebook", "Google", "Instagram", "Microsoft", "Netflix", "PayPal", "Telegram", "WhatsApp"}
	}
	return s.DeniedBrands
}

// The ranges of an SMS (MyOTP reference §12).
const (
	RangesUnion   = "union"   // what either document takes: 3–8 digits, 30–86400 s, extended by 30–14400 s
	RangesSeed    = "seed"    // the published page: 3–8 digits, 30–14400 s, 30–14400 s
	RangesOpenAPI = "openapi" // the OpenAPI file: 4–8 digits, 60–86400 s, 60–14400 s
)

// The fields of a status answer.
const (
	CheckBoth    = "both"    // is_active and is_valid
	CheckNewer   = "newer"   // is_active
	CheckSeed    = "seed"    // is_valid
	CheckAliases = "aliases" // both, and the deprecated names that end with a colon
)

// The fields of a report row.
const (
	RowsBoth  = "both"  // the union
	RowsOlder = "older" // the published page: no totals
	RowsNewer = "newer" // what newer vendor clients read
)

func (s *Settings) check() error {
	if s.CheckFields == "" {
		s.CheckFields = CheckBoth
	}
	if s.ReportRows == "" {
		s.ReportRows = RowsBoth
	}
	if s.Ranges == "" {
		s.Ranges = RangesUnion
	}
	if s.Plan == "" {
		s.Plan = PlanEnterprise
	}
	if s.PendingSeconds == 0 {
		s.PendingSeconds = 5
	}
	if known := []string{RangesUnion, RangesSeed, RangesOpenAPI}; !slices.Contains(known, s.Ranges) {
		return fmt.Errorf("MyOTP setting ranges is %q: it is one of %q", s.Ranges, known)
	}
	if s.PerMinute < 0 {
		return fmt.Errorf("MyOTP setting per_minute is %d: it is 0 for no limit, or more", s.PerMinute)
	}
	if err := (Account{Plan: s.Plan}).Check(); err != nil {
		return err
	}
	if known := []string{CheckBoth, CheckNewer, CheckSeed, CheckAliases}; !slices.Contains(known, s.CheckFields) {
		return fmt.Errorf("MyOTP setting check_fields is %q: it is one of %q", s.CheckFields, known)
	}
	if known := []string{RowsBoth, RowsOlder, RowsNewer}; !slices.Contains(known, s.ReportRows) {
		return fmt.Errorf("MyOTP setting report_rows is %q: it is one of %q", s.ReportRows, known)
	}
	return nil
}
