//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// tempRoots are the folders to make run folders in, the best first.
func tempRoots() []string {
	return append(fastRoots(), os.TempDir(), "/tmp")
}

// sweepRoots are the folders that any run may have left its folder in.
func sweepRoots() []string {
	roots := []string{"/dev/shm", os.TempDir(), "/tmp"}
	slices.Sort(roots)
	return slices.Compact(roots)
}

// safeRoot returns the absolute path of a folder to make run folders in. Where
// this process is root, it is the path without links, and nobody but root may
// rename or remove what root makes in the folder, or the folder itself.
// Otherwise another user could put something else in its place while root works
// in it.
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

// keepsRootsFiles reports whether nobody but root may rename or remove what
// belongs to root in a folder.
func keepsRootsFiles(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || stat.Uid != 0 {
		return false
	}
	return info.Mode().Perm()&0o022 == 0 || info.Mode()&os.ModeSticky != 0
}
