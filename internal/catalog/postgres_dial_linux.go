package catalog

import (
	"net"
	"strings"
	"syscall"
)

// setUserTimeout bounds how long sent bytes may stay unanswered, and reports
// whether the system can do that.
func setUserTimeout(dialer *net.Dialer, milliseconds int) bool {
	const userTimeout = 18 // TCP_USER_TIMEOUT of tcp(7).
	dialer.Control = func(network, _ string, connection syscall.RawConn) (err error) {
		if !strings.HasPrefix(network, "tcp") {
			return nil
		}
		failure := connection.Control(func(descriptor uintptr) {
			err = syscall.SetsockoptInt(int(descriptor), syscall.IPPROTO_TCP, userTimeout, milliseconds)
		})
		if failure != nil {
			return failure
		}
		return err
	}
	return true
}
