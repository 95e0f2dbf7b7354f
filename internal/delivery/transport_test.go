package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// hang waits until the client has gone.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// cut announces more than it sends.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	fmt.Fprint(w, sentOK)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// noise answers, and not in HTTP.
func noise(w http.ResponseWriter, _ *http.Request) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(connection, "hello\r\n\r\n")
	_ = connection.Close()
}

// long is a JSON answer of a size in bytes.
func long(size int) http.HandlerFunc {
	return answer(200, sentOK+strings.Repeat(" ", size-len(sentOK)))
}

func TestConnectionThatWasNeverMadeIsTheNextRoute(t *testing.T) {
	t.Parallel()
	never := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a server was asked that should not be") })
	secure, plain := httptest.NewUnstartedServer(never), httptest.NewServer(never)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshakes
	secure.StartTLS()
	t.Cleanup(secure.Close)
	t.Cleanup(plain.Close)
	for name, base := range map[string]string{
		"refused": nowhere, "a name that is none": "https://no..where",
		"a certificate that is not trusted": secure.URL, "TLS to a server without": "https://" + plain.Listener.Addr().String(),
	} {
		v := newVendor(t, answer(200, sentOK))
		document := sample()
		document.Routes[0].Verify.URL = "${OTP_OCTOPUSH_B_BASE_URL}/x"
		document.Routes[0].Extend.URL = "${OTP_OCTOPUSH_B_BASE_URL}/x"
		document.Routes[0].Status.URL = "${OTP_OCTOPUSH_B_BASE_URL}/x"
		document.Routes = append(document.Routes, document.Routes[0])
		elsewhere := *document.Routes[1].Send
		elsewhere.URL = "${OTP_OCTOPUSH_B_BASE_URL}/x"
		document.Routes[1].Send = &elsewhere
		runner := with(t, v, document, func(_ *delivery.Options, env map[string]string) { env["OTP_OCTOPUSH_B_BASE_URL"] = base })

		sent := send(t, runner, 1)
		only(t, name, sent.Outcome, sent.Reason, otp.OutcomeNextRoute)
		if _, kept := sent.Kept.Route(); kept || sent.HTTPStatus != 0 {
			t.Errorf("%s: %v and HTTP %d, want nothing kept and no status", name, sent.Kept, sent.HTTPStatus)
		}
		// A code that was sent has no other route to go to.
		kept := send(t, runner, 0).Kept
		verdict := verify(t, runner, 0, kept, delivery.Recipient{Phone: french}, code)
		only(t, name+", verify", verdict.Outcome, verdict.Reason, otp.OutcomeUnknown)
		extended, err := runner.Extend(t.Context(), 0, kept, delivery.Recipient{}, 60)
		if err != nil {
			t.Error(err)
		}
		only(t, name+", extend", extended.Outcome, extended.Reason, otp.OutcomeUnknown)
		report, err := runner.Status(t.Context(), 0, kept, delivery.Recipient{})
		if err != nil {
			t.Error(err)
		}
		only(t, name+", status", report.Outcome, report.Reason, otp.OutcomeUnknown)
		if v.count() != 1 {
			t.Errorf("%s: %d requests at the vendor, want one", name, v.count())
		}
	}
}

func TestAnswerThatDoesNotComeIsUnknownAndNothingIsRepeated(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]http.HandlerFunc{
		"drop": drop, "cut": cut, "hang": hang, "noise": noise, "above 1 MiB": long(1<<20 + 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, fault, answer(200, sentOK), fault, fault)
			runner := with(t, v, sample(), tries(3, time.Minute))
			meets := runner
			if name == "hang" {
				meets = with(t, v, sample(), tries(3, impatient))
			}
			lost := send(t, meets, 0)
			if name == "hang" && v.count() == 0 {
				return // the machine was too busy to connect in time
			}
			only(t, "send", lost.Outcome, lost.Reason, otp.OutcomeUnknown)
			kept := send(t, runner, 0).Kept
			verdict := verify(t, meets, 0, kept, delivery.Recipient{Phone: french}, code)
			only(t, "verify", verdict.Outcome, verdict.Reason, otp.OutcomeUnknown)
			extended, err := meets.Extend(t.Context(), 0, kept, delivery.Recipient{}, 60)
			if err != nil {
				t.Fatal(err)
			}
			only(t, "extend", extended.Outcome, extended.Reason, otp.OutcomeUnknown)
			if !extended.Kept.ExpiresAt().Equal(kept.ExpiresAt()) {
				t.Error("a code that may not have been extended expires later")
			}
			if n := v.count(); n > 4 || n < 4 && name != "hang" {
				t.Errorf("%d requests, want one for each call", n)
			}
		})
	}
}

func TestTimeoutOfTheDocumentWins(t *testing.T) {
	t.Parallel()
	document := sample()
	document.Routes[0].Send.TimeoutSeconds = 1
	v := newVendor(t, hang)
	runner := with(t, v, document, func(o *delivery.Options, _ map[string]string) { o.HTTP.Timeout = 20 * time.Second })
	sent := send(t, runner, 0)
	only(t, "send", sent.Outcome, sent.Reason, otp.OutcomeUnknown)
	if !strings.Contains(sent.Reason, "no answer within 1s") {
		t.Errorf("the reason is %q", sent.Reason)
	}
}

