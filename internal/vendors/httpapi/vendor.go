package httpapi

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Vendor is everything that the rest of the house knows about one vendor. Each
// vendor package has one, and package vendors lists them.
type Vendor struct {
	Name  otp.Vendor // in HCL, documents and variables
	Title string     // as the vendor writes it, in sentences
	// BaseURL is the production address.
	BaseURL string
	// RequestsPerSecond is the rate that the vendor documents for an account,
	// or a courtesy where it documents none. Zero: no limit.
	RequestsPerSecond float64
	// Credentials are what an account has, all of them needed for a call.
	Credentials []CredentialField
	// Authorize adds the credentials to the headers or the fields of a call, for
	// the client their values and for a document their variables.
	Authorize func(call *Call, credential func(field string) string)
	// Classify turns an answer that is an error into one, see Config. It explains
	// the answers to calls by documents, too.
	Classify func(e Endpoint, a *Answer) *Error
	// Explain says what an answer means that is no error and yet tells of a
	// failure, such as that of a message, see Config. Nil: no answer does.
	Explain func(e Endpoint, a *Answer) *Error
	// Open makes the client that reads what the vendor tells. What it can be asked
	// are the interfaces that it has, which package vendors lists. The zero value:
	// nothing can be asked.
	Open Opening
	// Endpoints are the calls that are used, those of documents included.
	Endpoints []Endpoint
	// Compiler makes the calls of documents.
	Compiler otp.Compiler
	// Extension is by how much a code can be extended; nil: not at all.
	Extension *otp.Extension
	// Undelivered is a sentence for people whose message is not known to be
	// delivered; empty: the vendor may be asked again.
	Undelivered string
	// NoPrice is a sentence on why no call tells what a send costs; empty: one
	// does. Nil: a call tells it of every send, or nobody has looked.
	NoPrice func(send otp.Call) string
	// Receipt is what the answer to a send tells beyond what documents keep.
	Receipt otp.Receipt
}

// CredentialField is one credential that an account at a vendor has.
type CredentialField struct {
	Field string // as variables spell it, one of those that documents may name: API_KEY
	Name  string // in words: API key
	Where string // a sentence for the docs: what it is and where to find it
}

// Known makes a vendor's title known to the domain, and returns the vendor. It
// is for the variable that a vendor package has for itself.
func Known(v Vendor) Vendor {
	otp.Introduce(v.Name, v.Title)
	return v
}

// Account is an account at a vendor.
type Account struct {
	Slug        string            // empty for the default account
	BaseURL     string            // empty: the vendor's production address
	Credentials map[string]string // by field: API_KEY
}

// Configured reports whether anybody gave the account a credential. One that
// has only a part of them counts: to call the vendor is an error that names the
// part that is missing.
func (a Account) Configured() bool {
	for _, value := range a.Credentials {
		if value != "" {
			return true
		}
	}
	return false
}

// String names the account without its credentials, also under %+v.
func (a Account) String() string { return fmt.Sprintf("account %q", a.Slug) }

// GoString is String: %#v would show the credentials.
func (a Account) GoString() string { return a.String() }

// Client returns the client of an account. The error names the credential that
// is missing or cannot be right, or the base URL.
func (v Vendor) Client(a Account, transport *Transport) (*Client, error) {
	var secrets []string
	for _, field := range v.Credentials {
		value := a.Credentials[field.Field]
		if err := v.CheckCredential(a.Slug, field.Field, value); err != nil {
			return nil, err
		}
		secrets = append(secrets, value)
	}
	config := v.config(a, transport)
	config.Secrets = secrets
	config.Authorize = func(call *Call) { v.Authorize(call, func(field string) string { return a.Credentials[field] }) }
	return New(config)
}

// Bare returns the client of an account whose calls bring their credentials
// along, as those of documents do. Those of the account are not looked at.
func (v Vendor) Bare(a Account, transport *Transport) (*Client, error) {
	return New(v.config(a, transport))
}

func (v Vendor) config(a Account, transport *Transport) Config {
	return Config{
		Vendor: v.Name, Account: a.Slug, BaseURL: cmp.Or(a.BaseURL, v.BaseURL),
		Classify: v.Classify, Explain: v.Explain, RequestsPerSecond: v.RequestsPerSecond, Transport: transport,
	}
}

// CheckCredential reports a credential of an account that is missing or cannot
// be right. The error names the variable and the attribute to set.
func (v Vendor) CheckCredential(account, field, value string) error {
	name := field
	if i := slices.IndexFunc(v.Credentials, func(c CredentialField) bool { return c.Field == field }); i >= 0 {
		name = v.Credentials[i].Name
	}
	return Credential{Vendor: v.Name, Account: account, Field: field, Name: name, Value: value}.CheckValue()
}

// Endpoint finds the endpoint that a call of a document goes to.
func (v Vendor) Endpoint(method, path string) (Endpoint, bool) {
	i := slices.IndexFunc(v.Endpoints, func(e Endpoint) bool { return e.Method == method && e.Path == path })
	if i < 0 {
		return Endpoint{}, false
	}
	return v.Endpoints[i], true
}
