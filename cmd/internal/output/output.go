package output

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Use is a file that a run uses besides, which an output must not replace.
type Use struct {
	what string
	path string
	open *os.File
}

// Path is the use of the file at a path. What names it in errors, such as the
// log. An empty path is none.
func Path(what, path string) Use { return Use{what: what, path: path} }

// Stream is the use of an open file, such as the standard output.
func Stream(what string, file *os.File) Use { return Use{what: what, open: file} }

// ClashError says that a file to be written is used otherwise.
type ClashError struct {
	// Flag and Path are the output's.
	Flag, Path string
	// What the file is used as.
	What string
}

func (e *ClashError) Error() string {
	return fmt.Sprintf("%s is %q: that is %s, which would be lost", e.Flag, e.Path, e.What)
}

// File is a file to be written.
type File struct {
	flag   string
	path   string // as it was asked for
	target string // where its links lead
}

// New returns the file at the path that a flag has. It returns a [*ClashError] if
// one of uses is the same file, and an error if the file cannot be written for
// what is there: its folder is not, or something that is no regular file is.
func New(flag, path string, uses ...Use) (*File, error) {
	f := &File{flag: flag, path: path}
	info, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, f.failed(f.named(err))
	}
	if info != nil && !info.Mode().IsRegular() {
		return nil, f.failed(f.notRegular())
	}
	if f.target, err = resolve(path); err != nil {
		return nil, f.failed(f.named(err))
	}
	// What /dev/fd leads to may have no name any more.
	if at, err := os.Lstat(f.target); info != nil && (err != nil || !os.SameFile(at, info)) {
		return nil, f.failed(fmt.Errorf("%s is a file that has been deleted or replaced", path))
	}
	for _, use := range uses {
		if use.is(info, f.target) {
			return nil, &ClashError{Flag: flag, Path: path, What: use.what}
		}
	}
	return f, nil
}

// Path returns the path that was asked for.
func (f *File) Path() string { return f.path }

// Clash returns a [*ClashError] if a stream that is written to is a file that is
// read.
func Clash(name string, stream *os.File, uses ...Use) error {
	info, err := stream.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil //nolint:nilerr // what cannot be told is no file of ours
	}
	for _, use := range uses {
		if use.is(info, "") {
			return &ClashError{Flag: name, Path: use.path, What: use.what}
		}
	}
	return nil
}

// is reports whether the use is of the file that info describes, if there is one,
// or that is to be at target.
func (u Use) is(info fs.FileInfo, target string) bool {
	switch {
	case u.open != nil:
		used, err := u.open.Stat()
		return err == nil && info != nil && os.SameFile(used, info)
	case u.path == "":
		return false
	}
	if used, err := os.Stat(u.path); err == nil && info != nil {
		return os.SameFile(used, info)
	}
	used, err := resolve(u.path)
	return err == nil && absolute(used) == absolute(target)
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

// maxLinks bounds the links that lead to a file that is not there.
const maxLinks = 40

// resolve follows the links of a path. The file at their end need not be there,
// but its folder has to. Paths are taken apart and put together as they are: the
// folder above a link is the one above where it leads, so "link/.." must not be
// dropped.
func resolve(path string) (string, error) {
	for range maxLinks {
		target, err := filepath.EvalSymlinks(path)
		if !errors.Is(err, fs.ErrNotExist) {
			return target, err
		}
		dir, name := filepath.Split(path)
		if dir, err = filepath.EvalSymlinks(cmp.Or(dir, ".")); err != nil {
			return "", err
		}
		path = filepath.Join(dir, name)
		to, err := os.Readlink(path)
		if err != nil {
			return path, nil //nolint:nilerr // nothing is there yet
		}
		if !filepath.IsAbs(to) {
			to = dir + string(filepath.Separator) + to
		}
		path = to
	}
	return "", &fs.PathError{Op: "open", Path: path, Err: errors.New("too many symbolic links")}
}

// failed names the flag.
func (f *File) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", f.flag, err)
}

func (f *File) notRegular() error { return fmt.Errorf("%s is not a regular file", f.path) }

// named returns an error of the operating system with the path that was asked
// for instead of the temporary file's or the link's.
func (f *File) named(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: e.Op, Path: f.path, Err: e.Err}
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return &fs.PathError{Op: e.Op, Path: f.path, Err: e.Err}
	}
	return err
}
