//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package catalog

import "syscall"

// writable asks the system without opening the file: see creating.
func writable(path string) bool {
	const writeOK = 2 // W_OK of access(2).
	return syscall.Access(path, writeOK) == nil
}
