//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package catalog

import "os"

// writable reads the permission bits, which is what Windows maps its read-only
// attribute to.
func writable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o200 != 0
}
