package delivery_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
)

// outcomes are what each verb may come to.
var outcomes = map[string][]string{
	"send":   {otp.OutcomeOK, otp.OutcomePending, otp.OutcomeAlreadyActive, otp.OutcomeNextRoute, otp.OutcomeUnknown, otp.OutcomeStop},
	"verify": {otp.OutcomeOK, otp.OutcomeWrongCode, otp.OutcomeExpired, otp.OutcomeNotFound, otp.OutcomeTooManyAttempts, otp.OutcomeStop, otp.OutcomeUnknown},
	"extend": {otp.OutcomeOK, otp.OutcomeNotFound, otp.OutcomeStop, otp.OutcomeUnknown},
	"status": {otp.OutcomeDelivered, otp.OutcomePending, otp.OutcomeFailed, otp.OutcomeNotFound, otp.OutcomeUnavailable, otp.OutcomeUnknown},
}

// scripted is a vendor that gives one answer to everything.
type scripted struct {
	status int
	body   []byte
}

// FuzzVerdicts answers every call of documents with anything: it is judged by an
// outcome of its verb, and no answer is a success that lacks what the vendor
// documents of one.
func FuzzVerdicts(f *testing.F) {
	var script atomic.Pointer[scripted]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s := script.Load()
		w.WriteHeader(s.status)
		_, _ = w.Write(s.body) // who has read enough may have hung up
	}))
	f.Cleanup(server.Close)
	var calls []func(context.Context) (string, error)
	for number, o := range operations {
		story := o.tell(replay.File{Operation: o.name})
		story.environment[o.vendor.Variable("", "BASE_URL")] = server.URL
		document, _, _ := story.setup.compile()
		text, err := document.Canonical()
		if err != nil {
			f.Fatal(err)
		}
		runner, err := delivery.New(text, delivery.Options{
			Lookup: func(name string) (string, bool) { value, ok := story.environment[name]; return value, ok },
			Clock:  func() time.Time { return start }, Vendor: vendors.Find, HTTP: httpapi.Options{MaxRequestsPerSecond: 1e9},
		})
		if err != nil {
			f.Fatal(err)
		}
		var kept delivery.Kept
		if story.before != nil {
			recorder := httptest.NewRecorder()
			story.before(recorder, nil)
			body, err := io.ReadAll(recorder.Body)
			if err != nil {
				f.Fatal(err)
			}
			script.Store(&scripted{recorder.Code, body})
			sent, err := runner.Send(f.Context(), 0, story.to, false)
			if err != nil {
				f.Fatal(err)
			}
			kept = sent.Kept
		}
		calls = append(calls, func(ctx context.Context) (string, error) { return o.call(ctx, runner, story, kept) })
		for _, file := range replay.Files(f, filepath.Join("..", "vendors", string(o.vendor), "testdata", "contract")) {
			if file.Operation != o.name {
				continue
			}
			body := file.Response.Bytes()
			f.Add(uint8(number), uint16(file.Response.Status-200), body)
			f.Add(uint8(number), uint16(file.Response.Status-200), body[:len(body)/2])
			f.Add(uint8(number), uint16(0), body)
		}
	}
	f.Fuzz(func(t *testing.T, number uint8, status uint16, body []byte) {
		o, code := operations[int(number)%len(operations)], 200+int(status)%400
		if code == 204 || code == 304 {
			return // which have no body
		}
		script.Store(&scripted{code, body})
		outcome, err := calls[int(number)%len(operations)](t.Context())
		if err != nil || !slices.Contains(outcomes[o.verb], outcome) {
			t.Fatalf("%s of %s: outcome %q, %v", o.name, o.vendor, outcome, err)
		}
		if happy := slices.Contains([]string{otp.OutcomeOK, otp.OutcomeDelivered}, outcome); happy && !success(o, code, body) {
			t.Fatalf("%s of %s takes HTTP %d for %s: %s", o.name, o.vendor, code, outcome, body)
		}
	})
}

// call makes the call of an operation.
func (o operation) call(ctx context.Context, runner *delivery.Runner, s story, kept delivery.Kept) (string, error) {
	switch o.verb {
	case "verify":
		got, err := runner.Verify(ctx, 0, kept, s.to, s.typed)
		return got.Outcome, err
	case "extend":
		got, err := runner.Extend(ctx, 0, kept, s.to, s.seconds)
		return got.Outcome, err
	case "status":
		got, err := runner.Status(ctx, 0, kept, s.to)
		return got.Outcome, err
	}
	got, err := runner.Send(ctx, 0, s.to, false)
	return got.Outcome, err
}

// success reports whether an answer has what the vendor documents of a success,
// read as leniently as the reads of the vendor are.
func success(o operation, status int, body []byte) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return false
	}
	number := func(name string) (value httpapi.Int, ok bool) {
		raw, there := members[name]
		return value, there && value.UnmarshalJSON(raw) == nil
	}
	text := func(raw json.RawMessage) string {
		var value httpapi.Text
		_ = value.UnmarshalJSON(raw)
		return string(value)
	}
	switch o.vendor {
	case otp.AndroidAPI:
		verdict, ok := number("status")
		return ok && verdict == 200
	case otp.Octopush:
		code, ok := number("code")
		return ok && code == 0 && (status == 200 || o.verb == "send" && status == 201)
	case otp.MyOTP:
		said := text(members["status"])
		return status == 200 && (o.verb == "send" && said == "accepted" || said == "success" || o.verb == "status" && members["DLR"] != nil)
	case otp.Way2API:
		var data struct {
			Result struct {
				Status string `json:"sms_status"`
			} `json:"result"`
		}
		var said httpapi.Bool
		_, there := members["success"]
		refused := there && said.UnmarshalJSON(members["success"]) == nil && !bool(said) && text(members["success"]) != ""
		return status == 200 && json.Unmarshal(members["data"], &data) == nil && data.Result.Status == "sent" && !refused
	}
	return false
}
