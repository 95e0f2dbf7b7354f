package catalog

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// What psql takes in a URL reaches a server, and none of it as a setting that the
// server would refuse.
func TestAURLThatPsqlTakesConnects(t *testing.T) {
	t.Parallel()
	for parameter, warning := range map[string]string{
		"gssencmode=disable": "", "gssencmode=prefer": "", "keepalives=0": "", "keepalives=1": "", "keepalives_idle=30": "",
		"keepalives_interval=5": "", "keepalives_count=3": "", "fallback_application_name=mine": "", "load_balance_hosts=random": "",
		"load_balance_hosts=disable": "", "ssl_min_protocol_version=TLSv1.2": "", "ssl_max_protocol_version=TLSv1.3": "",
		"ssl_min_protocol_version=": "", "requiressl=0": "", "sslcompression=0": "", "connect_timeout=5": "", "replication=false": "",
		"channel_binding=prefer": "", "require_auth=": "", "sslcertmode=allow": "", "sslsni=1": "", "krbsrvname=postgres": "",
		"target_session_attrs=any": "", "client_encoding=UTF8": "", "options=-c%20geqo%3Doff": "", "application_name=x": "",
		"statement_timeout=60s": "", "tcp_user_timeout=0": "", "passfile=/nowhere": "", "min_protocol_version=3.0": "",
		"sslcompression=1":        "The parameter sslcompression of the catalog's connection is ignored",
		"gsslib=gssapi":           "The parameter gsslib of",
		"gssdelegation=1":         "The parameter gssdelegation of",
		"client_encoding=LATIN1":  "The parameter client_encoding of",
		"sslkeylogfile=/tmp/keys": "The parameter sslkeylogfile of",
	} {
		s, err := Open(postgresPlace(t).url + "&" + parameter)
		must(t, err)
		if _, err := s.ID(t.Context()); err != nil {
			t.Errorf("%s: %v", parameter, err)
		}
		if got := strings.Join(s.Warnings(), " "); warning == "" && got != "" || !strings.Contains(got, warning) {
			t.Errorf("%s: the warnings are %q, want %q", parameter, got, warning)
		}
		must(t, s.Close())
	}
}

func TestAParameterThatCannotBeHonouredIsNamed(t *testing.T) {
	t.Parallel()
	for parameter, words := range map[string]string{
		"gssencmode=require":               "gssencmode cannot be honoured",
		"gssencmode=hunter2":               "gssencmode cannot be honoured: its value has to be disable or prefer",
		"keepalives_idle=hunter2":          "keepalives_idle cannot be honoured: its value has to be a whole number",
		"keepalives=-1":                    "keepalives cannot be honoured",
		"tcp_user_timeout=hunter2":         "tcp_user_timeout cannot",
		"load_balance_hosts=hunter2":       "load_balance_hosts cannot be honoured: its value has to be disable or random",
		"ssl_min_protocol_version=hunter2": "ssl_min_protocol_version cannot be honoured: its value has to be TLSv1,",
		"requiressl=1":                     "sslmode=require",
		"sslcrl=hunter2.pem":               "sslcrl cannot be honoured: the provider reads no revocation lists",
		"sslcrldir=hunter2":                "sslcrldir cannot",
		"requirepeer=hunter2":              "requirepeer cannot",
		"replication=database":             "replication cannot",
		"scram_client_key=hunter2":         "scram_client_key cannot",
	} {
		_, err := Open("postgres://otp@db.internal/otp?" + parameter)
		var wrong *URLError
		if !errors.As(err, &wrong) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", parameter, err)
		}
		mentions(t, err, words)
	}
}

func TestAParameterThatNobodyKnowsIsAnErrorThatNamesIt(t *testing.T) {
	t.Parallel()
	s := place{url: postgresPlace(t).url + "&ssl_mode=require"}.open(t)
	for _, do := range calls {
		pauses := hurry(s)
		err := do(t.Context(), s)
		storageError(t, err, `unrecognized configuration parameter "ssl_mode"`, "Correct its name in catalog.url")
		equal(t, int64(0), pauses.Load())
		if strings.Contains(err.Error(), "report") {
			t.Error(err)
		}
	}
}

func TestTheClientsOwnParametersAreKept(t *testing.T) {
	t.Parallel()
	config, _, _, err := parsePostgres("//a,b:5433,c/otp?sslmode=verify-full&ssl_min_protocol_version=TLSv1.3&fallback_application_name=mine&keepalives_idle=7")
	must(t, err)
	equal(t, "mine", config.RuntimeParams["application_name"])
	equal(t, uint16(tls.VersionTLS13), config.TLSConfig.MinVersion)
	for _, way := range config.Fallbacks {
		equal(t, uint16(tls.VersionTLS13), way.TLSConfig.MinVersion)
	}
	for name := range clientSide {
		if _, sent := config.RuntimeParams[name]; sent && name != "client_encoding" {
			t.Errorf("the server gets %s", name)
		}
	}
	config, _, _, err = parsePostgres("//db/otp?fallback_application_name=mine&application_name=theirs")
	must(t, err)
	equal(t, "theirs", config.RuntimeParams["application_name"])
}

func TestBalancedHostsComeInEveryOrderWithAllTheirWays(t *testing.T) {
	t.Parallel()
	first := map[string]bool{}
	for range 200 {
		config, _, _, err := parsePostgres("//a,b,c/otp?load_balance_hosts=random&sslmode=prefer")
		must(t, err)
		hosts := []string{config.Host}
		for _, way := range config.Fallbacks {
			hosts = append(hosts, way.Host)
		}
		equal(t, 6, len(hosts)) // each with TLS, then without
		for i := 0; i < len(hosts); i += 2 {
			equal(t, hosts[i], hosts[i+1])
		}
		first[config.Host] = true
		slices.Sort(hosts)
		equal(t, "a a b b c c", strings.Join(hosts, " "))
	}
	equal(t, 3, len(first))
}

// psql and the provider read the same URL in the same way.
func TestTheEnvironmentOfPsqlIsReadToo(t *testing.T) {
	for variable, words := range map[string]string{
		"PGGSSENCMODE": "gssencmode cannot", "PGSSLMINPROTOCOLVERSION": "ssl_min_protocol_version cannot",
		"PGLOADBALANCEHOSTS": "load_balance_hosts cannot", "PGREQUIREPEER": "requirepeer cannot",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, "hunter2")
			_, err := Open("postgres://db/otp")
			mentions(t, err, words)
		})
	}
}

// The server takes a connection that a keepalive and a time limit are set on.
func TestSocketOptionsReachTheSocket(t *testing.T) {
	t.Parallel()
	proxy := pgtest.Shared(t).Proxy(t)
	_, rest, _ := strings.Cut(postgresPlace(t).url, "?")
	address := fmt.Sprintf("postgres://%s:%s@%s/%s?%s", postgresOwner, url.QueryEscape(postgresPassword), proxy.Address(), postgresDatabase, rest)
	s := place{url: address + "&sslmode=disable&keepalives_idle=5&keepalives_interval=2&keepalives_count=4&tcp_user_timeout=4000"}.open(t)
	create(t, s, plain(acme, "one"))
	equal(t, 0, len(s.Warnings()))
}
