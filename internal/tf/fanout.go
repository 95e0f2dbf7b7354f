package tf

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// VendorsAttribute is the argument that chooses among the vendors that can
// answer; see Accounts.Choose.
func VendorsAttribute(able []otp.Vendor) schema.Attribute {
	names := otp.Names(able)
	return schema.SetAttribute{
		Optional: true, ElementType: types.StringType,
		Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.OneOf(names...))},
		MarkdownDescription: "Vendors to ask: `" + strings.Join(names, "`, `") + "`. Absent: those of them that have credentials.",
	}
}

// Choose returns the vendors to ask, in alphabetical order: those that the
// argument "vendors" names; where it is null, those of the able ones whose
// account has credentials, and none at all is an error that names the
// variables to set.
func (a Accounts) Choose(ctx context.Context, named types.Set, able []otp.Vendor) ([]otp.Vendor, diag.Diagnostics) {
	var chosen []otp.Vendor
	if !named.IsNull() {
		var names []string
		diags := named.ElementsAs(ctx, &names, false)
		for _, name := range names {
			chosen = append(chosen, otp.Vendor(name))
		}
		slices.Sort(chosen)
		return chosen, diags
	}
	var diags diag.Diagnostics
	var remedies []string
	for _, vendor := range able {
		if a.Ready(vendor) != nil || a.Configured(vendor) {
			chosen = append(chosen, vendor)
		}
		remedies = append(remedies, fmt.Sprintf("%s for %s", strings.Join(vendors.Variables(vendor, a.slug), " and "), vendor.Title()))
	}
	if len(chosen) == 0 {
		if a.slug != "" {
			diags.AddAttributeError(path.Root("account"), "Account is not configured",
				fmt.Sprintf("None of the vendors that could answer has credentials of an account %q. Set %s.", a.slug, strings.Join(remedies, ", or ")))
			return nil, diags
		}
		diags.AddAttributeError(path.Root("vendors"), "No vendor is configured",
			fmt.Sprintf("None of the vendors that could answer has credentials. Set %s, or write the block of one of them in the provider.", strings.Join(remedies, ", ")))
	}
	slices.Sort(chosen)
	return chosen, diags
}

// Question is something to ask of one vendor.
type Question[T any] struct {
	Vendor otp.Vendor
	Ask    func(context.Context) (T, error)
}

// AskAll asks one question after another and returns the answers in their
// order. A question that fails is a warning that names its vendor, as long as
// another is answered: half a report is better than none. tried completes the
// sentence "AndroidAPI could not …".
func AskAll[T any](ctx context.Context, a Accounts, tried string, questions []Question[T]) ([]T, diag.Diagnostics) {
	var answers []T
	var failures diag.Diagnostics
	for _, question := range questions {
		answer, diags := Ask(ctx, a, tried, question)
		if diags.HasError() {
			failures.Append(diags...)
			continue
		}
		answers = append(answers, answer)
	}
	// Half a report because somebody interrupted it is no report.
	if failures.HasError() && (len(answers) == 0 || ctx.Err() != nil) {
		return nil, failures
	}
	var warnings diag.Diagnostics
	for _, failure := range failures {
		warnings.AddWarning(failure.Summary(), failure.Detail()+" Everything else was read and is there.")
	}
	return answers, warnings
}

// AskEach is AskAll where each vendor is asked the same.
func AskEach[T any](ctx context.Context, a Accounts, tried string, chosen []otp.Vendor, ask func(context.Context, otp.Vendor) (T, error)) ([]T, diag.Diagnostics) {
	questions := make([]Question[T], 0, len(chosen))
	for _, vendor := range chosen {
		questions = append(questions, Question[T]{Vendor: vendor, Ask: func(ctx context.Context) (T, error) { return ask(ctx, vendor) }})
	}
	return AskAll(ctx, a, tried, questions)
}

// Ask asks one vendor. A failure is an error that names it.
func Ask[T any](ctx context.Context, a Accounts, tried string, question Question[T]) (T, diag.Diagnostics) {
	answer, err := ask(ctx, a, question)
	if err != nil {
		var none T
		return none, diag.Diagnostics{diag.NewErrorDiagnostic(a.Title(question.Vendor)+" could not "+tried, err.Error())}
	}
	return answer, nil
}

func ask[T any](ctx context.Context, a Accounts, question Question[T]) (T, error) {
	if err := a.Ready(question.Vendor); err != nil {
		var none T
		return none, err
	}
	return question.Ask(ctx)
}
