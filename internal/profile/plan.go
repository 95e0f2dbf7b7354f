package profile

import (
	"context"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

type planned = tf.Planned[otp.Profile]

// plan compiles a profile with everything it refers to as it will be after this
// run, so that the plan shows the document that the apply will write. Where a
// document stays but what it is made from changes, made_from does too, and
// brings the update that keeps the record of its making true.
func plan(ctx context.Context, p planned) (tf.Values, diag.Diagnostics) {
	sources, diags := resolve(ctx, p)
	if diags.HasError() {
		return nil, diags
	}
	if err := stale(p, sources); err != nil {
		return nil, append(diags, tf.Failure("plan the profile", err))
	}
	specs := map[catalog.Ref]tf.Spec{}
	for ref, source := range sources {
		specs[ref] = source.Spec
	}
	document, problems, err := compile(p.Object, specs)
	if err != nil {
		return nil, append(diags, tf.Failure("compile the profile", err))
	}
	diags.Append(tf.Report(problems)...)
	if problems.Failed() {
		return nil, diags
	}
	diags.Append(tf.Report(lookAtAccounts(ctx, p.Session, p.Object, document))...)
	if document == "" || p.Object.Check().Failed() {
		return tf.Values{documentAttribute: tf.Unknown, segmentsAttribute: tf.Unknown, madeFromAttribute: tf.Unknown}, diags
	}
	cost, err := segments(document)
	if err != nil {
		return nil, append(diags, tf.Failure("compile the profile", err))
	}
	made := map[string]any{}
	for ref, source := range sources {
		made[key(ref)] = revision(p, source)
	}
	return tf.Values{documentAttribute: document, segmentsAttribute: cost, madeFromAttribute: made}, diags
}

// resolve finds everything that a profile refers to.
func resolve(ctx context.Context, p planned) (map[catalog.Ref]tf.Source, diag.Diagnostics) {
	var diags diag.Diagnostics
	profile, all := catalog.Ref{Kind: catalog.Profile, Name: p.Object.Name}, references(p.Object)
	var refs []catalog.Ref
	for _, reference := range all {
		refs = append(refs, reference.Ref)
	}
	sources, err := p.Session.Catalog.Sources(ctx, profile, refs...)
	if err != nil {
		return nil, diag.Diagnostics{tf.Failure("plan the profile", err)}
	}
	for _, reference := range all {
		source, at := sources[reference.Ref], tf.Path(reference.at)
		switch retired := source.Stored.RetiredAt; {
		case source.Gone:
			diags.AddAttributeError(at, "Referenced object is deleted in this run",
				fmt.Sprintf("Profile %q refers to %s, which this run deletes. Refer to another one, or keep it. %s", profile.Name, reference.Ref, tf.ReferenceAdvice(reference.Kind)))
		case source.Missing && retired != nil:
			err := &catalog.RetiredReferenceError{Profile: profile, Ref: reference.Ref, By: source.Stored.RetiredBy, At: *retired}
			// Terraform plans a profile before it destroys it, too, and does not
			// tell the provider what for.
			diags.AddAttributeError(at, tf.Failure("", err).Summary(), err.Error()+" To destroy the profile, take it out of the configuration and apply, or run destroy with -refresh=false.")
		case source.Missing:
			err := &catalog.MissingReferenceError{Profile: profile, Ref: reference.Ref, Catalog: p.Session.Catalog.URL()}
			diags.AddAttributeError(at, tf.Failure("", err).Summary(), err.Error())
		}
	}
	return sources, diags
}

// revision is what the document will have been made from, where that is known:
// not where this run changes the object. One that is deleted and made again as
// it was keeps its revision, because the profile's own reference holds it.
func revision(p planned, source tf.Source) any {
	ref := source.Stored.Ref()
	held := p.Prior != nil && p.Computed[madeFromAttribute] != nil && source.Stored.RetiredAt == nil &&
		recorded(p.Computed, ref) == source.Stored.Revision && string(source.Stored.Spec) == string(source.JSON)
	if source.Changes && !(source.Created && held) {
		return tf.Unknown
	}
	return source.Stored.Revision
}

// recorded is the revision of an object in what is known of made_from; 0: none.
func recorded(computed tf.Values, ref catalog.Ref) int64 {
	sources, _ := computed[madeFromAttribute].(map[string]any)
	number, ok := sources[key(ref)].(interface{ Int64() (int64, error) })
	if !ok {
		return 0
	}
	n, err := number.Int64()
	if err != nil {
		return 0
	}
	return n
}

// stale is a conflict with somebody who has changed an object since this plan
// was made. Terraform plans once more as it applies, with what the Read of the
// first plan noted; without this, it would compare the two documents and blame
// the provider.
//
// With -refresh=false there was no such Read, and what is noted is older, or
// nothing. Then a source that has changed since is what the first plan saw, too,
// and often all there is to do; that is no conflict. But where there is another
// reason for the profile to change, nobody can tell the two apart, and the
// sentence says how to go on.
func stale(p planned, sources map[catalog.Ref]tf.Source) error {
	if p.Prior == nil {
		return nil
	}
	var conflict error
	reason := !reflect.DeepEqual(*p.Prior, p.Object)
	for _, noted := range p.Sources {
		source, used := sources[noted.Ref]
		if !used {
			continue
		}
		stored := source.Stored
		if recorded(p.Computed, noted.Ref) != noted.Revision || source.Own || source.Changes {
			reason = true
		}
		if stored.Revision != noted.Revision && !source.Own {
			conflict = &catalog.SourceChangedError{
				Profile: catalog.Ref{Kind: catalog.Profile, Name: p.Object.Name}, Source: noted.Ref,
				Planned: noted.Revision, Actual: stored.Revision, By: stored.UpdatedBy, At: stored.UpdatedAt,
			}
		}
	}
	if !reason {
		return nil
	}
	return conflict
}
