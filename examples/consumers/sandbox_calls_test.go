package consumers_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
)

// delivers sets what the vendor reports about the last message.
func delivers(status string) func(*sandbox.Server) error {
	return func(s *sandbox.Server) error {
		messages := s.Messages()
		return s.SetDelivery(messages[len(messages)-1].MessageID, status)
	}
}

// asks is a status check, by a request of this name.
func asks(request, want string, given func(*sandbox.Server) error) act {
	return act{do: "status", given: given, want: want, calls: request}
}

func TestStatusAndExtensionOfTheSandbox(t *testing.T) {
	t.Parallel()
	plan := func(plan string) func(*sandbox.Server) error {
		return atMyOTP(func(a *myotp.Account) { a.Plan = plan })
	}
	const day = 86400
	extends := func(seconds, want, end string, given func(*sandbox.Server) error) act {
		return act{do: "extend " + seconds, given: given, want: want, calls: strings.TrimSpace("myotp extend_otp " + end)}
	}
	fault := func(operation string, f sandbox.Fault) func(*sandbox.Server) error {
		f.Operation = operation
		return fails(f)
	}
	const check = "myotp check_otp_status 200"
	var stories []story
	for _, name := range []string{"myotp", "chat", "telegram"} {
		stories = append(stories, story{name: name + ": delivered and extended", ways: []string{name}, acts: []act{
			{do: "status", want: "not_found"}, {do: "extend 600", want: "not_found"},
			ways[name].sends(name, "send"),
			asks(check, "pending 0 HTTP 200", nil), later(6, asks(check, "delivered 0 HTTP 200", nil)),
			{do: "extend 600", want: "ok 0 HTTP 200", calls: "myotp extend_otp 200", body: `"duration":600`},
			later(800, verifies("CODE", manners[otp.MyOTP].right)),
		}})
	}
	for name, request := range map[string]string{
		"device": "androidapi sms_message", "gateway": "androidapi sms_message", "partner": "androidapi sms_message", "whatsapp": "androidapi wa_message",
	} {
		stories = append(stories, story{name: name + ": sent and failed", ways: []string{name}, acts: []act{
			ways[name].sends(name, "send"),
			asks(request+" 200", "pending 0 HTTP 200", nil), // not found: in the queue
			later(6, asks(request+" 200", "pending 0 HTTP 200", nil)),
			asks(request+" 200", "failed 0 HTTP 200", delivers("failed")),
			{do: "extend 600", want: "stop 0"},
		}})
	}
	for _, name := range []string{"octopush", "voice", "way2api"} {
		stories = append(stories, story{name: name + ": neither", ways: []string{name}, acts: []act{
			ways[name].sends(name, "send"), {do: "status", want: "unavailable 0"}, {do: "extend 600", want: "stop 0"},
		}})
	}
	perform(t, append(stories,
		story{name: "myotp: every status", ways: []string{"myotp"}, acts: []act{
			ways["myotp"].sends("myotp", "send"),
			asks(check, "pending 0 HTTP 200", delivers("ATES")),
			asks(check, "delivered 0 HTTP 200", delivers("read")),
			asks(check, "failed 0 HTTP 200", delivers("UNDELIV")),
			asks(check, "failed 0 HTTP 200", delivers("failed.NoBalance")),
			asks(check, "unknown 0 HTTP 200", delivers("misplaced")),
			asks(check, "unavailable 0 HTTP 200", plan(myotp.PlanBusiness)),
			asks("myotp check_otp_status lost", "unknown 0 no answer", fault("check_otp_status", sandbox.Fault{Kind: sandbox.DropBefore})),
			asks("myotp check_otp_status 502", "unknown 0 HTTP 502", fault("check_otp_status", sandbox.HTMLPage("", "", 502))),
			{do: "status", drift: 2 * day, want: "not_found 0 HTTP 200", calls: check}, // no DLR in the answer
		}},
		story{name: "myotp: every end of an extension", ways: []string{"myotp"}, acts: []act{
			ways["myotp"].sends("myotp", "send"),
			extends("29", "stop 0 HTTP 400", "400", nil),
			extends("600", "stop 0 HTTP 403", "403", plan(myotp.PlanStarter)),
			extends("600", "stop 0 HTTP 429", "429", fault("extend_otp", sandbox.RateLimited("", "", ""))),
			extends("600", "unknown 0 HTTP 502", "502", fault("extend_otp", sandbox.HTMLPage("", "", 502))),
			extends("600", "unknown 0 no answer", "lost", fault("extend_otp", sandbox.Fault{Kind: sandbox.DropBefore})),
			extends("600", "unknown 0 no answer", "200 lost", func(s *sandbox.Server) error {
				if err := plan(myotp.PlanBusiness)(s); err != nil {
					return err
				}
				return fault("extend_otp", sandbox.Fault{Kind: sandbox.DropAfter})(s)
			}),
			extends("600", "unknown 0 HTTP 200", "200", fault("extend_otp", sandbox.Fault{Kind: sandbox.Truncate})),
			{do: "extend 600", drift: 2 * day, want: "not_found 0 HTTP 404", calls: "myotp extend_otp 404"},
		}},
		story{
			name: "myotp: the older answers", ways: []string{"myotp"},
			settings: sandbox.Settings{MyOTP: myotp.Settings{UnknownID404: true, ExpiredStatus: true, CheckFields: myotp.CheckSeed}},
			acts: []act{
				ways["myotp"].sends("myotp", "send"),
				asks(check, "pending 0 HTTP 200", nil),
				{do: "verify CODE", drift: 301, want: "expired 0 HTTP 200", calls: byMyOTP},
				{do: "verify CODE", drift: 2 * day, want: "not_found 0 HTTP 404", calls: "myotp verify_otp 404"},
				asks("myotp check_otp_status 404", "not_found 0 HTTP 404", nil),
			},
		},
		story{
			name: "whatsapp: a list of one", ways: []string{"whatsapp"},
			settings: sandbox.Settings{AndroidAPI: androidapi.Settings{SingleAsArray: true, MirrorStatus: true}},
			acts: []act{
				ways["whatsapp"].sends("whatsapp", "send"),
				later(6, asks("androidapi wa_message 200", "pending 0 HTTP 200", nil)),
				asks("androidapi wa_message 200", "failed 0 HTTP 200", delivers("failed")),
				asks("androidapi wa_message lost", "unknown 0 no answer", fault("wa_message", sandbox.Fault{Kind: sandbox.DropBefore})),
				asks("androidapi wa_message 200", "unknown 0 HTTP 200", fault("wa_message", sandbox.Fault{Kind: sandbox.Truncate})),
				asks("androidapi wa_message 403", "unknown 0 HTTP 403", forbids("get_wa_sent")),
				// A key without the permission is not a wrong code.
				{do: "verify CODE", given: forbids("otp"), want: "stop 0 HTTP 403", calls: "androidapi get_otp 403"},
			},
		},
	))
}

