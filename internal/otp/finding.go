package otp

import "fmt"

// Aspect is what a finding about an account is about.
type Aspect string

// The aspects, in the order in which one keeps the next from mattering.
const (
	AspectPermission Aspect = "permission" // of the API key
	AspectPlan       Aspect = "plan"
	AspectDevice     Aspect = "device" // a linked phone, or a WhatsApp account
	AspectSender     Aspect = "sender" // a gateway, or the name that a recipient sees
	AspectBalance    Aspect = "balance"
)

// Verdict says whether an account has what a route needs.
type Verdict string

// The verdicts.
const (
	Has     Verdict = "has"
	Lacks   Verdict = "lacks"
	Unknown Verdict = "unknown" // the vendor does not tell, or did not answer
)

// Finding is what looking at an account has shown of one thing that a route
// needs. Nothing of it is secret or personal.
type Finding struct {
	Aspect  Aspect
	Verdict Verdict
	Path    Path   // the attribute that needs it
	Summary string // what lacks, a few words, no final stop; empty otherwise
	Detail  string // what was asked, what was answered and what will happen, in sentences
	Remedy  string // what to do, in sentences; empty where there is nothing to do
}

// Findings is what looking at an account has shown.
type Findings []Finding

// Hasf adds what is there.
func (fs *Findings) Hasf(aspect Aspect, at Path, detail string, args ...any) {
	*fs = append(*fs, Finding{Aspect: aspect, Verdict: Has, Path: at, Detail: fmt.Sprintf(detail, args...)})
}

// Unknownf adds what is not known, and why; nil: the vendor does not tell.
func (fs *Findings) Unknownf(aspect Aspect, at Path, why error, detail string, args ...any) {
	detail = fmt.Sprintf(detail, args...)
	if why != nil {
		detail += " " + why.Error()
	}
	*fs = append(*fs, Finding{Aspect: aspect, Verdict: Unknown, Path: at, Detail: detail})
}

// Lacksf adds what lacks.
func (fs *Findings) Lacksf(aspect Aspect, at Path, summary, remedy, detail string, args ...any) {
	*fs = append(*fs, Finding{Aspect: aspect, Verdict: Lacks, Path: at, Summary: summary, Remedy: remedy, Detail: fmt.Sprintf(detail, args...)})
}

// Problems are what lacks, as warnings: an account may change before anything is
// sent.
func (fs Findings) Problems() Problems {
	var ps Problems
	for _, f := range fs {
		if f.Verdict == Lacks {
			ps.Warnf(f.Path, f.Summary, "%s %s", f.Detail, f.Remedy)
		}
	}
	return ps
}
