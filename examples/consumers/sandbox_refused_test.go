package consumers_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

// refusal is why a vendor sends nothing, and the HTTP status that says so.
type refusal struct {
	given  func(*sandbox.Server) error
	status string
}

// passed makes acts of refusals: each time the next route sends.
func passed(from, to string, refusals ...refusal) []act {
	var acts []act
	for _, r := range refusals {
		acts = append(acts, act{
			do: "send --resend", given: r.given, want: "ok 1 HTTP 200 after 0 HTTP " + r.status,
			calls: ways[from].call(r.status) + ", " + ways[to].call("200"), arrives: to,
		})
	}
	return acts
}

// doubts makes acts of answers that do not say that nothing was sent: the next
// route is left alone.
func doubts(from string, faults ...sandbox.Fault) []act {
	var acts []act
	for _, fault := range faults {
		status := strconv.Itoa(fault.Status)
		acts = append(acts, act{
			do: "send --resend", given: ways[from].meets(fault), want: "unknown 0 HTTP " + status, calls: ways[from].call(status),
		})
	}
	return acts
}

// verified is the right code, checked by the second route.
func verified(call string) act {
	return act{do: "verify CODE", want: "ok 1 HTTP 200", calls: call}
}

// without takes a variable's value for a wrong one.
func without(name string) func(map[string]string) {
	return func(env map[string]string) { env[name] = "made-up-wrong-value" }
}

func atOctopush(change func(*octopush.Account)) func(*sandbox.Server) error {
	return func(s *sandbox.Server) error { return octopush.At(s).Update(change) }
}

func atMyOTP(change func(*myotp.Account)) func(*sandbox.Server) error {
	return func(s *sandbox.Server) error { return myotp.At(s).Update(change) }
}

func atAndroidAPI(change func(*androidapi.Account)) func(*sandbox.Server) error {
	return func(s *sandbox.Server) error { return androidapi.At(s).Update(change) }
}

func atWay2API(change func(*way2api.Account)) func(*sandbox.Server) error {
	return func(s *sandbox.Server) error { return way2api.At(s).Update(change) }
}

// forbids takes a permission from AndroidAPI's key.
func forbids(permission string) func(*sandbox.Server) error {
	return atAndroidAPI(func(a *androidapi.Account) {
		a.Permissions = slices.DeleteFunc(a.Permissions, func(p string) bool { return p == permission })
	})
}

const (
	byOctopush   = "octopush otp_validate 200"
	byMyOTP      = "myotp verify_otp 200"
	byAndroidAPI = "androidapi get_otp 200"
)

