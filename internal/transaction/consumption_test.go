package transaction_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

const twoAgents = `{"year": 2026, "month": 9, "number_of_sendings": 30, "cost": 1.350, "consumption_by_agent": [
	{"agent_email": "nadia@example.com", "number_of_sendings": 20, "cost": "0.90"},
	{"agent_email": "sandbox@octopush.test", "number_of_sendings": 10, "cost": 0.45}]}`

func agent(email string, sendings int64, cost string) map[string]any {
	return map[string]any{"agent_email": email, "sendings": sendings, "cost": cost}
}

func TestConsumptionIsAsTheVendorTellsIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reveal any
		agents []any
	}{
		"masked": {nil, []any{agent("n*****@example.com", 20, "0.9"), agent("s*****@octopush.test", 10, "0.45")}},
		// The API login is a credential, which may not be in a state.
		"revealed": {true, []any{agent("nadia@example.com", 20, "0.9"), agent("s*****@octopush.test", 10, "0.45")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := providertest.NewSandbox(t)
			providertest.Answer(t, s, "octopush", "monthly_consumption", twoAgents)
			got := providertest.NewWalk(t, s, otp.Octopush).Reads("otp_consumption", map[string]any{"year": 2026, "month": 9, "channel": "sms", "reveal_personal_data": test.reveal})
			want := map[string]any{
				"account": nil, "year": int64(2026), "month": int64(9), "channel": "sms", "reveal_personal_data": test.reveal,
				"sendings": int64(30), "cost": "1.35", "agents": test.agents,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if body := s.Requests()[0].Body; body != `{"channel":"sms","month":9,"year":2026}` {
				t.Errorf("asked %s", body)
			}
		})
	}
}

func TestAMonthInWhichNobodySent(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	got := providertest.NewWalk(t, s, otp.Octopush).Reads("otp_consumption", map[string]any{"year": 2025, "month": 12})
	want := map[string]any{
		"account": nil, "year": int64(2025), "month": int64(12), "channel": nil, "reveal_personal_data": nil, "sendings": int64(0), "cost": "0", "agents": []any{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"monthly_consumption": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}

// Octopush repairs what it does not like and answers all the same.
func TestFiguresOfAnotherMonthAreAnError(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	providertest.Answer(t, s, "octopush", "monthly_consumption", strings.Replace(twoAgents, `"month": 9`, `"month": 10`, 1))
	providertest.NewWalk(t, s, otp.Octopush).Fails("otp_consumption", map[string]any{"year": 2026, "month": 9},
		`^Octopush could not read the consumption: .*the answer is about another month than the one that was asked for`)
}

func TestConsumptionRefusesWhatIsNoMonth(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := providertest.NewWalk(t, s, otp.Octopush)
	w.Fails("otp_consumption", map[string]any{"year": 2026, "month": 13}, `between 1 and 12`)
	w.Fails("otp_consumption", map[string]any{"year": 26, "month": 1}, `between 2000 and 9999`)
	w.Fails("otp_consumption", map[string]any{"year": 2026, "month": 1, "channel": ""}, `at least 1`)
	providertest.NewWalk(t, s).Fails("otp_consumption", map[string]any{"year": 2026, "month": 1}, `OTP_OCTOPUSH_API_LOGIN`)
	if diff := cmp.Diff(map[string]int{}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}
