//go:build linux

package pgserver

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// victim is a process that must not be signalled.
type victim struct {
	*exec.Cmd
	stdin io.Closer
}

func startVictim(t *testing.T) victim {
	t.Helper()
	cmd := exec.Command("cat")
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // fails if it has ended, as it should
		_ = cmd.Wait()
	})
	return victim{cmd, stdin}
}

func (v victim) requireUnharmed(t *testing.T) {
	t.Helper()
	require.NoError(t, v.stdin.Close())
	require.NoError(t, v.Wait())
}

// writeFiles creates files and their folders.
func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
}

// chownAll gives a folder and everything in it to a user.
func chownAll(t *testing.T, dir string, cred *syscall.Credential) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(cred.Uid), int(cred.Gid))
	}))
}

// The server's user creates a folder that looks like that of a dead run. A server
// still answers there, and the file of its process id names a process of another
// user.
func TestSweepSignalsNoProcess(t *testing.T) {
	t.Parallel()
	cred := serverUser(t)
	for name, owned := range map[string]string{"folder of another user": ".", "server's folder": serverName} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, root := startVictim(t), t.TempDir()
			folder := filepath.Join(root, folderPrefix+"1")
			pid := strconv.Itoa(v.Process.Pid) + "\n"
			writeFiles(t, folder, map[string]string{
				"lock": "", "data/postmaster.pid": pid, "server/data/postmaster.pid": pid,
			})
			for _, name := range []string{socketName, "server/" + socketName} {
				l, err := net.Listen("unix", filepath.Join(folder, name))
				require.NoError(t, err)
				t.Cleanup(func() { assert.NoError(t, l.Close()) })
			}
			chownAll(t, filepath.Join(folder, owned), cred)
			sweepRoot(root)
			v.requireUnharmed(t)
		})
	}
}

// The server's folder may contain anything.
func TestSweepFollowsAndReadsNothing(t *testing.T) {
	t.Parallel()
	root, precious := t.TempDir(), t.TempDir()
	writeFiles(t, precious, map[string]string{"file": "content"})
	folder := filepath.Join(root, folderPrefix+"1")
	writeFiles(t, folder, map[string]string{"lock": "", "data/file": "", "server/data/file": ""})
	for _, data := range []string{"data", "server/data"} {
		require.NoError(t, syscall.Mkfifo(filepath.Join(folder, data, "postmaster.pid"), 0o600))
		require.NoError(t, os.Symlink(precious, filepath.Join(folder, data, "link")))
		require.NoError(t, os.Link(filepath.Join(precious, "file"), filepath.Join(folder, data, "hardlink")))
	}
	if os.Geteuid() == 0 {
		chownAll(t, filepath.Join(folder, "server/data/file"), serverUser(t))
	}
	sweepRoot(root)
	require.NoDirExists(t, folder)
	content, err := os.ReadFile(filepath.Join(precious, "file"))
	require.NoError(t, err)
	require.Equal(t, "content", string(content))
}

func TestSweepPassesOverWhatIsNotARunsFolder(t *testing.T) {
	t.Parallel()
	root, precious := t.TempDir(), t.TempDir()
	writeFiles(t, root, map[string]string{folderPrefix + "file": "", "other/lock": "", folderPrefix + "open/lock": ""})
	require.NoError(t, os.Chmod(filepath.Join(root, folderPrefix+"open"), 0o777))
	require.NoError(t, os.Symlink(precious, filepath.Join(root, folderPrefix+"link")))
	require.NoError(t, os.Symlink("other", filepath.Join(root, folderPrefix+"near")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(root, folderPrefix+"fifo"), 0o600))
	want, err := filepath.Glob(filepath.Join(root, "*"))
	require.NoError(t, err)
	sweepRoot(root)
	got, err := filepath.Glob(filepath.Join(root, "*"))
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.NoFileExists(t, filepath.Join(precious, lockName))
}

// Between the sweep's check of a folder and its use, the folder may be replaced.
func TestOpenFolderRefusesWhatTookItsPlace(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "folder"), 0o700))
	require.NoError(t, os.Symlink("folder", filepath.Join(root, "link")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(root, "fifo"), 0o600))
	for _, name := range []string{"link", "fifo"} {
		_, err := openFolder(filepath.Join(root, name))
		require.Error(t, err, name)
	}
	opened, err := openFolder(filepath.Join(root, "folder"))
	require.NoError(t, err)
	require.NoError(t, opened.Close())
}
