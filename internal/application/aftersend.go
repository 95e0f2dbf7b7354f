package application

import (
	"context"
	"fmt"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// after follows the message of a send that went well, and verifies its code where
// the request asks for that.
func (s *send) after(ctx context.Context, at time.Time, result Result, sent delivery.Sent) (Result, error) {
	if !good(result.Outcome) {
		return result, nil
	}
	s.tell("%s", result.accepted())
	if result.Outcome == otp.OutcomeAlreadyActive {
		return result, nil // what is on its way is another send
	}
	if timeout := s.timeout(*result.Route, sent.Kept.ExpiresAt()); timeout > 0 {
		status, err := s.follow(ctx, followed{s.runner, *result.Route, sent.Kept, s.request.To}, timeout)
		result.Status = status.Outcome
		if status.Outcome == otp.OutcomeFailed {
			result.Reason = fmt.Sprintf("%s says that the message failed. %s", result.Vendor.Title(), status.Reason)
			result.Explanation = status.Explanation
		}
		if err != nil || status.Outcome == otp.OutcomeFailed {
			return result, err
		}
	}
	code := sent.Code.Reveal()
	if !s.request.Verify {
		return result, nil
	}
	if code == "" {
		s.tell("%s does not hand out the code, so it was not verified.", result.Vendor.Title())
		return result, nil
	}
	last, instead, err := s.latest(ctx, s.of)
	if err != nil {
		return result, err
	}
	if instead != nil || !last.SentAt.Equal(at) {
		s.tell("Another code was sent to the phone meanwhile, so this one was not verified.")
		return result, nil
	}
	checked, err := s.verify(ctx, last, s.request.To, code)
	result.Verification = checked.Outcome
	if checked.Outcome != "" && checked.Outcome != otp.OutcomeOK {
		result.Reason = fmt.Sprintf("The code that was sent does not verify: %s. %s", checked.Outcome, checked.Reason)
		result.Explanation = checked.Explanation
	}
	return result, err
}

// timeout is how long to ask what became of a message; zero: not at all. It
// leaves time to verify before the code is over.
func (s *send) timeout(number int, expires time.Time) time.Duration {
	route, timeout := s.runner.Routes()[number], s.request.Follow
	switch {
	case !route.Status:
		return 0
	case timeout < 0:
		timeout = followFor(route)
	}
	if s.request.Verify {
		const reserve = 5 * time.Second
		timeout = min(timeout, expires.Sub(s.options.Clock.Now())-reserve)
	}
	return timeout
}

// accepted says what the vendor answered to a send.
func (r Result) accepted() string {
	sentence := fmt.Sprintf("%s accepted it", r.Vendor.Title())
	switch r.Outcome {
	case otp.OutcomePending:
		sentence = fmt.Sprintf("%s accepted it and has not sent it yet", r.Vendor.Title())
	case otp.OutcomeAlreadyActive:
		return fmt.Sprintf("%s sent nothing: a code for this phone is still active there. Ask for another one with resend.", r.Vendor.Title())
	}
	if r.MessageID != "" {
		sentence += ", message " + r.MessageID
	}
	if r.Cost != "" {
		sentence += fmt.Sprintf(", for %s %s", r.Cost, r.Unit)
	}
	return sentence + "."
}
