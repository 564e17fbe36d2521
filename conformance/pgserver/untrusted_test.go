//go:build linux

package pgserver

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/tail"
)

// These tests replace the server's programs by scripts. The scripts do what the
// server's user, whom root does not trust, could do while root starts and stops
// the server.

// serverUser returns the user as whom root runs a server.
func serverUser(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root runs the server as somebody else")
	}
	cred, err := unprivileged()
	require.NoError(t, err)
	return cred
}

// sharedDir returns a folder that every user can read.
func sharedDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{filepath.Dir(dir), dir} {
		require.NoError(t, os.Chmod(d, 0o755))
	}
	return dir
}

// fakePrograms returns a folder with an initdb and a postgres that run shell
// commands first and then, unless the commands exit, the installed program. The
// commands of initdb find the parent and the grandparent of the data folder in
// $server and $run.
func fakePrograms(t *testing.T, initdb, postgres string) string {
	t.Helper()
	installed, err := findBinaries(t.Context(), config{path: filepath.SplitList(os.Getenv("PATH")), globs: binaryGlobs}, nil)
	if _, missing := errors.AsType[*absentError](err); missing {
		t.Skip(err)
	}
	require.NoError(t, err)
	dir := sharedDir(t)
	for name, commands := range map[string]string{"initdb": initdb, "postgres": postgres} {
		script := fmt.Sprintf(`#!/bin/sh
if [ "$1" != --version ]; then
	server=$(dirname "$2") run=$(dirname "$(dirname "$2")")
	%s
fi
exec %s "$@"
`, commands, filepath.Join(installed, name))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755))
	}
	return dir
}

// startFake starts a server from a folder that fakePrograms made.
func startFake(t *testing.T, programs string) (*Backend, error) {
	t.Helper()
	return startLocal(t.Context(), config{path: []string{programs}})
}

func TestLogIsNotWrittenThroughALink(t *testing.T) {
	t.Parallel()
	serverUser(t)
	victim := filepath.Join(t.TempDir(), "victim")
	require.NoError(t, os.WriteFile(victim, []byte("precious"), 0o600))
	link := fmt.Sprintf(`for d in "$server" "$run"; do ln -s %s "$d/log"; done 2>/dev/null`, victim)
	server, err := startFake(t, fakePrograms(t, link, ""))
	require.NoError(t, err)
	require.NoError(t, server.Close())
	content, err := os.ReadFile(victim)
	require.NoError(t, err)
	require.Equal(t, "precious", string(content))
}

func TestLogIsNotReadFromAFIFO(t *testing.T) {
	t.Parallel()
	serverUser(t)
	fifo := `for d in "$server" "$run"; do mkfifo "$d/log"; done 2>/dev/null`
	_, err := startFake(t, fakePrograms(t, fifo, "exit 1"))
	require.ErrorContains(t, err, "exit status 1")
}

func TestErrorsShowTheEndOfALongLog(t *testing.T) {
	t.Parallel()
	long := "yes line | head -n 1000000; echo the end; exit 1"
	_, err := startFake(t, fakePrograms(t, "", long))
	require.ErrorContains(t, err, "the end")
	require.Less(t, len(err.Error()), 2*tail.Size)
	_, err = startFake(t, fakePrograms(t, long, ""))
	require.ErrorContains(t, err, "the end")
	require.Less(t, len(err.Error()), 2*tail.Size)
}

// A process that inherited the standard output of initdb may outlive initdb.
func TestHeldOutputIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	fifo := filepath.Join(sharedDir(t), "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o644))
	t.Cleanup(func() { // ends the process that reads the FIFO
		f, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if assert.NoError(t, err) {
			assert.NoError(t, f.Close())
		}
	})
	_, err := startFake(t, fakePrograms(t, fmt.Sprintf("cat %s & exit 1", fifo), ""))
	require.ErrorContains(t, err, "exit status 1")
}

func TestVersionIsAskedAsTheServersUser(t *testing.T) {
	t.Parallel()
	cred := serverUser(t)
	dir := sharedDir(t)
	for _, name := range []string{"initdb", "postgres"} {
		script := "#!/bin/sh\necho \"postgres (PostgreSQL) $(id -u)\"\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755))
	}
	version, ok := serverVersion(t.Context(), dir, cred)
	require.True(t, ok)
	require.EqualValues(t, cred.Uid, version)
}

func TestServersUserOwnsItsFolderOnly(t *testing.T) {
	t.Parallel()
	cred := serverUser(t)
	server, err := startFake(t, fakePrograms(t, "", ""))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	folder := runFolder{path: filepath.Dir(u.Query().Get("host"))}
	for path, want := range map[string]struct {
		owner uint32
		mode  os.FileMode
	}{
		folder.path:                           {0, os.ModeDir | 0o711},
		filepath.Join(folder.path, lockName):  {0, 0o600},
		filepath.Join(folder.path, logName):   {0, 0o600},
		folder.server():                       {cred.Uid, os.ModeDir | 0o700},
		filepath.Join(folder.path, "nothing"): {},
	} {
		info, err := os.Lstat(path)
		if want.mode == 0 {
			require.ErrorIs(t, err, os.ErrNotExist)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, want.mode, info.Mode(), path)
		assert.Equal(t, want.owner, info.Sys().(*syscall.Stat_t).Uid, path)
	}
}

func TestRootAvoidsFoldersOfOthers(t *testing.T) {
	t.Parallel()
	cred := serverUser(t)
	mkdir := func(parent string, mode os.FileMode) string {
		dir := filepath.Join(parent, "dir")
		require.NoError(t, os.Mkdir(dir, 0o700))
		require.NoError(t, os.Chmod(dir, mode))
		return dir
	}
	good := mkdir(t.TempDir(), os.ModeSticky|0o777)
	owned := mkdir(t.TempDir(), 0o755)
	require.NoError(t, os.Lchown(owned, int(cred.Uid), int(cred.Gid)))
	open := mkdir(t.TempDir(), 0o777)
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(owned, link))
	for name, bad := range map[string]string{
		"it is another user's":            owned,
		"anybody may rename what is here": open,
		"its parent is another user's":    mkdir(owned, 0o755),
		"its link leads there":            link,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder, err := newRunFolder([]string{bad, good}, func(string) error { return nil })
			require.NoError(t, err)
			assert.Equal(t, good, filepath.Dir(folder.path))
			require.NoError(t, folder.remove())
		})
	}
}
