//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// tempRoots returns the folders to create run folders in, the best first.
func tempRoots() []string {
	return append(fastRoots(), os.TempDir(), "/tmp")
}

// sweepRoots returns the folders in which any run may have left its folder.
func sweepRoots() []string {
	roots := []string{"/dev/shm", os.TempDir(), "/tmp"}
	slices.Sort(roots)
	return slices.Compact(roots)
}

// safeRoot returns the absolute path of a folder to create run folders in. If this
// process is root, it resolves links, and fails if another user may rename or
// remove the folder or root's files in it: that user could replace a file while
// root works on it.
func safeRoot(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil || os.Geteuid() != 0 {
		return dir, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", err
	}
	for parent := dir; ; parent = filepath.Dir(parent) {
		info, err := os.Lstat(parent)
		if err != nil {
			return "", err
		}
		if !keepsRootsFiles(info) {
			return "", fmt.Errorf("%s will not do for root: other users may rename what is in %s (%v)", dir, parent, info.Mode())
		}
		if parent == filepath.Dir(parent) {
			return dir, nil
		}
	}
}

// keepsRootsFiles reports whether only root may rename or remove root's files in a
// folder.
func keepsRootsFiles(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || stat.Uid != 0 {
		return false
	}
	return info.Mode().Perm()&0o022 == 0 || info.Mode()&os.ModeSticky != 0
}
