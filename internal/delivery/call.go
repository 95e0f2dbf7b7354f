package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// client returns the client of a call's account and the path of the call.
func (r *Runner) client(vendor otp.Vendor, c *otp.Call) (*httpapi.Client, string, error) {
	parts := target.FindStringSubmatch(c.URL) // checked when the document was read
	slug, _, _ := parseVariable(vendor, parts[1])
	known, _ := r.options.Vendor(vendor)
	client, err := known.Bare(httpapi.Account{Slug: slug, BaseURL: r.variable(parts[1])}, r.options.Transport)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", parts[1], err)
	}
	// The transport knows placeholders as {name}; it neither logs nor quotes their
	// values.
	return client, strings.NewReplacer("{{", "{", "}}", "}").Replace(parts[2]), nil
}

// endpoint finds what a vendor's package calls the endpoint of a call.
func (r *Runner) endpoint(vendor otp.Vendor, method, path string) (httpapi.Endpoint, bool) {
	known, _ := r.options.Vendor(vendor)
	return known.Endpoint(method, path)
}

// perform fills in a call of a route and makes it. The error means that the
// call was not made.
func (r *Runner) perform(ctx context.Context, at route, v verb, values filling) (verdict, error) {
	c := v.call(at.DocumentRoute)
	values.variable = r.variable
	if err := r.checkCredentials(at.Vendor, c); err != nil {
		return verdict{}, err
	}
	call, err := values.fill(c)
	var missing unfilled
	if errors.As(err, &missing) && missing.variable != "" {
		err = r.credential(at.Vendor, missing.variable, "")
	}
	if err != nil {
		return verdict{}, err
	}
	client, path, err := r.client(at.Vendor, c)
	if err != nil {
		return verdict{}, err
	}
	request := httpapi.Call{
		Endpoint: httpapi.Endpoint{
			Operation: v.name, Purpose: v.purpose, Method: c.Method, Path: path, Encoding: c.Encoding, Read: v.read,
		},
		Fields: call.fields, Headers: call.headers, Path: call.path, Secrets: call.secrets, Timeout: time.Duration(c.TimeoutSeconds) * time.Second,
	}
	answer, err := client.Exchange(ctx, request)
	if err != nil {
		return unanswered(v, err)
	}
	if known, ok := r.endpoint(at.Vendor, c.Method, path); ok {
		request.Endpoint.Operation, request.Endpoint.Path = known.Operation, known.Path // which is what a vendor's explanations go by
	}
	return judge(c, client, request, answer), nil
}

// unanswered is the verdict on a call without a usable answer.
func unanswered(v verb, err error) (verdict, error) {
	var failure *httpapi.Error
	switch {
	case !errors.As(err, &failure):
		return verdict{}, err
	case failure.Kind == httpapi.Invalid:
		return verdict{}, failure
	case failure.Kind == httpapi.Cancelled && !failure.MaybeSent:
		return verdict{}, failure // the caller's wish, and no verdict of a vendor
	case !failure.MaybeSent && v.name == sending.name:
		return found(otp.OutcomeNextRoute, failure.Error()), nil
	}
	return found(otp.OutcomeUnknown, failure.Error()), nil
}
