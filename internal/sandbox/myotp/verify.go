package myotp

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

func (m *Emulator) verify(x *emulate.Exchange, in *input) emulate.Answer {
	in.only("otp", "message_id", "phone_number")
	in.required("otp")
	code := in.matching("otp", codePattern)
	messageID := in.text("message_id", "")
	phone := in.matching("phone_number", phonePattern)
	if messageID == "" && phone == "" {
		in.complain("message_id or phone_number is required")
	}
	if in.problem != "" {
		return m.Refuse(x.Path, http.StatusBadRequest, in.problem)
	}

	challenge := m.challengeFor(messageID, phone, x.Now)
	if challenge != nil {
		x.About = challenge.MessageID
	}
	if challenge == nil || challenge.Consumed { // single use; the answer to a second use is inferred
		if challenge != nil { // known, and used up
			messageID, phone = challenge.MessageID, challenge.Phone
		}
		m.recordVerification(x, messageID, phone, "failed", "OTP not found")
		if m.settings.UnknownID404 {
			return m.Refuse(x.Path, http.StatusNotFound, "OTP not found")
		}
		return failedVerification("not found", "OTP not found")
	}
	switch {
	case !x.Now.Before(challenge.ExpiresAt):
		m.recordVerification(x, challenge.MessageID, challenge.Phone, "failed", "OTP expired")
		if m.settings.ExpiredStatus {
			return emulate.JSON(http.StatusOK, map[string]any{"status": "expired", "message": "OTP expired"})
		}
		return failedVerification("expired", "OTP expired")
	case subtle.ConstantTimeCompare([]byte(code), []byte(challenge.Code)) != 1:
		m.recordVerification(x, challenge.MessageID, challenge.Phone, "failed", "OTP does not match")
		return failedVerification("invalid", "OTP does not match")
	}
	challenge.Consumed = true
	m.recordVerification(x, challenge.MessageID, challenge.Phone, "success", "OTP verified")
	return emulate.JSON(http.StatusOK, map[string]any{"status": "success", "message": "OTP verified"})
}

// failedVerification is HTTP 200: the request was fine, the code was not.
func failedVerification(reason, message string) emulate.Answer {
	return emulate.JSON(http.StatusOK, map[string]any{"status": "failed", "reason": reason, "message": message})
}

// challengeFor is what a verification is about. A message ID binds it to that
// message; given both, the phone must be the message's (inferred). A phone alone
// means its most recent active code (MyOTP reference §3), failing that its most
// recent one at all, so that an expired code is called expired.
func (m *Emulator) challengeFor(messageID, phone string, now time.Time) *challenge {
	if messageID != "" {
		challenge := m.find(messageID, now)
		if challenge != nil && phone != "" && challenge.Phone != phone {
			return nil
		}
		return challenge
	}
	if challenge := m.latest(phone, now); challenge != nil {
		return challenge
	}
	for _, challenge := range slices.Backward(m.data.Challenges) {
		if challenge.Phone == phone && !challenge.forgotten(now) {
			return challenge
		}
	}
	return nil
}

func (m *Emulator) extend(x *emulate.Exchange, in *input) emulate.Answer {
	if !m.data.Account.entitled("EXTEND_OTP") {
		return m.notEntitled(x, "EXTEND_OTP")
	}
	in.only("message_id", "duration")
	in.required("message_id", "duration")
	messageID := in.text("message_id", "")
	shortest := 30
	if m.settings.Ranges == RangesOpenAPI {
		shortest = 60
	}
	duration := in.between("duration", shortest, shortest, 14400)
	if in.problem != "" {
		return m.Refuse(x.Path, http.StatusBadRequest, in.problem)
	}
	challenge := m.find(messageID, x.Now)
	switch {
	case challenge == nil:
		return m.Refuse(x.Path, http.StatusNotFound, "OTP not found")
	case challenge.Consumed: // what the vendor does with these two is not documented
		return m.Refuse(x.Path, http.StatusBadRequest, "OTP already verified")
	case !x.Now.Before(challenge.ExpiresAt):
		return m.Refuse(x.Path, http.StatusBadRequest, "OTP expired")
	}
	// To the current expiry, not to now (MyOTP reference §4).
	challenge.ExpiresAt = challenge.ExpiresAt.Add(time.Duration(duration) * time.Second)
	return emulate.JSON(http.StatusOK, map[string]any{
		"status": "success", "message": "OTP extended", "expires_at": emulate.Timestamp(challenge.ExpiresAt),
	})
}
