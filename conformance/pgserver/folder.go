//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	lockName   = "lock"
	logName    = "log"
	configName = "config"
	serverName = "server" // watchdog.sh uses these four names
	dataName   = "data"
	socketName = ".s.PGSQL.5432"

	// maxSocketPath is the longest socket path that every system takes: 103
	// bytes on the BSDs and macOS, 107 on Linux.
	maxSocketPath = 103
)

// runFolder is the temporary folder of one run. It is locked for as long as the
// run, or its watchdog, lives.
//
// It belongs to this process's user, and nobody else may write to it. It holds the
// lock, the server's log, a pooler's configuration, and a folder for the server, which
// belongs to the server's user. If that is another user, nothing in the server's folder
// can be trusted: this process reads and writes no file there and follows no link.
type runFolder struct {
	path string
	lock *os.File
}

// server returns the path of the folder that the server writes to.
func (f *runFolder) server() string { return filepath.Join(f.path, serverName) }

// data returns the path of the server's data folder.
func (f *runFolder) data() string { return filepath.Join(f.server(), dataName) }

// newRunFolder creates and locks a folder in the first suitable root: the folder's
// path is short enough for a socket, and usable succeeds.
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
	root, err := safeRoot(root)
	if err != nil {
		return nil, err
	}
	path, err := os.MkdirTemp(root, folderPrefix)
	if err != nil {
		return nil, err
	}
	// Drivers read the path as a list of hosts, separated by commas.
	if len(filepath.Join(path, serverName, socketName)) > maxSocketPath || strings.Contains(path, ",") {
		return nil, errors.Join(fmt.Errorf("the path %s will not do for a socket", path), os.Remove(path))
	}
	opened, err := openFolder(path)
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	defer opened.Close()
	lock, err := lockFolder(opened)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	return &runFolder{path: path, lock: lock}, nil
}

// openFolder opens a run's folder. It fails if the path names anything else:
// between a check of the path and its use, another user could put another folder
// or a link there.
func openFolder(path string) (*os.Root, error) {
	root, err := os.OpenRoot(path + "/.") // with the dot, opening a FIFO fails instead of blocking
	if err != nil {
		return nil, err
	}
	opened, err := root.Stat(".")
	if err == nil {
		var named os.FileInfo
		if named, err = os.Lstat(path); err == nil && (!os.SameFile(opened, named) || !onlyOurs(opened)) {
			err = fmt.Errorf("%s is not a folder that only this user may write to", path)
		}
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

// onlyOurs reports whether a file belongs to this process's user and nobody else
// may write to it.
func onlyOurs(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Uid == uint32(os.Geteuid()) && info.Mode().Perm()&0o022 == 0
}

// lockFolder takes the lock of a folder, or fails if another process holds it.
func lockFolder(folder *os.Root) (*os.File, error) {
	f, err := folder.OpenFile(lockName, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), err), f.Close())
	}
	return f, nil
}

// createServerFolder creates the server's folder and gives it to the server's
// user. This process creates no file in it.
func (f *runFolder) createServerFolder(cred *syscall.Credential) error {
	if err := os.Mkdir(f.server(), 0o700); err != nil || cred == nil {
		return err
	}
	if err := os.Lchown(f.server(), int(cred.Uid), int(cred.Gid)); err != nil {
		return err
	}
	return os.Chmod(f.path, 0o711) //nolint:gosec // the server's user needs to traverse it
}

// createLog creates the file for the server's output. The server inherits the open
// file.
func (f *runFolder) createLog() (*os.File, error) {
	const flags = os.O_RDWR | os.O_APPEND | os.O_CREATE | os.O_EXCL | syscall.O_NOFOLLOW
	return os.OpenFile(filepath.Join(f.path, logName), flags, 0o600)
}

// createConfig creates the configuration of a pooler, which may have a password: only
// root and the server's user can read it. The server's user cannot replace it.
func (f *runFolder) createConfig(content string, cred *syscall.Credential) (path string, err error) {
	path = filepath.Join(f.path, configName)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return "", err
	}
	if _, err = file.WriteString(content); err == nil && cred != nil {
		err = file.Chown(int(cred.Uid), int(cred.Gid))
	}
	return path, errors.Join(err, file.Close())
}

// remove deletes the folder and releases its lock. It follows no links.
func (f *runFolder) remove() error {
	return errors.Join(os.RemoveAll(f.path), f.lock.Close())
}
