package output

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Use is another file that the command uses, which an output must not replace.
type Use struct {
	what string
	path string
	open *os.File
}

// Path returns the use of the file at a path. What names it in errors, for
// example "the event log". An empty path means no file.
func Path(what, path string) Use { return Use{what: what, path: path} }

// Stream returns the use of an open file, for example standard output.
func Stream(what string, file *os.File) Use { return Use{what: what, open: file} }

// ClashError says that an output file has another use.
type ClashError struct {
	// Flag and Path are those of the output.
	Flag, Path string
	// What is the name of the other use.
	What string
}

func (e *ClashError) Error() string {
	return fmt.Sprintf("%s is %q: that is %s, which would be lost", e.Flag, e.Path, e.What)
}

// File is an output file.
type File struct {
	flag   string
	path   string // as given by the user
	target string // after following symbolic links
	folder fs.FileInfo
	uses   []Use
	mode   *fs.FileMode // as set by the user
}

// New returns the file at the path of a flag. It returns a [*ClashError] if one
// of uses is the same file, and another error if the file cannot be written
// because its folder does not exist or the path is not a regular file.
func New(flag, path string, uses ...Use) (*File, error) {
	f := &File{flag: flag, path: path, uses: uses}
	info, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, f.failed(f.named(err))
	}
	if info != nil && !info.Mode().IsRegular() {
		return nil, f.failed(f.notRegular())
	}
	if f.target, err = resolve(path); err != nil {
		err = f.named(err)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: the folder of the file must exist", err)
		}
		return nil, f.failed(err)
	}
	// A path in /dev/fd may lead to a file that has been deleted.
	if at, err := os.Lstat(f.target); info != nil && (err != nil || !os.SameFile(at, info)) {
		return nil, f.failed(fmt.Errorf("%s is a file that has been deleted or replaced", path))
	}
	if f.folder, err = os.Stat(filepath.Dir(f.target)); err != nil {
		return nil, f.failed(f.named(err))
	}
	return f, f.clash(info)
}

// clash returns a [*ClashError] if the file, which info describes if it exists, has
// another use.
func (f *File) clash(info fs.FileInfo) error {
	for _, use := range f.uses {
		if use.is(info, f.target) {
			return &ClashError{Flag: f.flag, Path: f.path, What: use.what}
		}
	}
	return nil
}

// SetMode sets the mode that the file will have, in place of the default. The mode
// has permissions only.
func (f *File) SetMode(mode fs.FileMode) { f.mode = &mode }

// Path returns the path that the user gave.
func (f *File) Path() string { return f.path }

// Clash returns a [*ClashError] if an output stream is one of the input files.
func Clash(name string, stream *os.File, uses ...Use) error {
	info, err := stream.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil //nolint:nilerr // it cannot be compared with the files
	}
	for _, use := range uses {
		if use.is(info, "") {
			return &ClashError{Flag: name, Path: use.path, What: use.what}
		}
	}
	return nil
}

// is reports whether this is a use of the file described by info or, if info is
// nil, of the file to be created at target.
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

// maxLinks limits the number of symbolic links that lead to a file.
const maxLinks = 40

// resolve follows the symbolic links of a path. The file need not exist, but its
// folder must. It does not clean paths: ".." after a link refers to the parent of
// the link's target, so "link/.." must not be removed.
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
			return path, nil //nolint:nilerr // the file does not exist yet
		}
		if !filepath.IsAbs(to) {
			to = dir + string(filepath.Separator) + to
		}
		path = to
	}
	return "", &fs.PathError{Op: "open", Path: path, Err: errors.New("too many symbolic links")}
}

// failed adds the name of the flag to an error.
func (f *File) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", f.flag, err)
}

func (f *File) notRegular() error { return fmt.Errorf("%s is not a regular file", f.path) }

// named replaces the path in an error of the operating system, which may be that
// of the temporary file or the link's target, by the path that the user gave.
func (f *File) named(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: e.Op, Path: f.path, Err: e.Err}
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return &fs.PathError{Op: e.Op, Path: f.path, Err: e.Err}
	}
	return err
}
