package main

import (
	"os"
	"runtime/debug"
)

// simulationGOGC is the GOGC of a simulation in memory. Nearly all of what it allocates is in use
// until the end, and the garbage collector runs on another core.
const simulationGOGC = 50

// collectMoreOften has the garbage collector take less memory, unless GOGC is set, until the
// returned function is called.
func collectMoreOften() (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(simulationGOGC)
	return func() { debug.SetGCPercent(before) }
}
