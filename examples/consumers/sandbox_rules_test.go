package consumers_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

// zeros is a source of randomness that makes the code 000000 each time.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestCountriesInTheSandbox(t *testing.T) {
	t.Parallel()
	sends := func(to, want, calls, arrives string) act {
		return act{do: "send " + to, want: want, calls: calls, arrives: arrives}
	}
	perform(t, []story{
		{
			name: "each route has its own", ways: []string{"way2api", "octopush", "myotp"},
			profile: func(p *otp.Profile) {
				p.AllowedCountries, p.Routes[1].Countries = []string{"CA", "FR", "IN", "PK"}, []string{"FR"}
			},
			acts: []act{
				sends(indian, "ok 0 HTTP 200", "way2api send_otp_pin 200", "way2api"),
				sends(phone, "ok 1 HTTP 200", "octopush otp_generate 200", "octopush"),
				sends("+923001112233", "ok 2 HTTP 200", "myotp generate_otp 200", "myotp"),
				sends("+12045550123", "ok 2 HTTP 200", "myotp generate_otp 200", "myotp"), // Manitoba
				sends("+12025550123", "not_allowed", "", ""),                              // Washington
				sends("+4915112345678", "not_allowed", "", ""),
				{do: "send " + phone + " --route 0", want: "not_allowed"},
			},
		},
		{
			name: "no rule", ways: []string{"device"},
			acts: []act{sends("+4915112345678", "ok 0 HTTP 200", "androidapi send_otp 200", "device")},
		},
	})
}

func TestCodePoliciesInTheSandbox(t *testing.T) {
	t.Parallel()
	long := func(length int64) func(*otp.Profile) {
		return func(p *otp.Profile) { p.Code = &otp.CodePolicy{Length: new(length)} }
	}
	right := func(name string, profile func(*otp.Profile)) story {
		w := ways[name]
		return story{ways: []string{name}, profile: profile, acts: []act{
			w.sends(name, "send"), w.mistyped(2), verifies("CODE", manners[w.route.Vendor].right),
		}}
	}
	named := func(name string, s story) story {
		s.name = name
		return s
	}
	perform(t, []story{
		named("every character", right("octopush", func(p *otp.Profile) {
			p.Code = &otp.CodePolicy{Length: new(int64(24)), UpperCase: new(true), LowerCase: new(true), SpecialCharacters: new(true), ExcludeConfusing: new(true)}
		})),
		named("four digits by voice", right("voice", long(4))),
		named("eight digits by MyOTP.App", right("telegram", long(8))),
		named("eight digits of the application", right("way2api", long(8))),
		{
			name: "leading zeros that a number loses", ways: []string{"device"}, random: zeros{},
			settings: sandbox.Settings{AndroidAPI: androidapi.Settings{LeadingZeros: true, ReusableCodes: true}},
			acts: []act{
				ways["device"].sends("device", "send"),
				{do: "verify 0", want: "wrong_code 0, 2 left"}, {do: "verify WRONG", want: "wrong_code 0, 1 left"},
				verifies("CODE", manners[otp.AndroidAPI].right),
				// The same code again, which the vendor would accept.
				later(31, ways["device"].sends("device", "send --resend")),
				{do: "verify CODE", want: "wrong_code 0, 2 left"},
			},
		},
		{
			name: "a code is right once, whatever the vendor", ways: []string{"octopush"}, random: zeros{},
			acts: []act{
				ways["octopush"].sends("octopush", "send"), verifies("CODE", manners[otp.Octopush].right),
				later(31, ways["octopush"].sends("octopush", "send --resend")),
				{do: "verify CODE", want: "wrong_code 0"},
			},
		},
	})
}

func TestOptionsInTheSandbox(t *testing.T) {
	t.Parallel()
	second := func(env map[string]string) {
		for name, value := range maps.Clone(env) {
			if rest, ok := strings.CutPrefix(name, "OTP_OCTOPUSH_"); ok {
				env["OTP_OCTOPUSH_EU_WEST_"+rest] = value
				delete(env, name)
			}
		}
	}
	unnumbered := func(key string) story {
		return story{
			name: "a send without a message ID: " + key, ways: []string{"device", "octopush"},
			settings: sandbox.Settings{AndroidAPI: androidapi.Settings{MessageID: key}},
			acts: []act{
				ways["device"].sends("device", "send"),
				{do: "status", want: "unknown 0 HTTP 200", calls: "androidapi sms_message 200", problem: "id is required"},
				verifies("CODE", manners[otp.AndroidAPI].right),
			},
		}
	}
	const neighbour = "+33612345679"
	perform(t, []story{
		unnumbered(androidapi.MessageIDNone), unnumbered(androidapi.MessageIDLower),
		{
			name: "a second account", ways: []string{"octopush"}, env: second,
			profile: func(p *otp.Profile) { p.Routes[0].Account = "eu-west" },
			acts:    []act{ways["octopush"].sends("octopush", "send"), verifies("CODE", manners[otp.Octopush].right)},
		},
		{
			name: "an address that the code is bound to", ways: []string{"octopush"},
			profile: func(p *otp.Profile) { p.Routes[0].Octopush = &otp.OctopushRoute{BindRecipientIP: new(true)} },
			acts: []act{
				{do: "send", stderr: "--ip"},
				{do: "send --ip 2001:db8::7", want: "ok 0 HTTP 200", calls: "octopush otp_generate 200", arrives: "octopush", body: `"recipient_ip":"2001:db8::7"`},
				{do: "verify CODE", want: "wrong_code 0"},
				{do: "verify CODE --ip 2001:db8::8", want: "wrong_code 0"},
				{do: "verify CODE --ip 2001:db8::7", want: "ok 0 HTTP 200", calls: byOctopush},
			},
		},
		{
			name: "created", ways: []string{"voice"}, settings: sandbox.Settings{Octopush: octopush.Settings{Created: true}},
			acts: []act{
				{
					do: "send --locale ES", want: "ok 0 HTTP 201", calls: "octopush otp_generate 201",
					arrives: "voice/es", body: `"voice_language":"es-ES"`,
				},
				verifies("CODE", manners[otp.Octopush].right),
			},
		},
		{
			name: "taken and charged", ways: []string{"way2api", "octopush"}, settings: sandbox.Settings{Way2API: way2api.Settings{Pending: true}},
			acts: []act{
				{do: "send", want: "pending 0 HTTP 202", calls: "way2api send_otp_pin 202", arrives: "way2api"},
				verifies("CODE", manners[otp.Way2API].right),
			},
		},
		{
			// The vendor takes no phone number: any code of the account is right.
			name: "a code counts for its own phone", ways: []string{"device"},
			acts: []act{
				ways["device"].sends("device", "send"), ways["device"].sends("device", "send "+neighbour),
				{do: "verify " + neighbour + " CODE@" + phone, want: "wrong_code 0, 2 left"},
				{do: "verify +33612345670 CODE@" + phone, want: "not_found"},
				{do: "verify " + neighbour + " CODE", want: "ok 0 HTTP 200", calls: byAndroidAPI},
				verifies("CODE", manners[otp.AndroidAPI].right),
			},
		},
	})
}
