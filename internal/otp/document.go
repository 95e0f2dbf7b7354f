package otp

// DocumentVersion is the version of the document format this package writes.
const DocumentVersion = 1

// Document is the compiled profile: what an application reads from the catalog
// to send, verify, extend and check codes without vendor-specific code.
// The format is a public contract.
type Document struct {
	SchemaVersion    int               `json:"schema_version"`
	Requires         []string          `json:"requires,omitempty"` // see Call.Requires
	Profile          string            `json:"profile"`
	Brand            string            `json:"brand"`
	Code             DocumentCode      `json:"code"`
	ValiditySeconds  int64             `json:"validity_seconds"`
	MaxWrongAttempts int64             `json:"max_wrong_attempts"`
	AllowedCountries []string          `json:"allowed_countries"` // null: all
	CountryPrefixes  map[string]string `json:"country_prefixes"`  // null: no country rule
	Limits           DocumentLimits    `json:"limits"`
	ResendRoute      ResendRoute       `json:"resend_route"`
	Routes           []DocumentRoute   `json:"routes"`
}

// DocumentCode is the code policy with every default filled in.
type DocumentCode struct {
	Length            int64 `json:"length"`
	Digits            bool  `json:"digits"`
	UpperCase         bool  `json:"upper_case"`
	LowerCase         bool  `json:"lower_case"`
	SpecialCharacters bool  `json:"special_characters"`
}

// DocumentLimits bounds how many codes may be sent to one phone, on behalf of
// one address of a person, and by the whole profile.
type DocumentLimits struct {
	ResendAfterSeconds int64  `json:"resend_after_seconds"`
	PerPhoneHour       int64  `json:"per_phone_hour"`
	PerPhoneDay        int64  `json:"per_phone_day"`
	PerIPHour          *int64 `json:"per_ip_hour"`      // nil: no limit
	PerProfileHour     *int64 `json:"per_profile_hour"` // nil: no limit
}

// ResendRoute says where a person who asks for another code is served.
type ResendRoute string

const (
	// ResendSame begins at the first route again.
	ResendSame ResendRoute = "same"
	// ResendNext begins at the route behind the one that served last, round and
	// round among those that serve the country.
	ResendNext ResendRoute = "next"
)

// DocumentRoute is one way to deliver a code, in order of preference.
type DocumentRoute struct {
	Vendor    Vendor   `json:"vendor"`
	Channel   Channel  `json:"channel"`
	Countries []string `json:"countries"` // null: any that the profile allows
	Send      *Call    `json:"send"`
	Verify    *Call    `json:"verify"`
	Extend    *Call    `json:"extend"`
	Status    *Call    `json:"status"`
	// ApplicationMustEnforce lists, sorted, what the vendor does not do.
	ApplicationMustEnforce []Duty `json:"application_must_enforce"`
}

// Encoding says how a call's fields travel.
type Encoding string

// The encodings of a call.
const (
	JSON      Encoding = "json"
	Multipart Encoding = "multipart"
	Form      Encoding = "form"
	Query     Encoding = "query"
)

// Call is one HTTP request as the vendor spells it, and how to read its answer.
type Call struct {
	// Requires names what was added to the format later and must not be ignored:
	// who does not know one of the names skips the route with this call.
	Requires       []string                  `json:"requires,omitempty"`
	Method         string                    `json:"method"`
	URL            string                    `json:"url"`
	Headers        map[string]string         `json:"headers,omitempty"`
	Encoding       Encoding                  `json:"encoding"`
	Fields         map[string]any            `json:"fields"`
	Texts          map[string]string         `json:"texts,omitempty"`
	ByLocale       map[string]map[string]any `json:"by_locale,omitempty"`
	Resend         map[string]any            `json:"resend,omitempty"`
	OmitIfMissing  []string                  `json:"omit_if_missing,omitempty"`
	Keep           map[string]string         `json:"keep,omitempty"`
	Expect         map[string]string         `json:"expect,omitempty"`
	Outcomes       []Outcome                 `json:"outcomes"`
	TimeoutSeconds int64                     `json:"timeout_seconds,omitempty"`
}

// Outcome is a verdict on an answer and the conditions that must all hold.
type Outcome struct {
	Outcome   string      `json:"outcome"`
	When      []Condition `json:"when"`
	Remaining string      `json:"remaining,omitempty"` // JSON pointer to the attempts left
}

// Condition is one test of an answer. Exactly one of its forms is set.
type Condition struct {
	HTTPStatus []int  `json:"http_status,omitempty"`
	Pointer    string `json:"pointer,omitempty"`
	In         []any  `json:"in,omitempty"`
	Prefix     string `json:"prefix,omitempty"`
	Absent     bool   `json:"absent,omitempty"`
}

// Status is a condition on the HTTP status.
func Status(codes ...int) Condition { return Condition{HTTPStatus: codes} }

// ValueIn is a condition on a value of the answer; JSON types are compared too.
func ValueIn(pointer string, values ...any) Condition {
	return Condition{Pointer: pointer, In: values}
}

// ValuePrefix is a condition on the beginning of a string of the answer.
func ValuePrefix(pointer, prefix string) Condition {
	return Condition{Pointer: pointer, Prefix: prefix}
}

// Missing is the condition that the answer has no such value.
func Missing(pointer string) Condition { return Condition{Pointer: pointer, Absent: true} }

// When makes an outcome from its conditions. None: it always holds.
func When(outcome string, conditions ...Condition) Outcome {
	if conditions == nil {
		conditions = []Condition{}
	}
	return Outcome{Outcome: outcome, When: conditions}
}

// The outcomes a call can have.
const (
	OutcomeOK              = "ok"
	OutcomePending         = "pending"
	OutcomeAlreadyActive   = "already_active"
	OutcomeNextRoute       = "next_route"
	OutcomeUnknown         = "unknown"
	OutcomeStop            = "stop"
	OutcomeWrongCode       = "wrong_code"
	OutcomeExpired         = "expired"
	OutcomeNotFound        = "not_found"
	OutcomeTooManyAttempts = "too_many_attempts"
	OutcomeDelivered       = "delivered"
	OutcomeFailed          = "failed"
	OutcomeUnavailable     = "unavailable"
)

// Duty is something the application has to do because the vendor does not.
type Duty string

// The duties of an application.
const (
	MakeCode         Duty = "make_code"
	VerifyCode       Duty = "verify_code"
	Validity         Duty = "validity"
	MaxWrongAttempts Duty = "max_wrong_attempts"
	BindPhone        Duty = "bind_phone"
	SingleUse        Duty = "single_use"
	BindRecipientIP  Duty = "bind_recipient_ip"
	AllowedCountries Duty = "allowed_countries"
	SendLimits       Duty = "send_limits"
)
