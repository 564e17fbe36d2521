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
	id             string
	folder         *runFolder // holds nothing but the lock
	folderWatchdog *watchdog  // removes the folder
}

// LockFile returns the path of a file in the folder for temporary files. The file
// is locked for as long as the run lives. A [Starter] attaches the path to
// anything that could be left behind when the run dies, such as a container. If
// the file is [Unlocked], its run is dead.
func (r *Run) LockFile() (path string, err error) {
	if r.folder != nil {
		return r.folder.lock.Name(), nil
	}
	sweep()
	folder, err := newRunFolder([]string{os.TempDir(), "/tmp"}, func(string) error { return nil })
	if err != nil {
		return "", err
	}
	folderWatchdog, err := startWatchdog(watchOptions{folder: folder})
	if err != nil {
		return "", errors.Join(err, folder.remove())
	}
	r.folder, r.folderWatchdog = folder, folderWatchdog
	return folder.lock.Name(), nil
}

// end releases the run's lock. Nothing else of the run may be left.
func (r *Run) end() error {
	if r.folder == nil {
		return nil
	}
	return errors.Join(r.folder.remove(), r.folderWatchdog.dismiss())
}

// Unlocked reports whether the run of a file that [Run.LockFile] returned on this
// machine is dead: the file is gone, or not locked. It returns false if that is
// unknown.
func Unlocked(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
