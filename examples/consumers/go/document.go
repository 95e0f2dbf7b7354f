// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver of a catalog in a file
)

// document is what the program reads of a profile document. `null:"yes"` marks
// the keys that may be null.
type document struct {
	SchemaVersion    int               `json:"schema_version"`
	Requires         any               `json:"requires,omitempty"`
	Profile          string            `json:"profile"`
	Brand            string            `json:"brand"`
	Code             policy            `json:"code"`
	ValiditySeconds  int64             `json:"validity_seconds"`
	MaxWrongAttempts int               `json:"max_wrong_attempts"`
	AllowedCountries []string          `json:"allowed_countries" null:"yes"`
	CountryPrefixes  map[string]string `json:"country_prefixes" null:"yes"`
	Limits           limits            `json:"limits"`
	ResendRoute      string            `json:"resend_route"`
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
	PerIPHour          *int  `json:"per_ip_hour" null:"yes"`      // nil: no limit
	PerProfileHour     *int  `json:"per_profile_hour" null:"yes"` // nil: no limit
}

type route struct {
	Vendor    string   `json:"vendor"`
	Channel   string   `json:"channel"`
	Countries []string `json:"countries" null:"yes"`
	Send      *call    `json:"send"`
	Verify    *call    `json:"verify" null:"yes"`
	Extend    *call    `json:"extend" null:"yes"`
	Status    *call    `json:"status" null:"yes"`
	Duties    []string `json:"application_must_enforce"`
	Skipped   bool     `json:"-"`
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
	TimeoutSeconds *int                      `json:"timeout_seconds,omitempty"`
}

type rule struct {
	Outcome   string      `json:"outcome"`
	When      []condition `json:"when"`
	Remaining *string     `json:"remaining,omitempty"`
}

type condition struct {
	HTTPStatus []int   `json:"http_status,omitempty"`
	Pointer    *string `json:"pointer,omitempty"`
	In         []any   `json:"in,omitempty"`
	Prefix     *string `json:"prefix,omitempty"`
	Absent     *bool   `json:"absent,omitempty"`
}

// load reads the document of a profile, from a file or from the view of a
// catalog.
func (o *options) load() (*document, error) {
	var text []byte
	if o.document != "" {
		read, err := os.ReadFile(o.document)
		if err != nil {
			return nil, fmt.Errorf("cannot read the document: %w", err)
		}
		text = read
	} else {
		read, err := fromCatalog(o.catalog, o.profile)
		if err != nil {
			return nil, err
		}
		text = []byte(read)
	}
	refuse := func(err error) error { return fmt.Errorf("the document of profile %s is refused: %w", o.profile, err) }
	var tree any
	if !json.Valid(text) || decode(text, &tree) != nil {
		return nil, refuse(errors.New("it is not well formed"))
	}
	skipped, err := setAside(tree)
	if err != nil {
		return nil, refuse(err)
	}
	known, err := exact(tree, reflect.TypeFor[document](), "")
	if err != nil {
		return nil, refuse(err)
	}
	strict, err := json.Marshal(known)
	doc := &document{}
	if err == nil {
		err = decode(strict, doc)
	}
	if err == nil {
		err = doc.check(o.profile, skipped)
	}
	if err != nil {
		return nil, refuse(err)
	}
	return doc, nil
}

const query = "SELECT document, up_to_date FROM otp_profile_documents WHERE name = "

// fromCatalog reads the text of a document, and nothing but the view.
func fromCatalog(catalog, profile string) (text string, err error) {
	var upToDate bool
	if isPostgres(catalog) {
		text, upToDate, err = fromPostgres(catalog, profile)
	} else {
		text, upToDate, err = fromSQLite(catalog, profile)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("the catalog has no profile %s", profile)
	}
	if err == nil && !upToDate {
		fmt.Fprintf(os.Stderr, "profile %s: the document is not up to date\n", profile)
	}
	return text, err
}

func isPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres:") || strings.HasPrefix(where, "postgresql:")
}

// openPostgres opens a database by its URL; shown is the database for messages.
func openPostgres(where string) (db *sql.DB, shown string, err error) {
	config, err := pgx.ParseConfig(where)
	// err may quote a password; with / or @ in it, a password would pass for
	// something else.
	if err != nil || strings.Contains(config.Host+config.Database, "@") {
		return nil, "", errors.New("the URL of the database cannot be used")
	}
	return stdlib.OpenDB(*config), fmt.Sprintf("%s at %s:%d", config.Database, config.Host, config.Port), nil
}

func fromPostgres(catalog, profile string) (text string, upToDate bool, err error) {
	db, shown, err := openPostgres(catalog)
	if err != nil {
		return "", false, err
	}
	defer func() { _ = db.Close() }() // nothing was written
	err = db.QueryRowContext(context.Background(), query+"$1", profile).Scan(&text, &upToDate)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("cannot read the catalog %s: %w", shown, err)
	}
	return text, upToDate, err
}

// fromSQLite opens the file read-write where it may be, because only then can the
// journal that a killed writer left be rolled back; query_only keeps this program
// from writing.
func fromSQLite(catalog, profile string) (text string, upToDate bool, err error) {
	path, err := filepath.Abs(catalog)
	var first error
	for _, mode := range []string{"rw", "ro"} {
		if err != nil {
			break
		}
		source := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "mode=" + mode + "&_pragma=query_only(1)&_pragma=busy_timeout(10000)"}
		db, failed := sql.Open("sqlite", source.String())
		if failed == nil {
			failed = db.QueryRowContext(context.Background(), query+"?", profile).Scan(&text, &upToDate)
			_ = db.Close() // nothing was written
		}
		if failed == nil || errors.Is(failed, sql.ErrNoRows) {
			return text, upToDate, failed
		}
		first = cmp.Or(first, failed)
	}
	hint := ""
	if _, failed := os.Stat(path + "-journal"); !errors.Is(failed, fs.ErrNotExist) {
		hint = "; the journal of a writer that was killed lies beside it, and only a program that may write the file and its folder can roll it back: " +
			"run `terraform plan`, or give this program that right"
	}
	return "", false, fmt.Errorf("cannot read the catalog %s: %w%s", catalog, errors.Join(err, first), hint)
}

// decode keeps numbers as they are written.
func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}
