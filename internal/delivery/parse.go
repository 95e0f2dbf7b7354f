package delivery

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// duties are those of document version 1. To ignore one is insecure, so a
// document with another is refused.
var duties = []otp.Duty{
	otp.MakeCode, otp.VerifyCode, otp.Validity, otp.MaxWrongAttempts, otp.BindPhone, otp.SingleUse,
	otp.BindRecipientIP, otp.AllowedCountries, otp.SendLimits,
}

// parsed is a document that may be used, and the routes that may not, with what
// they require that this release does not know.
type parsed struct {
	otp.Document
	skipped map[int]string
}

// parse reads a document and refuses what is unsafe. Keys that are not known are
// ignored, unless the document requires them.
func parse(text string) (parsed, error) {
	var tree any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return parsed{}, fmt.Errorf("the profile document is refused, because it is not well formed: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return parsed{}, errors.New("the profile document is refused, because something follows its end")
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return parsed{}, errors.New("the profile document is refused, because it is no JSON object")
	}
	profile, _ := object["profile"].(string)
	document, err := understand(object)
	if err != nil {
		return parsed{}, fmt.Errorf("the document of profile %q is refused: %w", profile, err)
	}
	return document, nil
}

func understand(object map[string]any) (parsed, error) {
	// The version comes first: another one may hold anything else.
	if version, ok := object["schema_version"].(json.Number); !ok || version.String() != strconv.Itoa(otp.DocumentVersion) {
		return parsed{}, fmt.Errorf("its schema_version is %v and this release knows %d; use a release of the provider that made it", object["schema_version"], otp.DocumentVersion)
	}
	skipped, err := setAside(object)
	if err != nil {
		return parsed{}, err
	}
	known, err := shape(object, reflect.TypeFor[otp.Document](), "")
	if err != nil {
		return parsed{}, err
	}
	raw, err := json.Marshal(known)
	if err != nil {
		return parsed{}, err
	}
	out := parsed{skipped: skipped}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&out.Document); err != nil {
		return parsed{}, err
	}
	return out, checkDocument(out)
}

// checkDocument looks at everything and turns the numbers of the document, which
// JSON leaves open, into int64.
func checkDocument(d parsed) error {
	switch {
	case otp.SlugProblem(d.Profile) != "":
		return errors.New("its profile is no name")
	case d.Code.Length < otp.MinCodeLength || d.Code.Length > otp.MaxCodeLength || alphabet(d.Code) == "":
		return errors.New("its code policy allows no code")
	case d.ValiditySeconds < 1:
		return fmt.Errorf("its validity_seconds is %d", d.ValiditySeconds)
	case d.MaxWrongAttempts < 1 || d.MaxWrongAttempts > otp.MaxWrongAttemptsLimit:
		return fmt.Errorf("its max_wrong_attempts is %d; it is 1 to %d", d.MaxWrongAttempts, otp.MaxWrongAttemptsLimit)
	case d.ResendRoute != otp.ResendSame && d.ResendRoute != otp.ResendNext:
		return fmt.Errorf("its resend_route is %q", d.ResendRoute)
	case len(d.Routes) == 0:
		return errors.New("it has no route")
	}
	if err := errors.Join(checkLimits(d.Limits), checkCountries("allowed_countries", d.AllowedCountries)); err != nil {
		return err
	}
	for prefix, country := range d.CountryPrefixes {
		if !countryPrefix.MatchString(prefix) || !countryCode.MatchString(country) {
			return errors.New("its country_prefixes hold something else than beginnings of phone numbers and their countries")
		}
	}
	for number, r := range d.Routes {
		if d.skipped[number] != "" {
			continue
		}
		if err := checkRoute(r); err != nil {
			return fmt.Errorf("routes[%d]: %w", number, err)
		}
	}
	return nil
}

func checkLimits(l otp.DocumentLimits) error {
	least := func(name string, limit *int64, least int64) error {
		if limit != nil && *limit < least {
			return fmt.Errorf("limits.%s is %d; it is %d or more", name, *limit, least)
		}
		return nil
	}
	return errors.Join(
		least("resend_after_seconds", &l.ResendAfterSeconds, 0), least("per_phone_hour", &l.PerPhoneHour, 1), least("per_phone_day", &l.PerPhoneDay, 1),
		least("per_ip_hour", l.PerIPHour, 1), least("per_profile_hour", l.PerProfileHour, 1))
}

