package delivery_test

import (
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// The sample's status call decides; pending stands for "the condition holds".
func TestConditions(t *testing.T) {
	t.Parallel()
	in := otp.ValueIn
	for _, test := range []struct {
		name      string
		condition otp.Condition
		status    int
		body      string
		holds     bool
	}{
		{"a status", otp.Status(200, 201), 201, `{}`, true},
		{"another status", otp.Status(200, 201), 202, `{}`, false},
		{"a status without JSON", otp.Status(404), 404, `<html>`, true},
		{"a number", in("/x", 0), 200, `{"x": 0}`, true},
		{"a number with a zero fraction", in("/x", 0), 200, `{"x": 0.0}`, true},
		{"a number with an exponent", in("/x", 300), 200, `{"x": 3e2}`, true},
		{"a number that is nearly it", in("/x", 0), 200, `{"x": 0.0000000000000000001}`, false},
		{"a number beyond all", in("/x", 0), 200, `{"x": 1e999999999}`, false},
		{"a string is no number", in("/x", 0), 200, `{"x": "0"}`, false},
		{"false is not 0", in("/x", 0), 200, `{"x": false}`, false},
		{"null is not 0", in("/x", 0), 200, `{"x": null}`, false},
		{"0 is not false", in("/x", false), 200, `{"x": 0}`, false},
		{"false is false", in("/x", false), 200, `{"x": false}`, true},
		{"null is not false", in("/x", false), 200, `{"x": null}`, false},
		{"absent is not false", in("/x", false), 200, `{}`, false},
		{"a list is not its member", in("/x", 1), 200, `{"x": [1]}`, false},
		{"one of several", in("/x", "a", 1, true), 200, `{"x": true}`, true},
		{"true is not 1", in("/x", 1), 200, `{"x": true}`, false},
		{"a string by its case", in("/x", "sent"), 200, `{"x": "Sent"}`, false},
		{"names by their case", in("/x", 1), 200, `{"X": 1}`, false},
		{"a prefix", otp.ValuePrefix("/x", "failed."), 200, `{"x": "failed.blocked"}`, true},
		{"a prefix that is all", otp.ValuePrefix("/x", "failed."), 200, `{"x": "failed."}`, true},
		{"no prefix", otp.ValuePrefix("/x", "failed."), 200, `{"x": "failed"}`, false},
		{"a prefix of a number", otp.ValuePrefix("/x", "4"), 200, `{"x": 42}`, false},
		{"a prefix of nothing", otp.ValuePrefix("/x", "4"), 200, `{}`, false},
		{"absent", otp.Missing("/x"), 200, `{"y": 1}`, true},
		{"null is there", otp.Missing("/x"), 200, `{"x": null}`, false},
		{"absent in what is no object", otp.Missing("/x/y"), 200, `{"x": 1}`, true},
		{"no JSON has no pointers", otp.Missing("/x"), 200, `{"x": 1`, true},
		{"no JSON has no values", in("/x", 1), 200, `{"x": 1} and more`, false},
		{"nothing has no pointers", otp.Missing("/x"), 200, ``, true},
		{"broken UTF-8 is no JSON", in("/x", 1), 200, "{\"x\": 1, \"y\": \"\xff\"}", false},
		{"an index", in("/x/1", "b"), 200, `{"x": ["a", "b"]}`, true},
		{"an index beyond", otp.Missing("/x/2"), 200, `{"x": ["a", "b"]}`, true},
		{"an index with a zero", otp.Missing("/x/01"), 200, `{"x": ["a", "b"]}`, true},
		{"an index with a sign", otp.Missing("/x/-1"), 200, `{"x": ["a", "b"]}`, true},
		{"an index of the top", in("/0", "a"), 200, `["a"]`, true},
		{"a slash and a tilde", in("/a~1b/c~0d/~01", 1), 200, `{"a/b": {"c~d": {"~1": 1}}}`, true},
		{"an empty name", in("/", 1), 200, `{"": 1}`, true},
		{"a name that is a number", in("/0", 1), 200, `{"0": 1}`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, answer(200, sentOK), answer(test.status, test.body))
			document := sample()
			document.Routes[0].Status.Outcomes = []otp.Outcome{
				otp.When(otp.OutcomePending, otp.Status(test.status), test.condition), otp.When(otp.OutcomeUnavailable),
			}
			runner := with(t, v, document)
			got, err := runner.Status(t.Context(), 0, send(t, runner, 0).Kept, delivery.Recipient{})
			if err != nil {
				t.Fatal(err)
			}
			want := otp.OutcomeUnavailable
			if test.holds {
				want = otp.OutcomePending
			}
			only(t, test.body, got.Outcome, got.Reason, want)
			if got.HTTPStatus != test.status {
				t.Errorf("HTTP status %d, want %d", got.HTTPStatus, test.status)
			}
		})
	}
}

