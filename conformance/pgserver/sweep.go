//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// youngFolder is the age up to which another process may still be creating a
// folder that has no lock.
const youngFolder = time.Minute

// sweep removes the folders of runs that died together with their watchdogs. It
// skips everything that it is not sure about and ignores errors, because the tests
// do not depend on it.
//
// It signals no process, because the process ids in such a folder cannot be
// trusted. The kernel has stopped the server where it can (see childAttributes).
// Elsewhere a server ends by itself within a minute or two after it has lost its
// data folder.
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
	entries, _ := os.ReadDir(root) // the entries before an error
	for _, entry := range entries {
		if entry.IsDir() && strings.HasPrefix(entry.Name(), folderPrefix) {
			sweepFolder(filepath.Join(root, entry.Name()))
		}
	}
}

func sweepFolder(path string) {
	opened, err := openFolder(path)
	if err != nil {
		return // another user's
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
