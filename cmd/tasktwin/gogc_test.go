package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

// gogc returns the GOGC in use.
func gogc() int {
	percent := debug.SetGCPercent(100)
	debug.SetGCPercent(percent)
	return percent
}

func TestGOGCOfASimulation(t *testing.T) { //nolint:paralleltest // GOGC is of the process
	before := gogc()
	t.Setenv("GOGC", "")
	restore := collectMoreOften()
	require.Equal(t, simulationGOGC, gogc())
	restore()
	require.Equal(t, before, gogc())
	t.Setenv("GOGC", "200")
	defer collectMoreOften()()
	require.Equal(t, before, gogc())
}
