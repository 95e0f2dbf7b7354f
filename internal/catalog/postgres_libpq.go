package catalog

import (
	"crypto/tls"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// clientSide is what libpq keeps on its side of a connection and pgx does not
// know: it would reach the server, which refuses it. Each is honoured, dropped
// with a warning, or refused where dropping it would make a connection less safe
// than it was asked to be. The variable is libpq's, if it has one. See
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS.
var clientSide = map[string]struct {
	variable string
	apply    func(c *client, value string) error
}{
	"fallback_application_name": {"", func(c *client, value string) error {
		if c.config.RuntimeParams["application_name"] == "" {
			c.config.RuntimeParams["application_name"] = value
		}
		return nil
	}},
	"keepalives": {"", func(c *client, value string) (err error) {
		on, err := number(value)
		c.dialer.KeepAliveConfig.Enable = on != 0
		if on == 0 {
			c.dialer.KeepAlive = -1
		}
		return err
	}},
	"keepalives_idle":     {"", seconds(func(c *client) *time.Duration { return &c.dialer.KeepAliveConfig.Idle })},
	"keepalives_interval": {"", seconds(func(c *client) *time.Duration { return &c.dialer.KeepAliveConfig.Interval })},
	"keepalives_count": {"", func(c *client, value string) (err error) {
		c.dialer.KeepAliveConfig.Count, err = number(value)
		return err
	}},
	"tcp_user_timeout": {"", func(c *client, value string) error {
		milliseconds, err := number(value)
		if err == nil && milliseconds > 0 && !setUserTimeout(&c.dialer, milliseconds) {
			c.drop("this system has no such timeout")
		}
		return err
	}},
	"load_balance_hosts": {"PGLOADBALANCEHOSTS", func(c *client, value string) error {
		if value == "random" {
			c.shuffle()
		}
		return oneOf(value, "disable", "random")
	}},
	"ssl_min_protocol_version": {"PGSSLMINPROTOCOLVERSION", protocol(func(t *tls.Config) *uint16 { return &t.MinVersion })},
	"ssl_max_protocol_version": {"PGSSLMAXPROTOCOLVERSION", protocol(func(t *tls.Config) *uint16 { return &t.MaxVersion })},
	"gssencmode": {"PGGSSENCMODE", func(_ *client, value string) error {
		if value == "require" {
			return fmt.Errorf("the provider cannot encrypt with GSSAPI; use sslmode=verify-full")
		}
		return oneOf(value, "disable", "prefer")
	}},
	"requiressl": {"PGREQUIRESSL", func(c *client, value string) error {
		if value != "0" && !c.alwaysTLS() {
			return fmt.Errorf("it is the old name of sslmode=require, which is to be written")
		}
		return oneOf(value, "0", "1")
	}},
	"sslcompression": {"PGSSLCOMPRESSION", func(c *client, value string) error {
		if value != "0" {
			c.drop("the provider does not compress")
		}
		return oneOf(value, "0", "1")
	}},
	"gsslib":        {"PGGSSLIB", dropped("the provider brings its own library")},
	"gssdelegation": {"PGGSSDELEGATION", dropped("the provider delegates no credentials")},
	"sslkeylogfile": {"", dropped("the provider writes no keys")},
	"client_encoding": {"", func(c *client, value string) error {
		if !slices.Contains([]string{"UTF8", "UTF-8", "UNICODE", "AUTO"}, strings.ToUpper(value)) {
			c.drop("the provider always speaks UTF8")
		}
		return nil
	}},
	"replication": {"", func(_ *client, value string) error {
		return oneOf(strings.ToLower(value), "false", "off", "no", "0")
	}},
	"sslcrl":              {"PGSSLCRL", unsupported("the provider reads no revocation lists")},
	"sslcrldir":           {"PGSSLCRLDIR", unsupported("the provider reads no revocation lists")},
	"requirepeer":         {"PGREQUIREPEER", unsupported("the provider cannot look who runs the server")},
	"oauth_issuer":        {"", unsupported("the provider logs in with a password or a certificate")},
	"oauth_client_id":     {"", unsupported("the provider logs in with a password or a certificate")},
	"oauth_client_secret": {"", unsupported("the provider logs in with a password or a certificate")},
	"oauth_scope":         {"", unsupported("the provider logs in with a password or a certificate")},
	"scram_client_key":    {"", unsupported("the provider logs in with a password or a certificate")},
	"scram_server_key":    {"", unsupported("the provider logs in with a password or a certificate")},
}

// client is a connection's own side, while it is put together.
type client struct {
	config   *pgx.ConnConfig
	dialer   net.Dialer
	name     string // of the parameter that is applied
	warnings []string
}

// applyClientSide takes what is libpq's own out of the settings that the server
// gets, from a URL or a service file, and does it here.
func applyClientSide(config *pgx.ConnConfig) (warnings []string, err error) {
	c := &client{config: config, dialer: net.Dialer{Timeout: config.ConnectTimeout}}
	if c.dialer.Timeout == 0 {
		c.dialer.Timeout = connectTimeout
		config.ConnectTimeout = connectTimeout
	}
	c.dialer.KeepAliveConfig.Enable = true
	for _, name := range slices.Sorted(maps.Keys(clientSide)) {
		parameter := clientSide[name]
		value, given := config.RuntimeParams[name]
		delete(config.RuntimeParams, name)
		if !given && parameter.variable != "" {
			value = os.Getenv(parameter.variable)
		}
		if value == "" {
			continue // which is libpq's way to write the default
		}
		c.name = name
		if err := parameter.apply(c, value); err != nil {
			return nil, fmt.Errorf("%s cannot be honoured: %w", name, err)
		}
	}
	config.DialFunc = c.dialer.DialContext
	return c.warnings, nil
}

func (c *client) drop(reason string) {
	c.warnings = append(c.warnings, fmt.Sprintf("The parameter %s of the catalog's connection is ignored: %s.", c.name, reason))
}

func dropped(reason string) func(*client, string) error {
	return func(c *client, _ string) error {
		c.drop(reason)
		return nil
	}
}

func unsupported(reason string) func(*client, string) error {
	return func(*client, string) error {
		return fmt.Errorf("%s, and without it the connection would be less safe", reason)
	}
}

func number(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("its value has to be a whole number")
	}
	return n, nil
}

