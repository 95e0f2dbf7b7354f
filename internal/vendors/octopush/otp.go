package octopush

import (
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// GenerateRequest makes and sends a code (Octopush reference §2.1). An option
// that is absent takes the account's own default, which no call can read, so
// every option that has a meaning for the channel is always sent.
type GenerateRequest struct {
	PhoneNumber string      `json:"phone_number"` // with a leading plus sign
	Text        string      `json:"text"`         // holds {code}; 1 to 1224 characters
	Channel     otp.Channel `json:"channel"`      // sms or voice_sms
	// Sender is left out when empty, because Octopush would repair an empty
	// one to the account's default all the same.
	Sender                    string `json:"sender,omitempty"`
	CodeLength                int64  `json:"code_length"` // 4 to 32
	AllowDigits               bool   `json:"allow_digits"`
	AllowUpperCase            bool   `json:"allow_upper_case"`
	AllowLowerCase            bool   `json:"allow_lower_case"`
	AllowSpecialChars         bool   `json:"allow_special_chars"`
	RemoveConfusingCharacters bool   `json:"remove_confusing_characters"`
	ValidityPeriod            int64  `json:"validity_period"` // seconds
	MaxWrongAttempts          int64  `json:"max_wrong_attempts"`
	// RecipientIP binds the code to an address; how it is checked is not
	// documented.
	RecipientIP   string `json:"recipient_ip,omitempty"`
	VoiceLanguage string `json:"voice_language,omitempty"` // voice_sms only
	VoiceGender   string `json:"voice_gender,omitempty"`   // voice_sms only
}

// Fields are the request as it travels.
func (r GenerateRequest) Fields() httpapi.Fields {
	return httpapi.Fields{
		"phone_number":                r.PhoneNumber,
		"text":                        r.Text,
		"channel":                     string(r.Channel),
		"code_length":                 r.CodeLength,
		"allow_digits":                r.AllowDigits,
		"allow_upper_case":            r.AllowUpperCase,
		"allow_lower_case":            r.AllowLowerCase,
		"allow_special_chars":         r.AllowSpecialChars,
		"remove_confusing_characters": r.RemoveConfusingCharacters,
		"validity_period":             r.ValidityPeriod,
		"max_wrong_attempts":          r.MaxWrongAttempts,
	}.WithText("sender", r.Sender).WithText("recipient_ip", r.RecipientIP).
		WithText("voice_language", r.VoiceLanguage).WithText("voice_gender", r.VoiceGender)
}

// Generated is an accepted send. Neither the code, the cost nor the expiry come
// back (Octopush reference §2.1). The answer does not prove that every option
// was honoured (§1.2).
type Generated struct {
	Message      string `json:"message"`
	TicketNumber string `json:"ticket_number"`
	RequestToken string `json:"otp_request_token"`
}

// Generate makes and sends a code. It is tried once; the error says whether the
// code may have been sent all the same.
func (c *Client) Generate(ctx context.Context, request GenerateRequest) (*Generated, error) {
	call := httpapi.Call{Endpoint: GenerateEndpoint, Fields: request.Fields(), Secrets: []string{request.PhoneNumber, request.RecipientIP}}
	var sent struct {
		Code *httpapi.Int `json:"code"`
		Generated
	}
	answer, err := c.http.Do(ctx, call, &sent)
	if err != nil {
		return nil, err
	}
	if sent.Code == nil { // an absent code is no zero (§1.1)
		return nil, c.http.Unexpected(call, answer, "the answer has no code that says that the message was accepted")
	}
	return &sent.Generated, nil
}

// ValidateRequest checks a code (Octopush reference §2.2). Without a token the
// last code sent to the phone number is tried.
type ValidateRequest struct {
	Code         string `json:"code"`
	RequestToken string `json:"otp_request_token,omitempty"`
	PhoneNumber  string `json:"phone_number,omitempty"`
}

// Fields are the request as it travels.
func (r ValidateRequest) Fields() httpapi.Fields {
	return httpapi.Fields{"code": r.Code}.WithText("otp_request_token", r.RequestToken).WithText("phone_number", r.PhoneNumber)
}

// Validation is the verdict on a code.
type Validation struct {
	// Outcome is otp.OutcomeOK, OutcomeWrongCode, OutcomeTooManyAttempts,
	// OutcomeExpired or OutcomeNotFound.
	Outcome string
	Message string
	// Remaining is how many tries are left, after a wrong code only.
	Remaining *int64
}

// verdicts are the codes that tell what became of a code (Octopush reference
// §2.2).
var verdicts = map[httpapi.Int]string{
	0:   otp.OutcomeOK,
	196: otp.OutcomeTooManyAttempts,
	197: otp.OutcomeExpired,
	198: otp.OutcomeNotFound,
	199: otp.OutcomeWrongCode,
}

// Validate checks a code. A code that does not count is no error.
func (c *Client) Validate(ctx context.Context, request ValidateRequest) (*Validation, error) {
	call := httpapi.Call{Endpoint: ValidateEndpoint, Fields: request.Fields(), Secrets: []string{request.Code, request.RequestToken, request.PhoneNumber}}
	var verdict struct {
		Code      *httpapi.Int `json:"code"`
		Message   string       `json:"message"`
		Remaining *httpapi.Int `json:"remaining_number_of_attempts"`
	}
	answer, err := c.http.Do(ctx, call, &verdict)
	if err != nil {
		return nil, err
	}
	if verdict.Code == nil {
		return nil, c.http.Unexpected(call, answer, "the answer has no code that says whether it was right")
	}
	validation := &Validation{Outcome: verdicts[*verdict.Code], Message: verdict.Message}
	if verdict.Remaining != nil {
		left := int64(*verdict.Remaining)
		validation.Remaining = &left
	}
	return validation, nil
}
