package otp

// The bounds of an extension, in seconds. MyOTP.App alone extends codes: its
// developer page has "same as otp_validity", its newest document begins at 60
// (MyOTP reference §4, §12).
const (
	MinExtension    = 30
	NewMinExtension = 60
	MaxExtension    = 14400
)

// CheckExtension checks by how many seconds a code is to be extended.
func CheckExtension(seconds int64) Problems {
	var ps Problems
	switch path := At("seconds"); {
	case seconds < MinExtension || seconds > MaxExtension:
		ps.Errorf(path, "Extension is out of range", "seconds is %d; MyOTP.App, which alone can extend a code, adds %d to %d seconds at a time.", seconds, MinExtension, MaxExtension)
	case seconds < NewMinExtension:
		ps.Warnf(path, "MyOTP.App may not accept this extension", "seconds is %d. MyOTP.App's developer page allows it, and its newest document wants %d or more. If it is refused, add more.", seconds, NewMinExtension)
	}
	return ps
}
