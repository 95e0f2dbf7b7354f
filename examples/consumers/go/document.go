package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver of a catalog in a file
)

// document is what the program reads of a profile document.
type document struct {
	SchemaVersion    int               `json:"schema_version"`
	Profile          string            `json:"profile"`
	Code             policy            `json:"code"`
	ValiditySeconds  int64             `json:"validity_seconds"`
	MaxWrongAttempts int               `json:"max_wrong_attempts"`
	AllowedCountries []string          `json:"allowed_countries"`
	CountryPrefixes  map[string]string `json:"country_prefixes"`
	Limits           limits            `json:"limits"`
	Routes           []route           `json:"routes"`
}

type policy struct {
	Length            int  `json:"length"`
	Digits            bool `json:"digits"`
	UpperCase         bool `json:"upper_case"`
	LowerCase         bool `json:"lower_case"`
	SpecialCharacters bool `json:"special_characters"`
}

type limits struct {
	ResendAfterSeconds int64 `json:"resend_after_seconds"`
	PerPhoneHour       int   `json:"per_phone_hour"`
	PerPhoneDay        int   `json:"per_phone_day"`
}

type route struct {
	Vendor    string   `json:"vendor"`
	Channel   string   `json:"channel"`
	Countries []string `json:"countries"`
	Send      *call    `json:"send"`
	Verify    *call    `json:"verify"`
	Extend    *call    `json:"extend"`
	Status    *call    `json:"status"`
	Duties    []string `json:"application_must_enforce"`
}

func (r route) must(duty string) bool { return slices.Contains(r.Duties, duty) }

func (r route) calls() map[string]*call {
	return map[string]*call{"send": r.Send, "verify": r.Verify, "extend": r.Extend, "status": r.Status}
}

type call struct {
	Method         string                    `json:"method"`
	URL            string                    `json:"url"`
	Headers        map[string]string         `json:"headers,omitempty"`
	Encoding       string                    `json:"encoding"`
	Fields         map[string]any            `json:"fields"`
	Texts          map[string]string         `json:"texts,omitempty"`
	ByLocale       map[string]map[string]any `json:"by_locale,omitempty"`
	Resend         map[string]any            `json:"resend,omitempty"`
	OmitIfMissing  []string                  `json:"omit_if_missing,omitempty"`
	Keep           map[string]string         `json:"keep,omitempty"`
	Expect         map[string]string         `json:"expect,omitempty"`
	Outcomes       []rule                    `json:"outcomes"`
	TimeoutSeconds int                       `json:"timeout_seconds,omitempty"`
}

type rule struct {
	Outcome   string      `json:"outcome"`
	When      []condition `json:"when"`
	Remaining *string     `json:"remaining,omitempty"`
}

type condition struct {
	HTTPStatus []int   `json:"http_status,omitempty"`
	Pointer    string  `json:"pointer,omitempty"`
	In         []any   `json:"in,omitempty"`
	Prefix     *string `json:"prefix,omitempty"`
	Absent     bool    `json:"absent,omitempty"`
}

var (
	// placeholder is ${VARIABLE}, {{name}} or {{name:number}}.
	placeholder = regexp.MustCompile(`\$\{([^}]*)\}|\{\{([A-Za-z0-9_]+)(:number)?\}\}`)
	headerName  = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	vendorName  = regexp.MustCompile(`^[a-z0-9]+$`)
	duties      = []string{
		"make_code", "verify_code", "validity", "max_wrong_attempts", "bind_phone", "single_use",
		"bind_recipient_ip", "allowed_countries", "send_limits",
	}
)

// connect opens a catalog: a PostgreSQL URL, or the path of a SQLite file. shown
// is the catalog for messages, and value how a query marks its value.
func connect(catalog string) (db *sql.DB, shown, value string, err error) {
	if strings.HasPrefix(catalog, "postgres:") || strings.HasPrefix(catalog, "postgresql:") {
		config, err := pgx.ParseConfig(catalog)
		// err may quote a password; with / or @ in it, a password would pass for
		// something else.
		if err != nil || strings.Contains(config.Host+config.Database, "@") {
			return nil, "", "", errors.New("the URL of the catalog cannot be used")
		}
		shown = fmt.Sprintf("%s at %s:%d", config.Database, config.Host, config.Port)
		return stdlib.OpenDB(*config), shown, "$1", nil
	}
	path, err := filepath.Abs(catalog)
	if err != nil {
		return nil, "", "", fmt.Errorf("cannot read the catalog %s: %w", catalog, err)
	}
	source := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "mode=ro"}
	db, err = sql.Open("sqlite", source.String())
	return db, catalog, "?", err
}

