//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgtest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	folderPrefix = "tasktwin-pg-"
	lockName     = "lock"
	dataName     = "data"
	logName      = "log"
	socketName   = ".s.PGSQL.5432"

	// maxSocketPath is the longest socket path that every system takes: 103
	// bytes on the BSDs and macOS, 107 on Linux.
	maxSocketPath = 103
	// youngFolder is the age below which a folder without a lock is one that
	// another process is just making.
	youngFolder = time.Minute
)

// runFolder is the temporary folder of one run. It is locked for as long as the
// run, or its watchdog, lives.
type runFolder struct {
	path string
	lock *os.File
}

// tempRoots are the folders to make run folders in, the best first.
func tempRoots() []string {
	return append(fastRoots(), os.TempDir(), "/tmp")
}

// sweepRoots are the folders that any run may have left its folder in.
func sweepRoots() []string { return []string{"/dev/shm", os.TempDir(), "/tmp"} }

// newRunFolder makes and locks a folder in the first of the roots that will do:
// one whose path is short enough for a socket, and in which usable succeeds.
func newRunFolder(roots []string, usable func(path string) error) (*runFolder, error) {
	var errs []error
	for _, root := range roots {
		folder, err := lockNewFolder(root)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if err := usable(folder.path); err != nil {
			errs = append(errs, err, folder.remove())
			continue
		}
		return folder, nil
	}
	return nil, fmt.Errorf("no folder for the server's files: %w", errors.Join(errs...))
}

func lockNewFolder(root string) (*runFolder, error) {
	path, err := os.MkdirTemp(root, folderPrefix)
	if err != nil {
		return nil, err
	}
	// A comma ends the path in a list of hosts, as which drivers read it.
	if len(filepath.Join(path, socketName)) > maxSocketPath || strings.Contains(path, ",") {
		return nil, errors.Join(fmt.Errorf("the path %s will not do for a socket", path), os.Remove(path))
	}
	lock, err := lockFolder(path)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	return &runFolder{path: path, lock: lock}, nil
}

// lockFolder takes the lock of a folder, or fails where another process has it.
func lockFolder(path string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), err), f.Close())
	}
	return f, nil
}

// remove deletes the folder and lets go of its lock.
func (f *runFolder) remove() error {
	return errors.Join(os.RemoveAll(f.path), f.lock.Close())
}

// sweep removes the folders of runs that died together with their watchdog, and
// stops what they left running. It passes over everything that it is not sure
// about: it is a service to the machine, not a condition for the tests.
func sweep(owners ...uint32) {
	for _, root := range sweepRoots() {
		paths, _ := filepath.Glob(filepath.Join(root, folderPrefix+"*"))
		for _, path := range paths {
			sweepFolder(path, owners)
		}
	}
}

func sweepFolder(path string, owners []uint32) {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || !ownedBy(info, owners) {
		return
	}
	if _, err := os.Lstat(filepath.Join(path, lockName)); err != nil && time.Since(info.ModTime()) < youngFolder {
		return
	}
	lock, err := lockFolder(path)
	if err != nil {
		return // its run is alive
	}
	stopOrphan(path)
	_ = (&runFolder{path: path, lock: lock}).remove()
}

func ownedBy(info os.FileInfo, owners []uint32) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	if stat.Uid == uint32(os.Geteuid()) {
		return true
	}
	return slices.Contains(owners, stat.Uid)
}

// stopOrphan stops the server that still answers in a folder whose run is dead.
func stopOrphan(path string) {
	answers := func() bool {
		conn, err := net.Dial("unix", filepath.Join(path, socketName))
		if err != nil {
			return false
		}
		return conn.Close() == nil
	}
	pid := serverPID(filepath.Join(path, dataName))
	if pid <= 1 || !answers() || syscall.Kill(pid, syscall.SIGQUIT) != nil {
		return
	}
	for deadline := time.Now().Add(5 * time.Second); answers() && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
}

// serverPID reads the process id from a data folder's postmaster.pid.
func serverPID(data string) int {
	b, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return pid
}
