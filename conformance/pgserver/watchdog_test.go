//go:build linux

package pgserver

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The process id of a process that has ended may belong to another process when
// the watchdog acts.
func TestWatchdogStopsNoOtherProcess(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]string{"started at another time": "1", "start not known": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := startVictim(t)
			w, err := startWatchdog(watchOptions{})
			require.NoError(t, err)
			require.NoError(t, w.watch("QUIT", v.Process.Pid, start))
			require.NoError(t, w.cleanUp())
			v.requireUnharmed(t)
		})
	}
}

func TestWatchdogStopsItsProcess(t *testing.T) {
	t.Parallel()
	v := startVictim(t)
	w, err := startWatchdog(watchOptions{})
	require.NoError(t, err)
	require.NoError(t, w.watch("QUIT", v.Process.Pid, startTime(v.Process.Pid)))
	require.NoError(t, w.cleanUp())
	require.ErrorContains(t, v.Wait(), "signal: quit")
}

// The server's watchdog has only the rights of the server's user.
func TestWatchdogHasTheServersRights(t *testing.T) {
	t.Parallel()
	cred := serverUser(t)
	v, dir := startVictim(t), sharedDir(t)
	writeFiles(t, dir, map[string]string{"file": ""})
	w, err := startWatchdog(watchOptions{server: dir, cred: cred})
	require.NoError(t, err)
	require.NoError(t, w.watch("QUIT", v.Process.Pid, startTime(v.Process.Pid)))
	require.NoError(t, w.cleanUp())
	v.requireUnharmed(t)
	require.FileExists(t, dir+"/file")
}
