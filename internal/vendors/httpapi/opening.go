package httpapi

import "github.com/otp-as-code/terraform-provider-otp/internal/otp"

// Opening makes a vendor's client of an account.
type Opening struct {
	open func(*Client, Account) any
	none any // a client that is not there, which has the same methods
}

// Opens is the opening of a vendor whose client is a C, made around the client
// that makes its calls.
func Opens[C any](open func(*Client, Account) C) Opening {
	var none C
	return Opening{open: func(c *Client, a Account) any { return open(c, a) }, none: none}
}

// Rules are the client of a vendor, for what it knows without an account, and
// whether it has the interface: one that is not there, whose methods may look at
// nothing but their arguments.
func Rules[I any](v Vendor) (I, bool) {
	rules, can := v.Open.none.(I)
	return rules, can
}

// Can reports whether a vendor's client has an interface. It needs no account.
func Can[I any](v Vendor) bool {
	_, can := Rules[I](v)
	return can
}

// Reader returns the client that reads what the vendor tells, nil where it tells
// nothing. The error names the credential that is missing or cannot be right, or
// the base URL.
func (v Vendor) Reader(a Account, transport *Transport) (any, error) {
	if v.Open.open == nil {
		return nil, nil
	}
	client, err := v.Client(a, transport)
	if err != nil {
		return nil, err
	}
	return v.Open.open(client, a), nil
}

// Never is why no send of a vendor has a price that a call tells, see
// Vendor.NoPrice.
func Never(why string) func(otp.Call) string {
	return func(otp.Call) string { return why }
}
