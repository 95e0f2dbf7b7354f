package octopush

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Limits of Octopush. Where its documents disagree the stricter one stands:
// code_length begins at 3 in one and at 4 in the other (Octopush reference
// §0.3), and a sender may hold a space only in some (§3).
const (
	maxText           = 1224     // characters (§2.1)
	minCodeLength     = 4        // §2.1
	maxCodeLength     = 32       // §2.1
	minValidityPeriod = 3        // seconds (§2.1)
	maxValidityPeriod = 10000000 // seconds (§2.1)
)

var sender = regexp.MustCompile(`^[a-zA-Z0-9]{3,11}$`)

// voiceLanguages is the vendor's list (Octopush reference §2.1). A newer page
// of the voice campaigns has more; the OTP page does not.
var voiceLanguages = []string{
	"de-DE", "el-GR", "en-GB", "en-US", "es-ES", "es-LA", "fr-FR", "hu-HU", "it-IT", "pl-PL", "pt-BR", "ru-RU", "sv-SE",
}

// voiceGenders is the vendor's list (Octopush reference §2.1).
var voiceGenders = []string{"female", "male"}

// defaultGender is sent where a route says nothing, so that no hidden account
// default decides.
const defaultGender = "female"

// CheckSender applies the rules for an alphanumeric sender. Octopush strips
// what it does not like and sends anyway (Octopush reference §1.2).
func (Compiler) CheckSender(s otp.SenderID) otp.Problems {
	var ps otp.Problems
	if s.Octopush == nil || s.Unknown.Any("octopush") || sender.MatchString(s.Octopush.Sender) {
		return nil
	}
	path, name := otp.At("octopush").Attribute("sender"), s.Octopush.Sender
	remedy := "Write 3 to 11 letters and digits."
	if proposal := otp.PlainASCII(name, ""); sender.MatchString(proposal) && proposal != name {
		remedy = `Write "` + proposal + `".`
	}
	ps.Errorf(path, "Sender has a shape Octopush does not accept",
		"octopush.sender is %q; Octopush takes 3 to 11 of a-z, A-Z and 0-9, strips anything else without a word and sends. %s", name, remedy)
	return ps
}

// TranslationRemedy is the language that a voice reads a translation in.
func (Compiler) TranslationRemedy(channel otp.Channel) string {
	if channel == otp.VoiceSMS {
		return "a language to octopush.voice.translations of the route"
	}
	return ""
}

// CheckBrand has nothing to add: Octopush sends the name that is in the text.
func (Compiler) CheckBrand(otp.Brand) otp.Problems { return nil }

// CheckTemplate has nothing to add: Octopush takes the free text of a template.
func (Compiler) CheckTemplate(otp.MessageTemplate) otp.Problems { return nil }

func checkRoute(r otp.RoutePlan) otp.Problems {
	var ps otp.Problems
	r.CheckChannel(&ps, otp.SMS, otp.VoiceSMS)
	if code, known := r.Code(); known && (code.Length < minCodeLength || code.Length > maxCodeLength) {
		ps.Errorf(otp.At("code").Attribute("length"), "Code length is out of range for Octopush",
			"length is %d; Octopush makes codes of %d to %d characters, and routes[%d] sends through it.", code.Length, minCodeLength, maxCodeLength, r.Index)
	}
	if validity, known := r.Validity(); known && (validity < minValidityPeriod || validity > maxValidityPeriod) {
		ps.Errorf(otp.At("validity_seconds"), "Validity is out of range for Octopush",
			"validity_seconds is %d; Octopush takes %d to %d seconds, and routes[%d] sends through it.", validity, minValidityPeriod, maxValidityPeriod, r.Index)
	}
	checkSenderOf(&ps, r)
	if options := r.Route.Octopush; options != nil && r.Knows("octopush") && options.BindRecipientIP != nil && *options.BindRecipientIP {
		ps.Warnf(r.Path().Attribute("octopush").Attribute("bind_recipient_ip"), "How Octopush checks the address is not documented",
			"The code is bound to the recipient's IP address, but Octopush does not document how the address is passed when the code is verified. The document tells the application to compare it, too.")
	}
	return ps
}

func checkSenderOf(ps *otp.Problems, r otp.RoutePlan) {
	if !r.Knows("sender_id", "channel") {
		return
	}
	switch {
	case r.Route.SenderID == "" && r.Route.Channel == otp.SMS:
		ps.Errorf(r.Path().Attribute("sender_id"), "Route has no sender",
			"Without sender_id the default of the Octopush account decides who a message comes from. Declare an otp_sender_id with octopush = { sender = … } and refer to it.")
	case r.Sender != nil && r.Sender.Octopush == nil && !r.Sender.Unknown.Any("octopush"):
		ps.Errorf(r.Path().Attribute("sender_id"), "Sender ID is not for Octopush",
			"Sender ID %q has no octopush part, and routes[%d] sends through Octopush. Add octopush = { sender = … } to it, or refer to another one.", r.Sender.Name, r.Index)
	}
}

// checkVoice checks how a voice message is read aloud: every option explicit,
// and no language without a wording.
func checkVoice(r otp.RoutePlan) otp.Problems {
	var ps otp.Problems
	if !r.Knows("octopush", "channel") {
		return nil
	}
	voice := voiceOf(r)
	if r.Route.Channel != otp.VoiceSMS && voice == nil {
		return nil
	}
	path := r.Path().Attribute("octopush").Attribute("voice")
	if r.Route.Channel != otp.VoiceSMS {
		ps.Errorf(path, "Voice without a voice message", "voice only has a meaning on channel \"voice_sms\"; routes[%d] is %q. Remove voice or change the channel.", r.Index, r.Route.Channel)
		return ps
	}
	if voice == nil || voice.Language == "" {
		ps.Errorf(path, "Voice message without a language", "Octopush would read the text in the account's default language. Set octopush = { voice = { language = \"en-GB\" } }; the languages are %s.", strings.Join(voiceLanguages, ", "))
		return ps
	}
	languages := map[string]string{"": voice.Language}
	maps.Copy(languages, voice.Translations)
	for _, locale := range slices.Sorted(maps.Keys(languages)) {
		at := path.Attribute("language")
		if locale != "" {
			at = path.Attribute("translations").Key(locale)
		}
		if language := languages[locale]; !slices.Contains(voiceLanguages, language) {
			ps.Errorf(at, "Unknown voice language", "Octopush has no voice language %q. It has %s.", language, strings.Join(voiceLanguages, ", "))
		}
	}
	if voice.Gender != "" && !slices.Contains(voiceGenders, voice.Gender) {
		ps.Errorf(path.Attribute("gender"), "Unknown voice", "Octopush has no voice %q; write \"female\" or \"male\".", voice.Gender)
	}
	if r.Template == nil || r.Template.Unknown.Any("translations") {
		return ps
	}
	for _, locale := range slices.Sorted(maps.Keys(voice.Translations)) {
		if r.Template.Translations[locale] == "" {
			ps.Errorf(path.Attribute("translations").Key(locale), "Voice without a translation", "Message template %q has no text for %q, so this voice is never used. Add the translation, or remove the voice.", r.Template.Name, locale)
		}
	}
	return ps
}

func voiceOf(r otp.RoutePlan) *otp.Voice {
	if r.Route.Octopush == nil {
		return nil
	}
	return r.Route.Octopush.Voice
}
