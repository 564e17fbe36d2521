//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Run is the use of one server by one process.
type Run struct {
	id     string
	folder *runFolder // holds nothing but the lock
	keeper *watchdog  // removes the folder
}

// LockFile returns the path of a file that is locked for as long as the run
// lives, in the folder for temporary files. A [Starter] writes it on what could
// stay behind when the run dies, such as a container: what has the path of a
// file that is [Unlocked] is a dead run's.
func (r *Run) LockFile() (path string, err error) {
	if r.folder != nil {
		return r.folder.lock.Name(), nil
	}
	sweep()
	folder, err := newRunFolder([]string{os.TempDir(), "/tmp"}, func(string) error { return nil })
	if err != nil {
		return "", err
	}
	keeper, err := startWatchdog(watchOptions{folder: folder})
	if err != nil {
		return "", errors.Join(err, folder.remove())
	}
	r.folder, r.keeper = folder, keeper
	return folder.lock.Name(), nil
}

// end says that nothing of the run is left.
func (r *Run) end() error {
	if r.folder == nil {
		return nil
	}
	return errors.Join(r.folder.remove(), r.keeper.dismiss())
}

// Unlocked reports whether a file that [Run.LockFile] returned on this machine is
// gone or its lock free, so that its run is dead. When that is not known it
// returns false.
func Unlocked(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
