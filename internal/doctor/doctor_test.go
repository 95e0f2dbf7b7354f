package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// environment has the accounts of some vendors at a sandbox, and no others.
func environment(t *testing.T, s *sandbox.Server, of ...otp.Vendor) Options {
	t.Helper()
	for name, value := range s.Environment() {
		t.Setenv(name, "")
		for _, vendor := range of {
			if strings.HasPrefix(name, vendor.Variable("", "")) {
				t.Setenv(name, value)
			}
		}
	}
	return Options{Version: "test", URL: "sqlite:" + filepath.Join(t.TempDir(), "none.db"), Timeout: 10 * time.Second}
}

func (r Report) find(check Check, mark Mark) []string {
	var found []string
	for _, line := range r.Lines {
		if line.Check == check && line.Mark == mark {
			found = append(found, line.Text+" "+line.Remedy)
		}
	}
	return found
}

func TestAClockThatIsWrongIsAWarning(t *testing.T) {
	s := sandbox.StartForTest(t, sandbox.Options{})
	options := environment(t, s, otp.MyOTP)
	for offset, want := range map[time.Duration]string{
		2 * time.Hour: "2h0m", -2 * time.Hour: "1h59m", // the answer's date has no fractions, and takes its time
	} {
		options.Now = func() time.Time { return time.Now().Add(offset) }
		report, err := Examine(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		direction := map[bool]string{true: "ahead of", false: "behind"}[offset > 0]
		found := report.find(Clock, Warning)
		if len(found) != 1 || !strings.Contains(found[0], direction+" that of MyOTP.App") || !strings.Contains(found[0], "NTP") {
			t.Errorf("%s: got %q, want %s", offset, found, want)
		}
	}
}

// A slow answer is no wrong clock.
func TestSkewIsWhatTheBestAnswerShows(t *testing.T) {
	t.Parallel()
	at := func(seconds float64) time.Time {
		return time.Unix(1_790_000_000, 0).Add(time.Duration(seconds * float64(time.Second)))
	}
	for name, test := range map[string]struct {
		heads []httpapi.Head
		want  time.Duration
	}{
		"within":          {[]httpapi.Head{{Asked: at(0.5), Answered: at(0.7), Date: at(0)}}, 0},
		"a slow answer":   {[]httpapi.Head{{Asked: at(0), Answered: at(50), Date: at(20)}}, 0},
		"ahead":           {[]httpapi.Head{{Asked: at(100), Answered: at(101), Date: at(0)}}, -99 * time.Second},
		"behind":          {[]httpapi.Head{{Asked: at(0), Answered: at(1), Date: at(61)}}, 60 * time.Second},
		"the best of two": {[]httpapi.Head{{Asked: at(0), Answered: at(1), Date: at(61)}, {Asked: at(0), Answered: at(59), Date: at(60)}}, time.Second},
	} {
		if got, told := skewOf(test.heads); got != test.want || !told {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
	if _, told := skewOf([]httpapi.Head{{Asked: at(0), Answered: at(1)}}); told {
		t.Error("an answer without a date tells the time")
	}
}

func TestACertificateThatNobodyTrustsBlocks(t *testing.T) {
	s := sandbox.StartForTest(t, sandbox.Options{})
	options := environment(t, s, otp.MyOTP)
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	t.Setenv("OTP_MYOTP_BASE_URL", server.URL)
	report, err := Examine(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if found := report.find(TLS, Fault); len(found) != 1 || !strings.Contains(found[0], "the certificate of the host is not trusted") {
		t.Errorf("got %q in %v", found, report.Lines)
	}
	x := &examination{heads: map[account][]httpapi.Head{{vendor: otp.MyOTP}: {{TLS: &tls.ConnectionState{Version: tls.VersionTLS13, PeerCertificates: []*x509.Certificate{server.Certificate()}}}}}}
	x.way(account{vendor: otp.MyOTP})
	if found := x.find(TLS, OK); len(found) != 1 || !strings.HasPrefix(found[0], "TLS 1.3; the certificate is trusted until 20") {
		t.Errorf("got %q", found)
	}
}

// Without a profile, the accounts that are configured are looked at all the
// same, and with no account nothing is.
func TestWithoutACatalogAccountsAreLookedAt(t *testing.T) {
	s := sandbox.StartForTest(t, sandbox.Options{})
	report, err := Examine(t.Context(), environment(t, s, otp.Octopush, otp.Way2API))
	if err != nil {
		t.Fatal(err)
	}
	if got := report.find(Balance, OK); len(got) != 1 || !strings.Contains(got[0], "37.5 euros are left.") {
		t.Errorf("got %q", got)
	}
	asked := len(s.Requests())
	if report, err = Examine(t.Context(), environment(t, s)); err != nil || len(report.Vendors) != 0 || len(s.Requests()) != asked {
		t.Errorf("%v: %v, %d requests", err, report.Lines, len(s.Requests())-asked)
	}
}

func TestWhoSomebodyIsStaysOut(t *testing.T) {
	t.Setenv("HOME", "/home/jane")
	for text, want := range map[string]string{
		"no catalog is at sqlite:/home/jane/otp.db yet":      "no catalog is at sqlite:~/otp.db yet",
		"The catalog postgres://jane@db.example/otp failed":  "The catalog postgres://[user]@db.example/otp failed",
		"connect to `user=jane database=otp`, role \"jane\"": "connect to `user=[user] database=otp`, role \"[user]\"",
		"postgres://jane:p@s/s@db.example:5432/otp?x=y":      "postgres://[user]@db.example:5432/otp?x=y",
		"asked\nby jane@example.com":                         "asked by [e-mail]",
	} {
		if got := clean(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRoutesAreNamedInFewWords(t *testing.T) {
	t.Parallel()
	var routes []route
	for _, name := range []string{"a", "a", "b", "c", "d"} {
		routes = append(routes, route{document: otp.Document{Profile: name}, number: len(routes)})
	}
	if got, want := about(routes), "a.routes[0,1], b.routes[2] and of 2 more profiles"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
