//go:build linux

package pgserver

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The number of a process that has ended may be another's by the time that the
// watchdog has to stop it.
func TestWatchdogStopsNoOtherProcess(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]string{"started at another time": "1", "start not known": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := startVictim(t)
			dog, err := startWatchdog(watchOptions{})
			require.NoError(t, err)
			require.NoError(t, dog.watch("QUIT", v.Process.Pid, start))
			require.NoError(t, dog.fire())
			v.requireUnharmed(t)
		})
	}
}

func TestWatchdogStopsItsProcess(t *testing.T) {
	t.Parallel()
	v := startVictim(t)
	dog, err := startWatchdog(watchOptions{})
	require.NoError(t, err)
	require.NoError(t, dog.watch("QUIT", v.Process.Pid, startTime(v.Process.Pid)))
	require.NoError(t, dog.fire())
	require.ErrorContains(t, v.Wait(), "signal: quit")
}

// What the server's watchdog does, it does as the server's user.
func TestWatchdogHasTheServersRights(t *testing.T) {
	t.Parallel()
	cred := serverUser(t)
	v, dir := startVictim(t), sharedDir(t)
	writeFiles(t, dir, map[string]string{"file": ""})
	dog, err := startWatchdog(watchOptions{server: dir, cred: cred})
	require.NoError(t, err)
	require.NoError(t, dog.watch("QUIT", v.Process.Pid, startTime(v.Process.Pid)))
	require.NoError(t, dog.fire())
	v.requireUnharmed(t)
	require.FileExists(t, dir+"/file")
}
