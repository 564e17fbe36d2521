//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// youngFolder is the age below which a folder without a lock is one that
// another process is just making.
const youngFolder = time.Minute

// sweep removes the folders of runs that died together with their watchdogs. It
// passes over everything that it is not sure about: it is a service to the
// machine, not a condition for the tests.
//
// It signals no process: what names one in such a folder, and who wrote that, is
// not known. The kernel has stopped the server where it can (see
// childAttributes), and elsewhere a server ends by itself within a minute or two
// after it has lost its data folder.
func sweep() {
	for _, root := range sweepRoots() {
		sweepRoot(root)
	}
}

func sweepRoot(root string) {
	root, err := safeRoot(root)
	if err != nil {
		return
	}
	entries, _ := os.ReadDir(root) // those that it could read
	for _, entry := range entries {
		if entry.IsDir() && strings.HasPrefix(entry.Name(), folderPrefix) {
			sweepFolder(filepath.Join(root, entry.Name()))
		}
	}
}

func sweepFolder(path string) {
	opened, err := openFolder(path)
	if err != nil {
		return // somebody else's
	}
	defer opened.Close()
	info, err := opened.Stat(".")
	if err != nil {
		return
	}
	if _, err := opened.Lstat(lockName); err != nil && time.Since(info.ModTime()) < youngFolder {
		return
	}
	lock, err := lockFolder(opened)
	if err != nil {
		return // its run is alive
	}
	_ = (&runFolder{path: path, lock: lock}).remove()
}