var (
	countryCode   = regexp.MustCompile(`^[A-Z]{2}$`)
	channelForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	countryPrefix = regexp.MustCompile(`^[1-9][0-9]{0,14}$`)
)

func checkCountries(at string, countries []string) error {
	if countries != nil && len(countries) == 0 || slices.ContainsFunc(countries, func(country string) bool { return !countryCode.MatchString(country) }) {
		return fmt.Errorf("%s is no list of countries", at)
	}
	return nil
}

func checkRoute(r otp.DocumentRoute) error {
	if !r.Vendor.Valid() {
		return fmt.Errorf("%q is not a vendor that this release knows", r.Vendor)
	}
	if !channelForm.MatchString(string(r.Channel)) {
		return errors.New("its channel is no name")
	}
	for _, duty := range r.ApplicationMustEnforce {
		if !slices.Contains(duties, duty) {
			return fmt.Errorf("application_must_enforce has %q, which this release does not know", duty)
		}
	}
	if err := checkCountries("countries", r.Countries); err != nil {
		return err
	}
	own := slices.Contains(r.ApplicationMustEnforce, otp.VerifyCode)
	switch {
	case r.Send == nil:
		return errors.New("it has no send")
	case own && !slices.Contains(r.ApplicationMustEnforce, otp.MakeCode):
		return errors.New("verify_code is a duty and make_code is not, so there is no code to compare with")
	case r.Verify == nil && !own:
		return errors.New("nobody verifies its codes: it has no verify, and verify_code is not a duty")
	}
	for _, v := range verbs {
		if c := v.call(r); c != nil {
			if err := checkCall(r, v, c); err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
		}
	}
	return nil
}

func checkOutcomes(v verb, outcomes []otp.Outcome) error {
	last := len(outcomes) - 1
	switch {
	case last < 0 || len(outcomes[last].When) > 0:
		return errors.New("the last of its outcomes has conditions, so an answer could have none")
	case v.name == verifying.name && outcomes[last].Outcome == otp.OutcomeOK:
		return errors.New("the last of its outcomes is ok, so every answer would let the person in")
	}
	for number, o := range outcomes {
		if number < last && len(o.When) == 0 {
			return fmt.Errorf("outcome %q has no conditions and is not the last, so those behind it never decide", o.Outcome)
		}
		if !slices.Contains(v.outcomes, o.Outcome) {
			return fmt.Errorf("%q is no outcome of a %s", o.Outcome, v.name)
		}
		if o.Remaining != "" && !isPointer(o.Remaining) {
			return fmt.Errorf("remaining %q is no JSON pointer", o.Remaining)
		}
		for _, condition := range o.When {
			if err := checkCondition(condition); err != nil {
				return fmt.Errorf("outcome %q: %w", o.Outcome, err)
			}
		}
	}
	return nil
}

// checkCondition turns the numbers of a condition, whose form is known, into
// int64.
func checkCondition(c otp.Condition) error {
	switch {
	case len(c.HTTPStatus)+len(c.In)+len(c.Prefix) == 0 && !c.Absent:
		return errors.New("a condition compares with nothing")
	case len(c.HTTPStatus) == 0 && !isPointer(c.Pointer):
		return fmt.Errorf("%q is no JSON pointer", c.Pointer)
	}
	for _, status := range c.HTTPStatus {
		if status < 100 || status > 599 {
			return fmt.Errorf("%d is no HTTP status", status)
		}
	}
	for i, value := range c.In {
		plain, ok := scalar(value)
		if !ok {
			return fmt.Errorf("a value of %s is no string, integer or boolean", c.Pointer)
		}
		c.In[i] = plain
	}
	return nil
}

var pointerForm = regexp.MustCompile(`^(/([^~]|~[01])*)+$`)

// isPointer reports whether a text is a JSON pointer into an answer (RFC 6901).
func isPointer(text string) bool { return pointerForm.MatchString(text) }

// scalar is a value as documents may hold it: string, int64 or bool.
func scalar(value any) (any, bool) {
	switch value := value.(type) {
	case string, bool:
		return value, true
	case json.Number:
		return whole(value)
	}
	return nil, false
}
