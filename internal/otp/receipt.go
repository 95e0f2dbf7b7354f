package otp

// Receipt says where a vendor's answer to a send holds what no document tells:
// applications do not need it, and a test send reports it. Each is a JSON
// pointer (RFC 6901), empty where the vendor does not tell.
type Receipt struct {
	// HandOut are fields that make the vendor put the code into its answer,
	// instead of those that the document writes. Nil: it does so unasked, or
	// not at all.
	HandOut map[string]any
	Code    string // the code
	Cost    string // what the send costs, a number
	Unit    string // of the cost, such as "credits"; no pointer
	// MessageID is the vendor's number of the message.
	MessageID string
}
