package octopush

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// validate checks a code. Every failure is HTTP 400, of which the documents
// show 194 and 199 (Octopush reference §2.2).
func (o *Emulator) validate(x *emulate.Exchange) emulate.Answer {
	in := o.input(x, "code", "otp_request_token", "phone_number")
	code := in.text("code", "")
	token := in.text("otp_request_token", "")
	phone := in.phone("phone_number")
	var challenge *challenge
	if token != "" || phone != "" {
		challenge = o.challengeFor(token, phone)
	}
	if challenge != nil {
		x.About = challenge.Ticket // whatever else is wrong
	}
	if out, refused := o.refused(x); refused {
		return out
	}
	switch {
	case token == "" && phone == "":
		return o.problem(noRecipient, "At least phone number or request token is mandatory.")
	case code == "":
		return o.problem(noCode, "The code is mandatory.")
	}

	switch {
	case challenge == nil || challenge.Consumed: // that a token counts once is inferred
		return o.problem(notFound, "OTP request not found.")
	case !x.Now.Before(challenge.ExpiresAt):
		return o.problem(expired, "OTP request expired.")
	case challenge.WrongAttempts >= challenge.MaxWrongAttempts:
		return o.problem(tooMany, "Maximum number of wrong attempts reached.")
	case subtle.ConstantTimeCompare([]byte(code), []byte(challenge.Code)) != 1:
		challenge.WrongAttempts++
		return emulate.JSON(http.StatusBadRequest, map[string]any{
			"code": wrongCode, "message": "Wrong OTP code.",
			"remaining_number_of_attempts": challenge.MaxWrongAttempts - challenge.WrongAttempts,
		})
	}
	challenge.Consumed = true
	return emulate.JSON(http.StatusOK, map[string]any{"code": 0, "message": "success"})
}

// Standing is how a message and its code stand. Octopush reports delivery to an
// address that a sub-account names, and to nobody else.
func (o *Emulator) Standing(messageID string, _ time.Time) (emulate.Standing, bool) {
	for _, challenge := range slices.Backward(o.data.Challenges) {
		if challenge.Ticket == messageID {
			return emulate.Standing{Delivery: "sent", Used: challenge.Consumed, ExpiresAt: challenge.ExpiresAt}, true
		}
	}
	return emulate.Standing{}, false
}

// challengeFor is what a validation is about: the token's code, and given both,
// only if it went to that phone (inferred). A phone alone means the last code
// sent to it.
func (o *Emulator) challengeFor(token, phone string) *challenge {
	for _, challenge := range slices.Backward(o.data.Challenges) {
		if (token == "" || challenge.Token == token) && (phone == "" || challenge.Phone == phone) {
			return challenge
		}
	}
	return nil
}