func seconds(of func(*client) *time.Duration) func(*client, string) error {
	return func(c *client, value string) error {
		n, err := number(value)
		*of(c) = time.Duration(n) * time.Second
		return err
	}
}

func oneOf(value string, values ...string) error {
	if !slices.Contains(values, value) {
		return fmt.Errorf("its value has to be %s", strings.Join(values, " or "))
	}
	return nil
}

// protocols are the versions of TLS as libpq spells them.
var protocols = map[string]uint16{"TLSV1": tls.VersionTLS10, "TLSV1.1": tls.VersionTLS11, "TLSV1.2": tls.VersionTLS12, "TLSV1.3": tls.VersionTLS13}

func protocol(of func(*tls.Config) *uint16) func(*client, string) error {
	return func(c *client, value string) error {
		version, known := protocols[strings.ToUpper(value)]
		if !known {
			return fmt.Errorf("its value has to be TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3")
		}
		for _, config := range c.tls() {
			if config != nil {
				*of(config) = version
			}
		}
		return nil
	}
}

// tls are the configurations of all hosts; nil is a connection without TLS.
func (c *client) tls() []*tls.Config {
	all := []*tls.Config{c.config.TLSConfig}
	for _, fallback := range c.config.Fallbacks {
		all = append(all, fallback.TLSConfig)
	}
	return all
}

func (c *client) alwaysTLS() bool { return !slices.Contains(c.tls(), nil) }

// shuffle puts the hosts into a random order, each with all its ways to connect.
func (c *client) shuffle() {
	var hosts [][]*pgconn.FallbackConfig
	add := func(way *pgconn.FallbackConfig) {
		last := len(hosts) - 1
		if last >= 0 && hosts[last][0].Host == way.Host && hosts[last][0].Port == way.Port {
			hosts[last] = append(hosts[last], way)
			return
		}
		hosts = append(hosts, []*pgconn.FallbackConfig{way})
	}
	add(&pgconn.FallbackConfig{Host: c.config.Host, Port: c.config.Port, TLSConfig: c.config.TLSConfig})
	for _, fallback := range c.config.Fallbacks {
		add(fallback)
	}
	rand.Shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
	ways := slices.Concat(hosts...)
	c.config.Host, c.config.Port, c.config.TLSConfig = ways[0].Host, ways[0].Port, ways[0].TLSConfig
	c.config.Fallbacks = ways[1:]
}