func TestFirstOutcomeWhoseConditionsAllHoldDecides(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status     int
		body, want string
	}{
		{200, sentOK, otp.OutcomeOK},
		{201, sentOK, otp.OutcomeOK},
		{202, sentOK, otp.OutcomePending},
		{200, `{"code": 1, "token": "x"}`, otp.OutcomeUnknown}, // one condition of two
		{409, `{"code": 0}`, otp.OutcomeAlreadyActive},
		{400, `{"code": 0}`, otp.OutcomeNextRoute},
		{410, `{}`, otp.OutcomeStop},
		{500, `{}`, otp.OutcomeUnknown},
		{429, `<html>Too Many Requests</html>`, otp.OutcomeUnknown},
		{200, `<html>All is well</html>`, otp.OutcomeUnknown},
	} {
		v := newVendor(t, answer(test.status, test.body))
		sent := send(t, with(t, v, sample()), 0)
		only(t, test.body, sent.Outcome, sent.Reason, test.want)
		if v.count() != 1 || sent.HTTPStatus != test.status {
			t.Errorf("%d: %d requests and the status %d, want one", test.status, v.count(), sent.HTTPStatus)
		}
		_, kept := sent.Kept.Route()
		if refused := test.want == otp.OutcomeNextRoute || test.want == otp.OutcomeStop; kept == refused {
			t.Errorf("%s: kept is %v", test.want, sent.Kept)
		}
	}
}

func TestKeptValues(t *testing.T) {
	t.Parallel()
	expected := func(r *otp.DocumentRoute) {
		omit(r)
		r.Send.Keep = map[string]string{"secret_code": "/otp", "token": "/token"}
		r.Verify.Expect = map[string]string{"secret_code": "code"}
	}
	header := func(r *otp.DocumentRoute) {
		omit(r)
		r.Verify.Headers["x-token"] = "{{token}}"
	}
	for _, test := range []struct {
		name       string
		change     func(*otp.DocumentRoute)
		status     int
		body, want string
	}{
		{"there", func(*otp.DocumentRoute) {}, 200, sentOK, otp.OutcomeOK},
		{"there, pending", func(*otp.DocumentRoute) {}, 202, sentOK, otp.OutcomePending},
		{"a number", func(*otp.DocumentRoute) {}, 200, `{"code": 0, "token": 901}`, otp.OutcomeOK},
		{"needed and absent", func(*otp.DocumentRoute) {}, 200, `{"code": 0}`, otp.OutcomeUnknown},
		{"needed and absent, pending", func(*otp.DocumentRoute) {}, 202, `{}`, otp.OutcomeUnknown},
		{"needed and absent, no JSON", func(*otp.DocumentRoute) {}, 202, `thanks`, otp.OutcomeUnknown},
		{"needed and null", func(*otp.DocumentRoute) {}, 200, `{"code": 0, "token": null}`, otp.OutcomeUnknown},
		{"needed and empty", func(*otp.DocumentRoute) {}, 200, `{"code": 0, "token": ""}`, otp.OutcomeUnknown},
		{"needed and an object", func(*otp.DocumentRoute) {}, 200, `{"code": 0, "token": {}}`, otp.OutcomeUnknown},
		{"needed and a boolean", func(*otp.DocumentRoute) {}, 200, `{"code": 0, "token": true}`, otp.OutcomeUnknown},
		{"not needed and absent", omit, 200, `{"code": 0}`, otp.OutcomeOK},
		{"expected and absent", expected, 200, sentOK, otp.OutcomeUnknown},
		{"expected and there", expected, 200, `{"code": 0, "otp": 482913}`, otp.OutcomeOK},
		{"in a header and absent", header, 200, `{"code": 0}`, otp.OutcomeUnknown},
		{"refused, absent", func(*otp.DocumentRoute) {}, 400, `{}`, otp.OutcomeNextRoute},
		{"already active, absent", func(*otp.DocumentRoute) {}, 409, `{}`, otp.OutcomeAlreadyActive},
	} {
		document := sample()
		test.change(&document.Routes[0])
		sent := send(t, with(t, newVendor(t, answer(test.status, test.body)), document), 0)
		only(t, test.name, sent.Outcome, sent.Reason, test.want)
	}
}

