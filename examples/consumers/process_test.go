package consumers_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// start makes a bench with a scenario's document.
func start(t *testing.T, command []string, sc scenario) *bench {
	t.Helper()
	return newBench(t, command, sc.document(t), sc.env)
}

func TestAttemptsThatRaceAreCounted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, command []string) {
		b := start(t, command, scenario{routes: []string{"myotp"}})
		b.step(t, myotpSent)
		b.vendor.expect(slices.Repeat([]string{`200 {"status": "failed", "reason": "invalid"}`}, 6))
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() { b.run(t, "verify", phone, "111111") })
		}
		group.Wait()
		if calls := b.vendor.take(); len(calls) != 3 {
			t.Errorf("%d wrong codes reached the vendor at once, want max_wrong_attempts, 3", len(calls))
		}
	})
}

func TestChallengesAreShared(t *testing.T) {
	t.Parallel()
	if consumers["python"] == nil {
		t.Skip("the python consumer is NOT tested: python3 is not on the PATH")
	}
	for _, order := range [][]string{{"go", "python"}, {"python", "go"}} {
		t.Run(strings.Join(order, " to "), func(t *testing.T) {
			t.Parallel()
			b := start(t, consumers[order[0]], scenario{routes: []string{"androidapi", "way2api"}})
			b.step(t, androidSent)
			b.step(t, step{do: "send --route 1 " + indian, answers: []string{way2apiOK}, calls: []string{way2apiCall}, want: byRoute(1, "way2api", "ok", http200)})
			b.command = consumers[order[1]]
			b.step(t, checked("androidapi", androidVerify(code), androidYes, "ok", 0, http200))
			b.step(t, step{do: "verify " + indian + " MADE", want: byRoute(1, "way2api", "ok", "")})
			b.keepsSecrets(t)
		})
	}
}

func TestWhatIsStored(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, command []string) {
		b := start(t, command, scenario{routes: []string{"androidapi", "way2api"}})
		type challenge struct {
			Kept map[string]any
			Code string
		}
		stored := func(phone string) challenge {
			text, err := os.ReadFile(b.path("challenges.json"))
			if err != nil {
				t.Fatal(err)
			}
			var records map[string]struct{ Challenge challenge }
			if err := json.Unmarshal(text, &records); err != nil {
				t.Fatal(err)
			}
			return records["login "+phone].Challenge
		}
		b.step(t, androidSent)
		b.step(t, step{do: "send --route 1 " + indian, answers: []string{way2apiOK}, calls: []string{way2apiCall}, want: byRoute(1, "way2api", "ok", http200)})
		secret, ok := stored(phone).Kept["secret_code"].(map[string]any)
		if mac, _ := secret["mac"].(string); !ok || len(mac) != 64 || secret["value"] != nil {
			t.Errorf("secret_code is stored as %v, want a keyed hash and nothing else", secret)
		}
		want := map[string]any{"number": true, "value": "901"}
		if diff := cmp.Diff(want, stored(phone).Kept["message_id"]); diff != "" {
			t.Errorf("message_id (-want +got):\n%s", diff)
		}
		if made := stored(indian).Code; len(made) != 64 {
			t.Errorf("the code of the application is stored as %q, want a keyed hash", made)
		}
		// A command about another phone shows that all credentials expire.
		b.pass(t, 301)
		third := "+33612345679"
		b.step(t, step{
			do: "send --route 0 " + third, answers: []string{`200 {"status": 400}`}, exit: 3,
			calls: []string{strings.ReplaceAll(androidSend(androidText), phone, third)},
			want:  `{"outcome":"next_route","refused":[` + by("androidapi", "next_route", http200) + `]}`,
		})
		if secret, made := stored(phone).Kept["secret_code"], stored(indian).Code; secret != nil || made != "" {
			t.Errorf("credentials outlived their challenges: %v %v", secret, made)
		}
	})
}

func TestWithoutChallengesNothingIsSent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, command []string) {
		b := start(t, command, scenario{routes: []string{"octopush"}})
		for _, challenges := range []string{b.path("none/challenges.json"), b.path("broken.json")} {
			if err := os.WriteFile(b.path("broken.json"), []byte("leak-marker"), 0o600); err != nil {
				t.Fatal(err)
			}
			exit, stdout, stderr := b.run(t, "send", phone, "--challenges", challenges)
			if exit != 1 || stdout != "" || !strings.Contains(stderr, "cannot use the challenges") || strings.Contains(stderr, "leak-marker") {
				t.Errorf("exit %d, %q, %q", exit, stdout, stderr)
			}
		}
		if calls := b.vendor.take(); calls != nil {
			t.Errorf("requests: %v", calls)
		}
	})
}

func TestCatalogIsOnlyRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, command []string) {
		b := start(t, command, scenario{routes: []string{"octopush"}})
		stored, err := os.ReadFile(b.path("catalog.db"))
		if err != nil {
			t.Fatal(err)
		}
		b.step(t, octopushSent)
		b.step(t, step{do: "send --profile other " + phone, exit: 1, stderr: "no profile other"})
		if now, err := os.ReadFile(b.path("catalog.db")); err != nil || !slices.Equal(now, stored) {
			t.Errorf("the catalog was changed: %v", err)
		}
		if err := os.Rename(b.path("catalog.db"), b.path("catalog #1?.db")); err != nil {
			t.Fatal(err)
		}
		b.step(t, step{do: "send " + phone, exit: 1, stderr: "cannot read the catalog"})
		if left, err := filepath.Glob(b.path("catalog*")); err != nil || len(left) != 1 {
			t.Errorf("a missing catalog was made: %v %v", left, err)
		}
		exit, _, stderr := b.run(t, "routes", "--catalog", b.path("catalog #1?.db"))
		if exit != 0 {
			t.Errorf("exit %d, %s", exit, stderr)
		}
	})
}

func TestOutputForPeople(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, command []string) {
		b := start(t, command, scenario{routes: []string{"octopush", "way2api", "myotp"}})
		if err := os.Remove(b.path("catalog.db")); err != nil {
			t.Fatal(err)
		}
		catalog(t, b.path("catalog.db"), scenario{routes: []string{"octopush", "way2api", "myotp"}}.document(t), false)
		show := func(answer string, wantExit int, want, wantError string, arguments ...string) {
			t.Helper()
			b.vendor.expect([]string{answer})
			exit, stdout, stderr := b.run(t, arguments...)
			if exit != wantExit || !strings.Contains(stderr, wantError) {
				t.Errorf("exit %d, %q; want %d, %q", exit, stderr, wantExit, wantError)
			}
			if diff := cmp.Diff(want, stdout); diff != "" {
				t.Errorf("%v (-want +got):\n%s", arguments, diff)
			}
		}
		show("", 0, `ROUTE  VENDOR      CHANNEL    COUNTRIES  CALLS
0      octopush    sms        all        send,verify
1      way2api     sms        IN         send
2      myotp       sms        all        send,verify,extend,status
`, "not up to date", "routes")
		show(octopushOK, 0, `outcome              ok
route                0
vendor               octopush
channel              sms
answer               HTTP 200
`, "", "send", phone)
		show(`400 {"code": 199, "remaining_number_of_attempts": 2}`, 2, `outcome              wrong_code
route                0
vendor               octopush
channel              sms
answer               HTTP 400
remaining            2
`, "", "verify", phone, "111111")
		b.pass(t, 1000)
		show(octopushNo, 3, "outcome              next_route\n", "route 0 octopush sms: next_route, HTTP 403", "send", phone, "--route", "0")
		exit, stdout, _ := b.run(t, "routes", "--json")
		var rows []map[string]any
		if err := json.Unmarshal([]byte(stdout), &rows); exit != 0 || err != nil || len(rows) != 3 {
			t.Fatalf("exit %d, %v, %s", exit, err, stdout)
		}
		want := map[string]any{
			"route": 1.0, "vendor": "way2api", "channel": "sms", "countries": []any{"IN"}, "calls": []any{"send"},
			"duties": []any{"allowed_countries", "bind_phone", "make_code", "max_wrong_attempts", "send_limits", "single_use", "validity", "verify_code"},
		}
		if diff := cmp.Diff(want, rows[1]); diff != "" {
			t.Errorf("routes --json (-want +got):\n%s", diff)
		}
	})
}

// TestNoVendorSpecificLine holds the promise of the consumers: a vendor's name
// occurs in the table of default base URLs, and nowhere else.
func TestNoVendorSpecificLine(t *testing.T) {
	t.Parallel()
	vendors := []string{"androidapi", "myotp", "octopush", "way2api", "zender"}
	defaults := []string{ // the profile document, section Placeholders
		`"androidapi": "https://androidapi.net/api",`, `"myotp": "https://api.myotp.app",`,
		`"octopush": "https://api.octopush.com/v1/public",`, `"way2api": "https://app.way2api.com/api/v1",`,
	}
	for _, pattern := range []string{"go/*.go", "python/*.py"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v %v", pattern, files, err)
		}
		var named []string
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(source)) {
				if slices.ContainsFunc(vendors, func(v string) bool { return strings.Contains(strings.ToLower(line), v) }) {
					named = append(named, strings.Join(strings.Fields(line), " "))
				}
			}
			if strings.Contains(string(source), "terraform-provider-otp/internal") {
				t.Errorf("%s imports the provider", file)
			}
		}
		if diff := cmp.Diff(defaults, named); diff != "" {
			t.Errorf("%s: lines that name a vendor (-want +got):\n%s", pattern, diff)
		}
	}
}
