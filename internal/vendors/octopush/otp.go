package octopush

import (
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
