package output

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// defaultMode has the permissions that a file may have unless the user sets its mode:
// its content includes people's names and prompts.
const defaultMode fs.FileMode = 0o600

// errReplaced says that the folder of the file is not the one that was checked.
var errReplaced = errors.New("its folder has been replaced since the command began")

// Write writes the file atomically. If write fails or ctx is done, it returns an
// error and the previous file is unchanged. The file has the mode that was set or,
// by default, 0600 without the permissions that the previous file lacks.
func (f *File) Write(ctx context.Context, write func(io.Writer) error) error {
	err := f.replace(ctx, write)
	if _, ok := errors.AsType[*ClashError](err); ok {
		return err
	}
	return f.failed(err)
}

func (f *File) replace(ctx context.Context, write func(io.Writer) error) error {
	// Through a root, so that the folder stays the same if a link in its path changes.
	root, err := os.OpenRoot(filepath.Dir(f.target))
	if err != nil {
		return f.named(err)
	}
	defer root.Close()
	if folder, err := root.Stat("."); err != nil || !os.SameFile(folder, f.folder) {
		return &fs.PathError{Op: "open", Path: f.path, Err: errReplaced}
	}
	mode, err := f.check(root)
	if err != nil {
		return err
	}
	tmp, name, err := createTemp(root)
	if err != nil {
		return f.named(err)
	}
	complete := false
	defer func() { // even if write panics
		if !complete {
			_ = tmp.Close()
			_ = root.Remove(name)
		}
	}()
	out := bufio.NewWriter(&writer{ctx: ctx, to: tmp, as: f})
	if err := write(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := f.finish(tmp, mode); err != nil {
		return f.named(err)
	}
	// The file may have become a link or the command's input meanwhile.
	if _, err := f.check(root); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := root.Rename(name, filepath.Base(f.target)); err != nil {
		return f.named(err)
	}
	complete = true
	return nil
}

// check checks that the previous file, if there is one, may be replaced, and returns
// the mode of the new file.
func (f *File) check(root *os.Root) (fs.FileMode, error) {
	mode := defaultMode
	old, err := root.Lstat(filepath.Base(f.target))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = nil
	case err != nil:
		return 0, f.named(err)
	case !old.Mode().IsRegular():
		return 0, f.notRegular()
	default:
		mode &= old.Mode().Perm()
	}
	if f.mode != nil {
		mode = *f.mode
	}
	return mode, f.clash(old)
}

// createTemp creates a temporary file in a folder.
func createTemp(root *os.Root) (file *os.File, name string, err error) {
	for range 100 {
		name = fmt.Sprintf(".tasktwin-%016x", rand.Uint64())
		file, err = root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return file, name, err
}

// finish sets the mode of the file and closes it.
func (f *File) finish(tmp *os.File, mode fs.FileMode) error {
	if f.mode == nil { // the process's umask may be narrower than 0600
		info, err := tmp.Stat()
		if err != nil {
			return err
		}
		mode &= info.Mode().Perm()
	}
	if err := tmp.Chmod(mode); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	return tmp.Close()
}

// writer writes until the context is done. Its errors name the path that the user
// gave.
type writer struct {
	ctx context.Context
	to  io.Writer
	as  *File
}

func (w *writer) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.to.Write(p)
	return n, w.as.named(err)
}
