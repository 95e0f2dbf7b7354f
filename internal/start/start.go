// Package start lets the garbage collector wait while a process starts. What
// packages make then, the tables and schemas of libraries above all, stays: to
// look through it once more before Terraform has its first answer takes a tenth
// of the time of a start, and frees nothing.
package start

import (
	"os"
	"runtime/debug"
	"sync"
)

// waiting is how far the heap may grow in a start, in percent of the 4 MB with
// which the runtime begins: to 16 MB.
const waiting = 400

// usual is what applies after the start. It is set while packages are initialized:
// behind the libraries, whose paths sort before ours, and before all of ours.
var usual = func() int {
	if os.Getenv("GOGC") != "" { // somebody has chosen
		return 0
	}
	return debug.SetGCPercent(waiting)
}()

// Over lets the collector work as it does elsewhere. Call it when the work begins.
var Over = sync.OnceFunc(func() {
	if usual != 0 {
		debug.SetGCPercent(usual)
	}
})
