package octopush

import "github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"

// known is what one of the vendor's numbers means.
type known struct {
	kind    httpapi.Kind
	meaning string
}

// codes is what the vendor's numbers mean. 194 to 199 are documented for the
// OTP calls (Octopush reference §2.2); the rest comes from the table of the
// older API (§13.2), as far as it can concern the calls made here.
var codes = map[int64]known{
	194: {httpapi.Invalid, "neither a phone number nor a request token was given"},
	195: {httpapi.Invalid, "the code is missing"},
	196: {httpapi.Conflict, "the limit of wrong attempts is reached"},
	197: {httpapi.NotFound, "the code has expired"},
	198: {httpapi.NotFound, "no such code was sent"},
	199: {httpapi.Invalid, "the code is wrong"},

	100: {httpapi.Invalid, "the request is empty"},
	101: {httpapi.Unauthorized, "the login details are wrong"},
	102: {httpapi.Invalid, "the text is too long"},
	103: {httpapi.Invalid, "there is no recipient"},
	104: {httpapi.InsufficientBalance, "out of credit"},
	105: {httpapi.InsufficientBalance, "short of credit while an order is pending"},
	106: {httpapi.Invalid, "the sender is not allowed"},
	107: {httpapi.Invalid, "the text is missing"},
	108: {httpapi.Unauthorized, "the login is missing"},
	109: {httpapi.Unauthorized, "the password is missing"},
	110: {httpapi.Invalid, "the list of recipients is missing"},
	113: {httpapi.Forbidden, "the account is not validated"},
	114: {httpapi.Forbidden, "the account is under review"},
	117: {httpapi.Invalid, "no valid phone number"},
	119: {httpapi.Invalid, "the text is too long for this type of message"},
	125: {httpapi.Unavailable, "an undefined error"},
	128: {httpapi.RateLimited, "too many tries"},
	150: {httpapi.Invalid, "no country has this prefix"},
	151: {httpapi.Invalid, "the country is not served"},
	152: {httpapi.Invalid, "low-cost messages are not possible to this country"},
	153: {httpapi.Unavailable, "the route is congested"},
	201: {httpapi.PlanFeature, "the option is open on request only"},
	207: {httpapi.PlanFeature, "the account has no access to the feature"},
	208: {httpapi.Invalid, "the type of message is wrong"},
	209: {httpapi.Forbidden, "the account may not send to this recipient"},
	500: {httpapi.Unavailable, "the request could not be processed"},
	501: {httpapi.Unavailable, "a connection failed inside Octopush"},
}