func TestRefusalsOfTheSandbox(t *testing.T) {
	t.Parallel()
	two := func(from, to, name string, acts ...act) story {
		return story{name: from + ": " + name, ways: []string{from, to}, profile: unlimited, acts: acts}
	}
	wrongKey := func(from, to, variable, status string) story {
		s := two(from, to, "wrong key", passed(from, to, refusal{nil, status})...)
		s.env = without(variable)
		return s
	}
	set := func(s story, settings sandbox.Settings) story {
		s.settings = settings
		return s
	}
	fault := func(name string, status int) refusal {
		return refusal{ways[name].meets(answers(status, "refused")), strconv.Itoa(status)}
	}
	perform(t, []story{
		wrongKey("octopush", "myotp", "OTP_OCTOPUSH_API_KEY", "401"),
		wrongKey("voice", "myotp", "OTP_OCTOPUSH_API_LOGIN", "401"),
		wrongKey("telegram", "octopush", "OTP_MYOTP_API_KEY", "401"),
		wrongKey("whatsapp", "octopush", "OTP_ANDROIDAPI_SECRET", "200"), // the verdict is in the body
		wrongKey("way2api", "myotp", "OTP_WAY2API_API_KEY", "401"),
		two("octopush", "device", "refused", slices.Concat(
			passed("octopush", "device",
				refusal{atOctopush(func(a *octopush.Account) { a.Forbidden = true }), "403"},
				refusal{atOctopush(func(a *octopush.Account) { a.Forbidden, a.WalletPacks = false, nil }), "400"},
			),
			[]act{verified(byAndroidAPI)},
			doubts("octopush", answers(402, "{}"), answers(404, "{}"), answers(429, "{}"), answers(500, "{}")),
		)...),
		set(two("myotp", "octopush", "refused", slices.Concat(
			passed("myotp", "octopush",
				refusal{atMyOTP(func(a *myotp.Account) { a.UnpricedCountries = []string{"FRA"} }), "400"},
				refusal{atMyOTP(func(a *myotp.Account) { a.UnpricedCountries, a.Balance = nil, 0 }), "402"},
				refusal{atMyOTP(func(a *myotp.Account) { a.Balance, a.Allowlist = 9, []string{"192.0.2.1"} }), "403"},
				refusal{ways["myotp"].meets(sandbox.RateLimited("", "", "")), "429"},
			),
			[]act{verified(byOctopush)},
			doubts("myotp", answers(404, "{}"), answers(500, "{}")),
		)...), sandbox.Settings{MyOTP: myotp.Settings{PaymentRequired: true}}),
		two("chat", "telegram", "refused", passed("chat", "telegram",
			refusal{atMyOTP(func(a *myotp.Account) { a.Balance = 1 }), "403"}, // enough for the next route
		)...),
		two("device", "myotp", "refused", slices.Concat(
			passed("device", "myotp",
				refusal{atAndroidAPI(func(a *androidapi.Account) { a.Devices = nil }), "200"},
				refusal{forbids("otp"), "200"},
			),
			[]act{verified(byMyOTP)},
			doubts("device", answers(200, `{"status": 500}`), answers(401, ""), answers(429, "{}"), answers(503, "")),
		)...),
		set(two("gateway", "octopush", "refused", passed("gateway", "octopush",
			refusal{atAndroidAPI(func(a *androidapi.Account) { a.Credits = 0 }), "200"},
			refusal{forbids("otp"), "403"},
		)...), sandbox.Settings{AndroidAPI: androidapi.Settings{Exhausted400: true, MirrorStatus: true}}),
		set(two("whatsapp", "device", "refused", passed("whatsapp", "device",
			refusal{func(s *sandbox.Server) error { return androidapi.At(s).DisconnectWhatsApp(linkedAccount) }, "200"},
			refusal{atAndroidAPI(func(a *androidapi.Account) { a.WhatsApp = nil }), "200"},
		)...), sandbox.Settings{AndroidAPI: androidapi.Settings{RefuseDisconnected: true}}),
		two("way2api", "partner", "refused", slices.Concat(
			passed("way2api", "partner",
				refusal{atWay2API(func(a *way2api.Account) { a.KeyExpired = true }), "401"},
				refusal{atWay2API(func(a *way2api.Account) { a.KeyExpired, a.Balance = false, 0 }), "402"},
				refusal{atWay2API(func(a *way2api.Account) { a.NoAccess = true }), "403"},
				fault("way2api", 400), fault("way2api", 404), fault("way2api", 422), fault("way2api", 500), fault("way2api", 503),
			),
			[]act{verified(byAndroidAPI)},
			doubts("way2api", answers(502, "")),
		)...),
		set(two("way2api", "myotp", "too many", append(
			[]act{ways["way2api"].sends("way2api", "send")},
			passed("way2api", "myotp", refusal{nil, "429"})...,
		)...), sandbox.Settings{Way2API: way2api.Settings{PerMinute: 1}}),
	})
}

