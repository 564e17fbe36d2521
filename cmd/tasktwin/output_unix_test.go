//go:build unix

package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is not a regular file is refused by every command and under every name.
func TestOutputsAreFiles(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("it needs /proc and named pipes")
	}
	dir := t.TempDir()
	fifo, socket := filepath.Join(dir, "fifo"), filepath.Join(dir, "socket")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	require.NoError(t, err)
	defer listener.Close()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	defer w.Close()
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(fifo, link))
	for _, o := range outputs {
		in, _ := input(t, o.log)
		for _, out := range []string{fifo, socket, link, dir, os.DevNull, "/dev/full", fmt.Sprintf("/proc/self/fd/%d", w.Fd()), "/proc/self/fd"} {
			r := command(t, replaced(o.args, in, out)...)
			require.Equal(t, exitFailure, r.code, "%v %s: %s", o.args, out, r.stderr)
			require.Contains(t, r.stderr, o.flag+": "+out+" is not a regular file")
		}
	}
	require.Len(t, filesIn(t, dir), 3)
}
