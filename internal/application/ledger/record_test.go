package ledger_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	ago := func(minutes ...int) (sends []time.Time) {
		for _, m := range minutes {
			sends = append(sends, start.Add(-time.Duration(m)*time.Minute))
		}
		return sends
	}
	for name, test := range map[string]struct {
		sends  []time.Time
		limits otp.DocumentLimits
		limit  string
		wait   time.Duration
		left   int64
	}{
		"none yet":                      {nil, otp.DocumentLimits{ResendAfterSeconds: 30, PerPhoneHour: 5, PerPhoneDay: 10}, "", 0, 5},
		"too soon":                      {ago(1), otp.DocumentLimits{ResendAfterSeconds: 90, PerPhoneHour: 5, PerPhoneDay: 10}, "resend_after_seconds", 30 * time.Second, 4},
		"just late enough":              {ago(1), otp.DocumentLimits{ResendAfterSeconds: 60, PerPhoneHour: 5, PerPhoneDay: 10}, "", 0, 4},
		"too many in an hour":           {ago(50, 40), otp.DocumentLimits{ResendAfterSeconds: 30, PerPhoneHour: 2, PerPhoneDay: 10}, "per_phone_hour", 10 * time.Minute, 0},
		"the oldest has left the hour":  {ago(60, 40), otp.DocumentLimits{ResendAfterSeconds: 30, PerPhoneHour: 2, PerPhoneDay: 10}, "", 0, 1},
		"too many in a day":             {ago(300, 200), otp.DocumentLimits{ResendAfterSeconds: 30, PerPhoneHour: 2, PerPhoneDay: 2}, "per_phone_day", 19 * time.Hour, 0},
		"more than a limit that shrank": {ago(50, 40, 30), otp.DocumentLimits{PerPhoneHour: 2, PerPhoneDay: 10}, "per_phone_hour", 20 * time.Minute, 0},
		"no limits at all":              {ago(0, 0, 0), otp.DocumentLimits{}, "", 0, -1},
	} {
		r := ledger.Record{Sends: test.sends}
		got := ledger.Limited{}
		if limited := r.Limited(test.limits, start); limited != nil {
			got = *limited
		}
		if got.Limit != test.limit || got.Wait != test.wait {
			t.Errorf("%s: limited by %q for %s, want %q for %s", name, got.Limit, got.Wait, test.limit, test.wait)
		}
		if left, _ := r.Left(test.limits, start); left != test.left {
			t.Errorf("%s: %d left, want %d", name, left, test.left)
		}
	}
}

// TestNoSpanEverHoldsMoreThanItsLimit: whoever waits as long as Limited says,
// and no longer, keeps every limit.
func TestNoSpanEverHoldsMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limits := otp.DocumentLimits{
			ResendAfterSeconds: rapid.Int64Range(0, 600).Draw(t, "resend"),
			PerPhoneHour:       rapid.Int64Range(0, 4).Draw(t, "hour"), PerPhoneDay: rapid.Int64Range(0, 6).Draw(t, "day"),
		}
		var r ledger.Record
		now := start
		for range rapid.IntRange(1, 25).Draw(t, "sends") {
			now = now.Add(time.Duration(rapid.IntRange(0, 7200).Draw(t, "pause")) * time.Second)
			if limited := r.Limited(limits, now); limited != nil {
				now = now.Add(limited.Wait)
				if again := r.Limited(limits, now); again != nil {
					t.Fatalf("limited by %q after a wait of %s", again.Limit, limited.Wait)
				}
			}
			r.Count(now)
			for _, last := range []struct {
				most int64
				span time.Duration
			}{{1, time.Duration(limits.ResendAfterSeconds) * time.Second}, {limits.PerPhoneHour, time.Hour}, {limits.PerPhoneDay, 24 * time.Hour}} {
				n := int64(0)
				for _, at := range r.Sends {
					if at.After(now.Add(-last.span)) {
						n++
					}
				}
				if last.most > 0 && last.span > 0 && n > last.most {
					t.Fatalf("%d sends within %s, of %d", n, last.span, last.most)
				}
			}
		}
	})
}

func TestAttemptsAreTakenBackOneByOne(t *testing.T) {
	t.Parallel()
	var r ledger.Record
	r.Attempt(start, "a", start.Add(time.Hour))
	r.Attempt(start, "b", start.Add(time.Hour))
	r.NotWrong(start)
	r.Unused("a")
	if len(r.Wrong) != 1 || len(r.Used) != 1 {
		t.Errorf("got %+v", r)
	}
	r.Uncount(start) // which was never counted
	r.Count(start)
	r.Count(start.Add(time.Second))
	r.Uncount(start)
	if len(r.Sends) != 1 || !r.Sends[0].Equal(start.Add(time.Second)) {
		t.Errorf("got %+v", r.Sends)
	}
}