func TestMessageIDIsShownWhereItIsKept(t *testing.T) {
	t.Parallel()
	document := sample()
	document.Routes[0].Send.Keep["message_id"] = "/id"
	for body, want := range map[string]string{
		`{"code": 0, "token": "x", "id": "m-1"}`:                    "m-1",
		`{"code": 0, "token": "x", "id": 9.01e2}`:                   "901",
		`{"code": 0, "token": "x", "id": 123456789012345678901}`:    "123456789012345678901",
		`{"code": 0, "token": "x", "id": 9007199254740993}`:         "9007199254740993",
		`{"code": 0, "token": "x"}`:                                 "",
		`{"code": 0, "token": "x", "id": false, "message_id": "y"}`: "",
	} {
		if sent := send(t, with(t, newVendor(t, answer(200, body)), document), 0); sent.MessageID != want || sent.Outcome != otp.OutcomeOK {
			t.Errorf("%s: %q and %s, want %q", body, sent.MessageID, sent.Outcome, want)
		}
	}
}

func TestVerdictsOfAVerification(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status     int
		body, want string
		remaining  int64 // -1: not told
	}{
		{200, verifOK, otp.OutcomeOK, -1},
		{400, `{"code": 199, "left": 2}`, otp.OutcomeWrongCode, 2},
		{400, `{"code": 199, "left": 0}`, otp.OutcomeWrongCode, 0},
		{400, `{"code": 199, "left": "2"}`, otp.OutcomeWrongCode, -1},
		{400, `{"code": 199}`, otp.OutcomeWrongCode, -1},
		{400, `{"code": 196, "left": 0}`, otp.OutcomeTooManyAttempts, -1},
		{400, `{"code": 197}`, otp.OutcomeExpired, -1},
		{400, `{"code": 198}`, otp.OutcomeNotFound, -1},
		{400, `{"code": 195}`, otp.OutcomeStop, -1},
		{500, `<html>`, otp.OutcomeStop, -1},
	} {
		v := newVendor(t, answer(200, sentOK), answer(test.status, test.body))
		runner := with(t, v, sample())
		got := verify(t, runner, 0, send(t, runner, 0).Kept, delivery.Recipient{Phone: french}, code)
		only(t, test.body, got.Outcome, got.Reason, test.want)
		if left := got.Remaining; (left == nil) != (test.remaining < 0) || left != nil && *left != test.remaining {
			t.Errorf("%s: the wrong number of attempts is left", test.body)
		}
		v.wants(jsonRequest("POST /send", `{"text":"Code: {code}","to":"+33612345678"}`),
			jsonRequest("PUT /verify", `{"code":"482913","to":"33612345678","token":"otp_1"}`))
	}
}