func TestChainsOfTheSandbox(t *testing.T) {
	t.Parallel()
	closed := func(s *sandbox.Server) error {
		if err := octopush.At(s).Update(func(a *octopush.Account) { a.Forbidden = true }); err != nil {
			return err
		}
		return myotp.At(s).Update(func(a *myotp.Account) { a.Balance = 0 })
	}
	opened := func(s *sandbox.Server) error {
		return octopush.At(s).Update(func(a *octopush.Account) { a.Forbidden = false })
	}
	perform(t, []story{
		{
			name: "the fourth of four", ways: []string{"octopush", "way2api", "device", "telegram"}, phone: indian,
			profile: func(p *otp.Profile) { p.Routes[0].Countries = []string{"FR"} },
			acts: []act{
				{
					do: "send", want: "ok 3 HTTP 200 after 1 HTTP 402 after 2 HTTP 200", arrives: "telegram",
					calls: "way2api send_otp_pin 402, androidapi send_otp 200, myotp generate_otp 200",
					given: func(s *sandbox.Server) error {
						if err := way2api.At(s).Update(func(a *way2api.Account) { a.Balance = 0 }); err != nil {
							return err
						}
						return forbids("otp")(s)
					},
				},
				{do: "verify WRONG", want: "wrong_code 3 HTTP 200, 2 left", calls: byMyOTP},
				{do: "status", want: "pending 3 HTTP 200", calls: "myotp check_otp_status 200"},
				{do: "extend 60", want: "ok 3 HTTP 200", calls: "myotp extend_otp 200"},
				{do: "verify CODE", want: "ok 3 HTTP 200", calls: byMyOTP},
			},
		},
		{
			name: "refused by all, nothing counts", ways: []string{"octopush", "myotp"},
			acts: []act{
				{do: "send", given: closed, want: "next_route after 0 HTTP 403 after 1 HTTP 403", calls: "octopush otp_generate 403, myotp generate_otp 403"},
				{do: "verify 123456", want: "not_found"},
				{do: "send", given: opened, want: "ok 0 HTTP 200", calls: "octopush otp_generate 200", arrives: "octopush"},
				later(31, act{do: "send", given: closed, want: "next_route after 0 HTTP 403 after 1 HTTP 403", calls: "octopush otp_generate 403, myotp generate_otp 403"}),
				{do: "verify CODE", given: opened, want: "ok 0 HTTP 200", calls: byOctopush},
			},
		},
		{
			name: "no connection", ways: []string{"octopush", "myotp"},
			env: func(env map[string]string) { env["OTP_OCTOPUSH_BASE_URL"] = "http://127.0.0.1:1" },
			acts: []act{
				{do: "send", want: "ok 1 HTTP 200 after 0 no connection", calls: "myotp generate_otp 200", arrives: "myotp"},
				verified(byMyOTP),
			},
		},
		{
			name: "unknown, and another route when the person asks", ways: []string{"octopush", "chat"}, profile: patient,
			acts: []act{
				{do: "send", given: ways["octopush"].meets(sandbox.Fault{Kind: sandbox.DropAfter}), want: "unknown 0 no answer", calls: "octopush otp_generate 200 lost", arrives: "octopush"},
				{do: "send --resend --route 1", want: "limited"},
				later(201, act{do: "send --resend --route 1", want: "ok 1 HTTP 200", calls: "myotp generate_otp 200", arrives: "chat"}),
				{do: "verify OLD", want: "wrong_code 1 HTTP 200, 2 left", calls: byMyOTP},
				verified(byMyOTP),
			},
		},
		{
			name: "wrong codes count over all routes", ways: []string{"octopush", "device"},
			acts: []act{
				{do: "send", want: "ok 0 HTTP 200", calls: "octopush otp_generate 200", arrives: "octopush"},
				{do: "verify WRONG", want: "wrong_code 0 HTTP 400, 2 left", calls: "octopush otp_validate 400"},
				{do: "verify WRONG", want: "wrong_code 0 HTTP 400, 1 left", calls: "octopush otp_validate 400"},
				later(31, act{do: "send --resend --route 1", want: "ok 1 HTTP 200", calls: "androidapi send_otp 200", arrives: "device"}),
				{do: "verify WRONG", want: "wrong_code 1, 0 left"},
				{do: "verify CODE", want: "too_many_attempts 1"},
			},
		},
	})
}