func TestAlreadyActiveInTheSandbox(t *testing.T) {
	t.Parallel()
	active := later(31, act{do: "send", want: "already_active 0 HTTP 409", calls: "myotp generate_otp 409"})
	// The challenge of the first send is kept, and with it the message ID.
	kept := verifies("CODE", manners[otp.MyOTP].right)
	kept.body = `"message_id":`
	var stories []story
	for _, name := range []string{"myotp", "chat", "telegram"} {
		stories = append(stories, story{name: name, ways: []string{name, "octopush"}, acts: []act{
			ways[name].sends(name, "send"), active, kept,
		}})
	}
	unheard := act{
		do: "send", given: ways["myotp"].meets(sandbox.Fault{Kind: sandbox.DropAfter}),
		want: "unknown 0 no answer", calls: "myotp generate_otp 200 lost", arrives: "myotp",
	}
	forced := active
	forced.do, forced.later = "send --resend", 0
	perform(t, append(stories,
		story{name: "after a lost answer", ways: []string{"myotp", "octopush"}, acts: []act{
			unheard, active, verifies("CODE", manners[otp.MyOTP].right),
		}},
		story{
			name: "a resend that may not force", ways: []string{"myotp", "octopush"},
			profile: func(p *otp.Profile) {
				unlimited(p)
				p.Routes[0].MyOTP = &otp.MyOTPRoute{ForceSend: new(false)}
			},
			acts: []act{ways["myotp"].sends("myotp", "send"), forced, kept},
		},
	))
}
