package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

const (
	checkURL    = "Set OTP_CATALOG_URL, or --url, to the catalog that Terraform writes."
	makeProfile = "Write an otp_profile and apply it."
)

// catalog looks at the catalog and at the documents in it.
func (x *examination) catalog(ctx context.Context) {
	store, err := catalog.Open(x.URL)
	if err != nil {
		x.fault(Configured, Catalog, "", err.Error(), checkURL)
		return
	}
	kind := kindOf(x.URL)
	ctx, cancel := context.WithTimeout(ctx, x.Timeout)
	defer cancel()
	x.read(ctx, store, kind)
	if err := store.Close(); err != nil {
		x.add(Warning, Catalog, kind, "The catalog was not closed: "+err.Error(), "")
	}
}

// kindOf is what a catalog lives in. Its URL may say who somebody is, or where.
func kindOf(url string) string {
	if strings.HasPrefix(url, "sqlite:") {
		return "SQLite"
	}
	return "PostgreSQL"
}

func (x *examination) read(ctx context.Context, store *catalog.Store, kind string) {
	for _, warning := range store.Warnings() {
		x.add(Warning, Catalog, kind, warning, "")
	}
	report, err := store.Check(ctx, x.Judge)
	var none *catalog.NoCatalogError
	switch {
	case errors.As(err, &none):
		x.fault(Configured, Catalog, kind, "There is no catalog at "+none.Catalog+" yet.", "The first terraform apply makes it. "+checkURL)
		return
	case errors.Is(err, context.DeadlineExceeded):
		x.fault(Unavailable, Catalog, kind, fmt.Sprintf("The catalog did not answer within %s.", x.Timeout), "Check that its server is up and the network to it, or allow more with --timeout.")
		return
	case err != nil:
		x.fault(Unavailable, Catalog, kind, err.Error(), "")
		return
	}
	snapshot, err := store.Snapshot(ctx)
	if err != nil {
		x.fault(Unavailable, Catalog, kind, err.Error(), "")
		return
	}
	broken := x.judged(report, kind)
	for _, profile := range x.profiles(snapshot, store.URL()) {
		if !broken[profile.Name] {
			x.document(report, profile)
		}
	}
}

// judged reports what is broken, and which profiles are.
func (x *examination) judged(report catalog.Report, kind string) map[string]bool {
	broken := map[string]bool{}
	mark := func(ref catalog.Ref) {
		if ref.Kind == catalog.Profile {
			broken[ref.Name] = true
		}
	}
	const mend = "Bring the catalog back from its backup: only a change of its tables by hand or by another program does this."
	for _, f := range report.Faults {
		x.fault(Person, Catalog, kind, "It is damaged: "+otp.Shown(f.String())+".", mend)
		if f.Ref != nil {
			mark(*f.Ref)
		}
	}
	for _, d := range report.Dangling {
		x.fault(Person, Catalog, kind, fmt.Sprintf("It is damaged: %s refers to %s, and one of them is not there.", d.Profile, d.Ref), mend)
		mark(d.Profile)
	}
	if report.Sound() {
		x.add(OK, Catalog, kind, "Reached and checked: "+many(report.Objects, "object")+", and every reference holds.", "")
	}
	return broken
}

// profiles are those that were asked for.
func (x *examination) profiles(snapshot *catalog.Snapshot, url string) []catalog.Object {
	if len(x.Options.Profiles) == 0 {
		all := snapshot.List(catalog.Profile)
		if len(all) == 0 {
			x.fault(Configured, Document, "", "The catalog has no profile, so nothing can be sent.", makeProfile+" "+checkURL)
		}
		return all
	}
	var chosen []catalog.Object
	for _, name := range slices.Compact(slices.Sorted(slices.Values(x.Options.Profiles))) {
		object, err := snapshot.Find(catalog.Ref{Kind: catalog.Profile, Name: name}, url)
		if err != nil {
			x.fault(Configured, Document, name, err.Error(), "Check the name. "+checkURL)
			continue
		}
		chosen = append(chosen, object)
	}
	return chosen
}

// document looks at the document of a profile, and takes its routes.
func (x *examination) document(report catalog.Report, profile catalog.Object) {
	x.Report.Profiles = append(x.Report.Profiles, profile.Name)
	var document otp.Document
	runner, err := delivery.New(profile.Document, delivery.Options{Vendor: vendors.Find})
	if err == nil {
		err = json.Unmarshal([]byte(profile.Document), &document)
	}
	if err != nil {
		x.fault(Person, Document, profile.Name, err.Error(), "Apply the profile again with this release of the provider.")
		return
	}
	for number, r := range runner.Routes() {
		found := route{account{r.Vendor, r.Account}, document, document.Routes[number], number}
		if r.Requires != "" {
			x.add(Warning, Document, found.at().String(), fmt.Sprintf("The route requires %q, which this release does not know, so it is skipped.", r.Requires), "Use the release of the provider that has written the document.")
			continue
		}
		x.routes = append(x.routes, found)
	}
	x.age(report, profile)
}

// age says whether a document is up to date, and what of it was deleted.
func (x *examination) age(report catalog.Report, profile catalog.Object) {
	for _, o := range report.Outdated {
		if o.Profile.Name != profile.Name {
			continue
		}
		var changed []string
		for _, c := range o.Changed {
			changed = append(changed, fmt.Sprintf("%s (revision %d, now %d)", c.Ref, c.MadeFrom, c.Current))
		}
		x.add(Warning, Document, profile.Name, "The document is not up to date: it was made from "+strings.Join(changed, ", ")+".", "Apply the profile: that makes it anew. Until then applications send as before.")
		return
	}
	for _, r := range report.Retired {
		if slices.Contains(r.UsedBy, profile.Ref()) {
			x.add(Warning, Document, profile.Name, fmt.Sprintf("The document is valid, and made from %s, which was deleted.", r.Ref), "Let the profile refer to another one, or create it again.")
			return
		}
	}
	x.add(OK, Document, profile.Name, fmt.Sprintf("Up to date, revision %d, with %s.", profile.Revision, many(x.count(profile.Name), "route")), "")
}

func (x *examination) count(profile string) int {
	n := 0
	for _, r := range x.routes {
		if r.document.Profile == profile {
			n++
		}
	}
	return n
}
