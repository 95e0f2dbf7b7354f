package octopush

import (
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Compiler makes the routes of profile documents that go through Octopush.
type Compiler struct{}

// Vendor is Octopush.
func (Compiler) Vendor() otp.Vendor { return otp.Octopush }

// placeholders are those of a text (Octopush reference §2.1).
var placeholders = map[otp.Placeholder]string{otp.PlaceholderOTP: "{code}", otp.PlaceholderExpiry: "{hh:mm:ss}"}

// Placeholders is how Octopush spells the code and the time of its expiry.
func (Compiler) Placeholders() map[otp.Placeholder]string { return placeholders }

// CompileRoute makes the calls of a route. Octopush can neither extend a code
// nor tell what became of a message (Octopush reference §2.3, §8.2).
func (Compiler) CompileRoute(r otp.RoutePlan) (otp.DocumentRoute, otp.Problems) {
	ps := checkRoute(r)
	ps = append(ps, checkVoice(r)...)
	messages := r.Messages(&ps, placeholders)
	messages = spoken(r, messages)
	checkLengths(&ps, r, messages)
	checkRepetition(&ps, r, messages)

	route := otp.DocumentRoute{Send: send(r, messages), Verify: verify(r)}
	// That a code that was verified is void is not documented (§2.2).
	route.ApplicationMustEnforce = []otp.Duty{otp.SingleUse}
	if bindsIP(r) {
		route.ApplicationMustEnforce = append(route.ApplicationMustEnforce, otp.BindRecipientIP)
	}
	return route, ps
}

// checkLengths counts a message as it is sent and as it is delivered: the code
// and the time take another length than their placeholders.
func checkLengths(ps *otp.Problems, r otp.RoutePlan, messages []otp.Message) {
	code, known := r.Code()
	if !known {
		return
	}
	for _, m := range messages {
		if n := max(otp.Length(m.Sent), otp.Length(m.Delivered(placeholders, code.Length))); n > maxText {
			ps.Errorf(otp.At("template"), "Message is too long for Octopush",
				"%s of message template %q has %d characters once brand, code and validity are in it; Octopush takes %d, and routes[%d] sends through it. Shorten it by %d.",
				m.Path, r.Template.Name, n, maxText, r.Index, n-maxText)
		}
	}
}

// spoken leaves out the wordings that a voice message has no language for:
// read in the voice of another language nobody would understand them, so the
// default text serves these locales.
func spoken(r otp.RoutePlan, messages []otp.Message) []otp.Message {
	if r.Route.Channel != otp.VoiceSMS {
		return messages
	}
	voice := voiceOf(r)
	return slices.DeleteFunc(messages, func(m otp.Message) bool {
		return m.Locale != "" && (voice == nil || voice.Translations[m.Locale] == "")
	})
}

// checkRepetition warns of a WebOTP message, which has the code twice: that
// every occurrence of {code} is filled in is not documented (§2.1).
func checkRepetition(ps *otp.Problems, r otp.RoutePlan, messages []otp.Message) {
	for _, m := range messages {
		if m.RepeatsCode() {
			ps.Warnf(otp.At("template"), "Octopush may fill in the code once only",
				"%s of message template %q has the code in its sentence and again in the last line of a WebOTP message. Octopush does not document that it fills in both, and routes[%d] sends through it. Try it with a test send, or keep the last line only.", m.Path, r.Template.Name, r.Index)
			return
		}
	}
}

func bindsIP(r otp.RoutePlan) bool {
	options := r.Route.Octopush
	return options != nil && options.BindRecipientIP != nil && *options.BindRecipientIP
}

// What answers mean is the same in all documents.
var sendOutcomes = []otp.Outcome{
	otp.When(otp.OutcomeOK, otp.Status(200, 201), httpapi.NumberIn("/code", 0)),
	otp.When(otp.OutcomeNextRoute, otp.Status(400, 401, 403)),
	otp.When(otp.OutcomeUnknown),
}

func send(r otp.RoutePlan, messages []otp.Message) *otp.Call {
	code, _ := r.Code()
	validity, _ := r.Validity()
	request := GenerateRequest{
		PhoneNumber:               "{{phone_e164}}",
		Text:                      "{{text}}",
		Channel:                   r.Route.Channel,
		CodeLength:                code.Length,
		AllowDigits:               code.Digits,
		AllowUpperCase:            code.UpperCase,
		AllowLowerCase:            code.LowerCase,
		AllowSpecialChars:         code.SpecialCharacters,
		RemoveConfusingCharacters: code.ExcludeConfusing,
		ValidityPeriod:            validity,
		MaxWrongAttempts:          r.Attempts(),
	}
	if r.Sender != nil && r.Sender.Octopush != nil {
		request.Sender = r.Sender.Octopush.Sender
	}
	if bindsIP(r) {
		request.RecipientIP = "{{recipient_ip}}"
	}
	voice := voiceOf(r)
	if voice != nil {
		request.VoiceLanguage, request.VoiceGender = voice.Language, defaultGender
		if voice.Gender != "" {
			request.VoiceGender = voice.Gender
		}
	}
	call := httpapi.Document(r, GenerateEndpoint, authorize, request.Fields(), sendOutcomes...)
	call.Texts = otp.Texts(messages)
	call.Keep = map[string]string{"request_token": "/otp_request_token"}
	if voice != nil && len(voice.Translations) > 0 {
		call.ByLocale = map[string]map[string]any{}
		for locale, language := range voice.Translations {
			call.ByLocale[locale] = map[string]any{"voice_language": language}
		}
	}
	return call
}

// verdicts are the codes that tell what became of a code that was checked, other
// than that it is right (Octopush reference §2.2).
var verdicts = []verdict{
	{wrongCode, otp.OutcomeWrongCode},
	{196, otp.OutcomeTooManyAttempts},
	{197, otp.OutcomeExpired},
	{198, otp.OutcomeNotFound},
}

type verdict struct {
	code    int
	outcome string
}

// wrongCode comes with the number of tries that are left.
const wrongCode = 199

var verifyOutcomes = func() []otp.Outcome {
	outcomes := []otp.Outcome{otp.When(otp.OutcomeOK, otp.Status(200), httpapi.NumberIn("/code", 0))}
	for _, verdict := range verdicts {
		outcome := otp.When(verdict.outcome, httpapi.NumberIn("/code", verdict.code))
		if verdict.code == wrongCode {
			outcome.Remaining = "/remaining_number_of_attempts"
		}
		outcomes = append(outcomes, outcome)
	}
	return append(outcomes, otp.When(otp.OutcomeStop))
}()

func verify(r otp.RoutePlan) *otp.Call {
	request := ValidateRequest{Code: "{{code}}", RequestToken: "{{request_token}}", PhoneNumber: "{{phone_e164}}"}
	call := httpapi.Document(r, ValidateEndpoint, authorize, request.Fields(), verifyOutcomes...)
	call.OmitIfMissing = []string{"otp_request_token"}
	return call
}
