package octopush

import (
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// maxChallenges is how many codes Octopush remembers; they may live for months.
const maxChallenges = 5000

// voices are the documented voice languages (Octopush reference §2.1).
var voices = []string{
	"en-US", "en-GB", "el-GR", "pl-PL", "hu-HU", "sv-SE", "de-DE", "es-ES", "es-LA", "fr-FR", "it-IT", "pt-BR", "ru-RU",
}

const (
	upperCase    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lowerCase    = "abcdefghijklmnopqrstuvwxyz"
	specialChars = "!#$%&?@" // Octopush reference §2.1
	// confusing is the sandbox's own list: the documentation's is cut off.
	confusing = "01OIlo"
)

func (o *Emulator) generate(x *emulate.Exchange) emulate.Answer {
	in := o.input(x, "phone_number", "text", "channel", "sender", "code_length", "allow_digits", "allow_upper_case",
		"allow_lower_case", "allow_special_chars", "remove_confusing_characters", "validity_period", "max_wrong_attempts",
		"recipient_ip", "voice_language", "voice_gender")
	defaults := o.data.Account.Defaults
	phone := in.phone("phone_number")
	text := in.message("text", defaults.Text)
	channel := in.channel("channel", defaults.Channel)
	sender := in.sender("sender", defaults.Sender)
	length := in.integer("code_length", defaults.CodeLength, 4, 32)
	alphabet := in.alphabet(defaults)
	validity := in.integer("validity_period", defaults.ValidityPeriod, 3, 10000000)
	attempts := in.integer("max_wrong_attempts", defaults.MaxWrongAttempts, 1, 1000000)
	// How the address is compared at validation is not documented: it is read and
	// not used.
	if ip := in.text("recipient_ip", ""); ip != "" && net.ParseIP(ip) == nil {
		x.Repair("recipient_ip", "dropped, no IP address")
	}
	locale := in.choice("voice_language", defaults.VoiceLanguage, voices...)
	in.choice("voice_gender", defaults.VoiceGender, "male", "female")

	if out, refused := o.refused(x); refused {
		return out
	}
	if phone == "" {
		return o.problem(noNumber, "No valid phone number.")
	}
	product, ticket := "sms_premium", "sms_"
	if channel == "voice_sms" {
		product, ticket = "vocal_sms", "voice_"
	} else {
		locale = "" // nobody speaks
	}
	cost := o.data.Account.price(emulate.Country(phone), product)
	if o.data.Account.balance() < cost {
		return o.problem(noCredit, "Not enough credit.")
	}

	code := x.Code(alphabet, length)
	ticket, token := ticket+x.Hex(12), "otp_"+x.Hex(24)
	if x.Err != nil {
		return emulate.Answer{}
	}
	expiresAt := x.Now.Add(time.Duration(validity) * time.Second)
	o.keep(&challenge{Token: token, Ticket: ticket, Phone: phone, Code: code, ExpiresAt: expiresAt, MaxWrongAttempts: attempts})
	o.charge(cost, channel, x.Now)
	x.Send(emulate.Message{
		Vendor: o.Name(), Channel: channel, To: phone, Sender: sender, Text: expand(text, code, expiresAt), Code: code, MessageID: ticket,
		Cost: cost, Unit: "euros", ExpiresAt: expiresAt, Locale: locale,
	})
	status := http.StatusOK
	if o.settings.Created {
		status = http.StatusCreated
	}
	return emulate.JSON(status, map[string]any{"code": 0, "message": "success", "ticket_number": ticket, "otp_request_token": token})
}

// message is the text of the send: 1 to 1224 characters, or empty to send the
// code alone.
func (in *input) message(name, absent string) string {
	text := in.text(name, absent)
	if n := utf8.RuneCountInString(text); n > 1224 {
		if in.drop {
			in.x.Repair(name, "%d characters dropped, more than 1224", n)
			return absent
		}
		in.x.Repair(name, "%d characters cut to 1224", n)
		return string([]rune(text)[:1224])
	}
	return text
}

// channel is sms or voice_sms. text_sms is an older name of sms; the other
// older ones have no documented address to send to (Octopush reference §0.3).
func (in *input) channel(name, absent string) string {
	if value, ok := in.fields[name].(string); ok && value == "text_sms" {
		in.x.Repair(name, `"text_sms" changed to "sms"`)
		return "sms"
	}
	return in.choice(name, absent, "sms", "voice_sms")
}

// alphabet is what the code is drawn from. With everything forbidden it is
// digits, with a note.
func (in *input) alphabet(defaults Defaults) string {
	var alphabet strings.Builder
	for _, set := range []struct {
		parameter, characters string
		absent                bool
	}{
		{"allow_digits", emulate.Digits, defaults.Digits},
		{"allow_upper_case", upperCase, defaults.UpperCase},
		{"allow_lower_case", lowerCase, defaults.LowerCase},
		{"allow_special_chars", specialChars, defaults.SpecialChars},
	} {
		if in.flag(set.parameter, set.absent) {
			alphabet.WriteString(set.characters)
		}
	}
	if alphabet.Len() == 0 {
		in.x.Repair("allow_digits", "changed to true, nothing else was allowed")
		alphabet.WriteString(emulate.Digits)
	}
	if !in.flag("remove_confusing_characters", defaults.RemoveConfusing) {
		return alphabet.String()
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(confusing, r) {
			return -1
		}
		return r
	}, alphabet.String())
}

// expand fills the placeholders of a text in one pass. A text without {code}
// gets the code at its end: inferred from public clients (Octopush reference §2.1).
func expand(text, code string, expiresAt time.Time) string {
	if !strings.Contains(text, "{code}") {
		text = strings.TrimLeft(strings.TrimSuffix(text, " ")+" {code}", " ")
	}
	// The zone of the expiry time is not documented; the sandbox shows UTC.
	return strings.NewReplacer("{code}", code, "{hh:mm:ss}", expiresAt.UTC().Format(time.TimeOnly)).Replace(text)
}

func (o *Emulator) keep(challenge *challenge) {
	o.data.Challenges = emulate.Newest(o.data.Challenges, maxChallenges, challenge)
}

// charge takes the cost out of the wallet, pack by pack, and adds it to the
// month's consumption.
func (o *Emulator) charge(cost float64, channel string, now time.Time) {
	rest := cost
	for i := range o.data.Account.WalletPacks {
		pack := &o.data.Account.WalletPacks[i]
		taken := min(rest, pack.Credit)
		pack.Credit, rest = emulate.Money(pack.Credit-taken), rest-taken
	}
	for i := range o.data.Consumption {
		month := &o.data.Consumption[i]
		if month.Year == now.Year() && month.Month == int(now.Month()) && month.Channel == channel {
			month.Sendings, month.Cost = month.Sendings+1, emulate.Money(month.Cost+cost)
			return
		}
	}
	o.data.Consumption = append(o.data.Consumption, consumption{now.Year(), int(now.Month()), channel, 1, cost})
}
