package delivery

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// duties are those of document version 1. To ignore one is insecure, so a
// document with another is refused.
var duties = []otp.Duty{
	otp.MakeCode, otp.VerifyCode, otp.Validity, otp.MaxWrongAttempts, otp.BindPhone, otp.SingleUse,
	otp.BindRecipientIP, otp.AllowedCountries, otp.SendLimits,
}

// parse reads a document and refuses what is unsafe or not known.
func parse(text string) (otp.Document, error) {
	var head struct {
		SchemaVersion int    `json:"schema_version"`
		Profile       string `json:"profile"`
	}
	// The version comes first: another one may hold anything else.
	if err := json.Unmarshal([]byte(text), &head); err != nil {
		return otp.Document{}, fmt.Errorf("the profile document is refused, because it is not well formed: %w", err)
	}
	refuse := func(err error) (otp.Document, error) {
		return otp.Document{}, fmt.Errorf("the document of profile %q is refused: %w", head.Profile, err)
	}
	if head.SchemaVersion != otp.DocumentVersion {
		return refuse(fmt.Errorf("its schema_version is %d and this release knows %d; use a release of the provider that made it", head.SchemaVersion, otp.DocumentVersion))
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	var document otp.Document
	if err := decoder.Decode(&document); err != nil {
		return refuse(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return refuse(errors.New("something follows its end"))
	}
	if err := check(document); err != nil {
		return refuse(err)
	}
	return document, nil
}

// check looks at everything and turns the numbers of the document, which JSON
// leaves open, into int64.
func check(d otp.Document) error {
	switch {
	case d.Code.Length < otp.MinCodeLength || d.Code.Length > otp.MaxCodeLength || alphabet(d.Code) == "":
		return errors.New("its code policy allows no code")
	case d.ValiditySeconds < 1 || d.ValiditySeconds > math.MaxInt32:
		return fmt.Errorf("its validity_seconds is %d", d.ValiditySeconds)
	case len(d.Routes) == 0:
		return errors.New("it has no route")
	}
	for number, r := range d.Routes {
		if err := checkRoute(r); err != nil {
			return fmt.Errorf("routes[%d]: %w", number, err)
		}
	}
	return nil
}

func checkRoute(r otp.DocumentRoute) error {
	if !r.Vendor.Valid() {
		return fmt.Errorf("%q is not a vendor that this release knows", r.Vendor)
	}
	for _, duty := range r.ApplicationMustEnforce {
		if !slices.Contains(duties, duty) {
			return fmt.Errorf("application_must_enforce has %q, which this release does not know", duty)
		}
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
			if err := checkCall(r.Vendor, v, c); err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
		}
	}
	if r.Verify == nil {
		return nil
	}
	for name := range r.Verify.Expect {
		if _, kept := r.Send.Keep[name]; !kept {
			return fmt.Errorf("verify: it expects %q, which send does not keep", name)
		}
	}
	return nil
}

func checkOutcomes(v verb, outcomes []otp.Outcome) error {
	if len(outcomes) == 0 || len(outcomes[len(outcomes)-1].When) > 0 {
		return errors.New("the last of its outcomes has conditions, so an answer could have none")
	}
	for _, o := range outcomes {
		if !slices.Contains(v.outcomes, o.Outcome) {
			return fmt.Errorf("%q is no outcome of a %s", o.Outcome, v.name)
		}
		if o.Remaining != "" && !strings.HasPrefix(o.Remaining, "/") {
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

// checkCondition demands exactly one of the four forms: a condition that is not
// understood must not pass for one that holds.
func checkCondition(c otp.Condition) error {
	forms := 0
	for _, set := range []bool{len(c.HTTPStatus) > 0, len(c.In) > 0, c.Prefix != "", c.Absent} {
		if set {
			forms++
		}
	}
	if forms != 1 || (len(c.HTTPStatus) > 0) != (c.Pointer == "") {
		return errors.New("a condition is none of http_status, or pointer with in, prefix or absent")
	}
	if c.Pointer != "" && !strings.HasPrefix(c.Pointer, "/") {
		return fmt.Errorf("%q is no JSON pointer", c.Pointer)
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
