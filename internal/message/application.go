package message

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// acting is what the actions that play an application share. They embed it.
type acting struct {
	name    string
	session *tf.Session
}

// Metadata names the action type.
func (a *acting) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = a.name
}

// Configure takes the session.
func (a *acting) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.session = tf.From(req.ProviderData, &resp.Diagnostics)
}

// with runs do on an application and closes it. tried completes "could not …".
func (a *acting) with(ctx context.Context, resp *action.InvokeResponse, tried string, do func(t *application.Application) error) {
	if err := a.try(ctx, resp, do); err != nil {
		resp.Diagnostics.Append(tf.Failure(tried, err))
	}
}

func (a *acting) try(ctx context.Context, resp *action.InvokeResponse, do func(t *application.Application) error) (err error) {
	store := a.session.Catalog.Store()
	if store == nil {
		return errors.New("the URL of the catalog is not known yet, so no profile can be found in it; give catalog.url a value that Terraform knows when it plans")
	}
	t, err := application.Open(ctx, application.Options{
		Catalog: store, Clock: a.session.Clock, Ledger: a.session.Deliveries,
		Runner: a.runner(),
		Tell:   tf.Progress(ctx, resp),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	return do(t)
}

// runner calls vendors as the provider does, over the same connections and under
// the same request limits.
func (a *acting) runner() delivery.Options {
	return delivery.Options{Lookup: a.session.Variable, Transport: a.session.Vendors.Transport(), Vendor: vendors.Find}
}

// titles are the titles of diagnostics by verdict.
var titles = map[string]string{
	application.Limited:        "Limit of the profile is reached",
	application.NotAllowed:     "Phone is outside the countries of the profile",
	otp.OutcomeNextRoute:       "No route could send the code",
	otp.OutcomeStop:            "Vendor refused",
	otp.OutcomeUnknown:         "Nobody knows what came of it",
	otp.OutcomeFailed:          "Message was not delivered",
	otp.OutcomeWrongCode:       "Code is wrong",
	otp.OutcomeExpired:         "Code is over",
	otp.OutcomeNotFound:        "There is no such code",
	otp.OutcomeTooManyAttempts: "Too many wrong codes",
	otp.OutcomeUnavailable:     "Vendor does not tell",
}

// blame makes the diagnostic of a result that is not good.
func blame(result application.Result, resp *action.InvokeResponse) {
	if result.Good() {
		return
	}
	var detail strings.Builder
	for _, refused := range result.Refused {
		fmt.Fprintf(&detail, "%s refused: %s\n", refused.Place(), refused.Why())
	}
	if result.Route != nil {
		fmt.Fprintf(&detail, "%s: ", result.Place())
	}
	detail.WriteString(result.Reason)
	if result.Remaining != nil {
		fmt.Fprintf(&detail, " Attempts left: %d.", *result.Remaining)
	}
	if result.Advice != "" {
		detail.WriteString(" " + result.Advice)
	}
	verdict := result.Verdict()
	switch verdict {
	case otp.OutcomeUnknown:
		detail.WriteString(" It may have happened, so it was not tried again.")
	case otp.OutcomeNextRoute:
		detail.WriteString(" Nothing was sent.")
	}
	resp.Diagnostics.AddError(titles[verdict], detail.String())
}

// summary is a good result as one line of progress.
func summary(result application.Result) string {
	var parts []string
	if result.Route != nil {
		parts = append(parts, result.Place())
	}
	for _, part := range []struct{ name, value string }{
		{"outcome ", result.Outcome}, {"message ", result.MessageID}, {"cost ", strings.TrimSpace(result.Cost + " " + result.Unit)},
		{"status ", result.Status}, {"verification ", result.Verification},
	} {
		if part.value != "" {
			parts = append(parts, part.name+part.value)
		}
	}
	if result.ExpiresAt != nil {
		parts = append(parts, "valid until "+result.ExpiresAt.UTC().Format(time.RFC3339))
	}
	return strings.Join(parts, ", ") + "."
}