// load reads the document of a profile, and nothing but the view.
func load(catalog, profile string) (*document, error) {
	db, shown, value, err := connect(catalog)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // nothing was written
	var text string
	var upToDate bool
	err = db.QueryRowContext(context.Background(),
		"SELECT document, up_to_date FROM otp_profile_documents WHERE name = "+value, profile).Scan(&text, &upToDate)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("the catalog %s has no profile %s", shown, profile)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the catalog %s: %w", shown, err)
	}
	if !upToDate {
		fmt.Fprintf(os.Stderr, "profile %s: the document is not up to date\n", profile)
	}
	var doc document
	if err := decode([]byte(text), &doc); err != nil {
		return nil, fmt.Errorf("the document of profile %s is refused: it is not well formed", profile)
	}
	if err := doc.check(profile); err != nil {
		return nil, fmt.Errorf("the document of profile %s is refused: %w", profile, err)
	}
	return &doc, nil
}

// decode keeps numbers as they are written.
func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// check refuses what this program does not know: to ignore a duty is insecure.
func (d *document) check(profile string) error {
	if d.SchemaVersion != 1 {
		return errors.New("this program reads schema_version 1 only")
	}
	if d.Profile != profile {
		return errors.New("it belongs to another profile")
	}
	for number, r := range d.Routes {
		unknown := slices.ContainsFunc(r.Duties, func(duty string) bool { return !slices.Contains(duties, duty) })
		switch {
		case !vendorName.MatchString(r.Vendor):
			return fmt.Errorf("route %d has no vendor", number)
		case unknown:
			return fmt.Errorf("route %d has a duty that this program does not know", number)
		case r.Send == nil, r.Verify == nil && !r.must("verify_code"):
			return fmt.Errorf("route %d cannot send or verify", number)
		}
		for verb, c := range r.calls() {
			if c == nil {
				continue
			}
			if err := c.check(strings.ToUpper(r.Vendor)); err != nil {
				return fmt.Errorf("route %d, %s: %w", number, verb, err)
			}
		}
	}
	return nil
}

func (c *call) check(vendor string) error {
	variable := "OTP_" + vendor + "(_[A-Z0-9_]+)?_" // the vendor's own, of any account
	secret := regexp.MustCompile("^" + variable + "(SECRET|API_KEY|API_LOGIN)$")
	// A path has to follow the variable, so that nothing can be added to the
	// host name.
	base := regexp.MustCompile(`^\$\{` + variable + `BASE_URL\}/[A-Za-z0-9._~/-]+$`)
	if !base.MatchString(c.URL) {
		return errors.New("url is not a base URL of this vendor and a path")
	}
	if !slices.Contains([]string{"json", "multipart", "form", "query"}, c.Encoding) {
		return errors.New("encoding")
	}
	for name := range c.Headers {
		own := []string{"host", "content-length", "transfer-encoding"}
		if !headerName.MatchString(name) || slices.Contains(own, strings.ToLower(name)) {
			return fmt.Errorf("header %q", name)
		}
	}
	for _, template := range c.templates(nil) {
		if strings.Contains(placeholder.ReplaceAllLiteralString(template, "."), "${") {
			return errors.New("variable without end")
		}
		for _, match := range placeholder.FindAllStringSubmatch(template, -1) {
			if match[2] == "" && !secret.MatchString(match[1]) {
				return fmt.Errorf("variable %q is not one of this vendor", match[1])
			}
			text := slices.Contains([]string{"code", "phone_e164", "phone_digits"}, match[2])
			if match[3] != "" && (text || match[0] != template) {
				return fmt.Errorf("%s cannot be a number", match[2])
			}
		}
	}
	return nil
}

// templates are all texts of a call that are filled in.
func (c *call) templates(omitted []string) []string {
	found := slices.Collect(maps.Values(c.Headers))
	for _, fields := range append(slices.Collect(maps.Values(c.ByLocale)), c.Fields, c.Resend) {
		for name, value := range fields {
			if text, ok := value.(string); ok && !slices.Contains(omitted, name) {
				found = append(found, text)
			}
		}
	}
	return found
}

// uses reports whether a call uses a kept value; with mayOmit, whether it
// cannot be made without.
func (c *call) uses(name string, mayOmit bool) bool {
	if c == nil {
		return false
	}
	var omitted []string
	if mayOmit {
		omitted = c.OmitIfMissing
	}
	_, expected := c.Expect[name]
	return expected || slices.ContainsFunc(c.templates(omitted), func(template string) bool {
		return slices.ContainsFunc(placeholder.FindAllStringSubmatch(template, -1), func(match []string) bool {
			return match[2] == name
		})
	})
}