func TestAnswerOfJustOneMebibyteIsRead(t *testing.T) {
	t.Parallel()
	sent := send(t, with(t, newVendor(t, long(1<<20)), sample()), 0)
	only(t, "send", sent.Outcome, sent.Reason, otp.OutcomeOK)
}

func TestRedirectIsAnAnswerAndNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := newVendor(t) // which nobody may ask
	for _, status := range []int{301, 302, 303, 307, 308, 304} {
		redirect := func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", elsewhere.url)
			w.WriteHeader(status)
		}
		document := sample()
		v := newVendor(t, redirect, redirect, redirect)
		sent := send(t, with(t, v, document), 0)
		only(t, "no rule for it", sent.Outcome, sent.Reason, otp.OutcomeUnknown)

		document.Routes[0].Send.Outcomes = []otp.Outcome{otp.When(otp.OutcomeNextRoute, otp.Status(status)), otp.When(otp.OutcomeUnknown)}
		sent = send(t, with(t, v, document), 0)
		only(t, "a rule for it", sent.Outcome, sent.Reason, otp.OutcomeNextRoute)
		document.Routes[0].Send.Outcomes = []otp.Outcome{
			otp.When(otp.OutcomeStop, otp.ValueIn("/code", 0)), otp.When(otp.OutcomeNextRoute, otp.Missing("/code")), otp.When(otp.OutcomeUnknown),
		}
		sent = send(t, with(t, v, document), 0)
		only(t, "a rule for what it lacks", sent.Outcome, sent.Reason, otp.OutcomeNextRoute)
		if sent.HTTPStatus != status || v.count() != 3 {
			t.Errorf("%d: the status %d after %d requests", status, sent.HTTPStatus, v.count())
		}
	}
}

func TestOnlyAStatusIsAskedAgain(t *testing.T) {
	t.Parallel()
	again := func(o *delivery.Options, _ map[string]string) { o.HTTP.MaxRetries = 2 }
	v := newVendor(t, answer(500, `{}`), answer(200, sentOK), answer(503, `{}`), answer(429, `{}`), answer(500, `{}`), answer(429, `{}`), answer(200, `{"state": "done"}`))
	runner := with(t, v, sample(), again)
	only(t, "send", send(t, runner, 0).Outcome, "why", otp.OutcomeUnknown)
	kept := send(t, runner, 0).Kept
	verdict := verify(t, runner, 0, kept, delivery.Recipient{Phone: french}, code)
	only(t, "verify", verdict.Outcome, verdict.Reason, otp.OutcomeStop)
	extended, err := runner.Extend(t.Context(), 0, kept, delivery.Recipient{}, 60)
	if err != nil {
		t.Fatal(err)
	}
	only(t, "extend", extended.Outcome, extended.Reason, otp.OutcomeUnknown)
	report, err := runner.Status(t.Context(), 0, kept, delivery.Recipient{})
	if err != nil {
		t.Fatal(err)
	}
	only(t, "status", report.Outcome, report.Reason, otp.OutcomeDelivered)
	if v.count() != 7 {
		t.Errorf("%d requests, want four calls and three for the status", v.count())
	}
}

func TestEndOfTheContext(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	runner := with(t, v, sample())
	over, cancel := context.WithCancel(t.Context())
	cancel()
	sent, err := runner.Send(over, 0, delivery.Recipient{Phone: french}, false)
	if !errors.Is(err, context.Canceled) || sent.Outcome != "" || v.count() != 0 {
		t.Errorf("before the call: %+v, %v and %d requests; want the error and no request", sent, err, v.count())
	}

	ctx, cancel := context.WithCancel(t.Context())
	v = newVendor(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	sent, err = with(t, v, sample()).Send(ctx, 0, delivery.Recipient{Phone: french}, false)
	if err != nil {
		t.Fatal(err)
	}
	only(t, "during the call", sent.Outcome, sent.Reason, otp.OutcomeUnknown)
}

func TestRequestLimitHoldsForAllCallsOfAnAccount(t *testing.T) {
	t.Parallel()
	var answers []http.HandlerFunc
	for range 10 { // what the limit lets through at once
		answers = append(answers, answer(200, sentOK))
	}
	v := newVendor(t, answers...)
	runner := with(t, v, sample(), func(o *delivery.Options, _ map[string]string) { o.HTTP.MaxRequestsPerSecond = 0.0001 })
	for range answers {
		only(t, "send", send(t, runner, 0).Outcome, "", otp.OutcomeOK)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := runner.Send(ctx, 0, delivery.Recipient{Phone: french}, false); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want an error because the limit leaves no time", err)
	}
}

// Ten actions of one apply have a runner each, and one transport.
func TestRunnersOfOneProcessShareTheRequestLimit(t *testing.T) {
	t.Parallel()
	var answers []http.HandlerFunc
	for range 10 {
		answers = append(answers, answer(200, sentOK))
	}
	v := newVendor(t, answers...)
	shared := httpapi.NewTransport(httpapi.Options{MaxRequestsPerSecond: 0.0001}, "")
	runner := func() *delivery.Runner {
		return with(t, v, sample(), func(o *delivery.Options, _ map[string]string) { o.Transport = shared })
	}
	for range answers {
		only(t, "send", send(t, runner(), 0).Outcome, "", otp.OutcomeOK)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := runner().Send(ctx, 0, delivery.Recipient{Phone: french}, false); !errors.Is(err, context.DeadlineExceeded) || v.count() != 10 {
		t.Errorf("got %v after %d requests, want an error because the limit leaves no time", err, v.count())
	}
}
