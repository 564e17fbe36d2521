package output

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxMode has the permissions that a file may have at most: its content includes
// people's names and prompts.
const maxMode fs.FileMode = 0o600

// Write writes the file atomically. If write fails or ctx is done, it returns an
// error and the previous file is unchanged. The mode of the previous file is kept
// if it is narrower than 0600.
func (f *File) Write(ctx context.Context, write func(io.Writer) error) error {
	return f.failed(f.replace(ctx, write))
}

func (f *File) replace(ctx context.Context, write func(io.Writer) error) error {
	mode := maxMode
	switch old, err := os.Lstat(f.target); {
	case err == nil && !old.Mode().IsRegular():
		return f.notRegular()
	case err == nil:
		mode &= old.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return f.named(err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(f.target), ".tasktwin-*")
	if err != nil {
		return f.named(err)
	}
	complete := false
	defer func() { // even if write panics
		if !complete {
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
		}
	}()
	out := bufio.NewWriter(&writer{ctx: ctx, to: tmp, as: f})
	if err := write(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := finish(tmp, mode); err != nil {
		return f.named(err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), f.target); err != nil {
		return f.named(err)
	}
	complete = true
	return nil
}

// finish closes the file and restricts its mode.
func finish(tmp *os.File, mode fs.FileMode) error {
	info, err := tmp.Stat()
	if err != nil {
		return err
	}
	if err := tmp.Chmod(info.Mode().Perm() & mode); err != nil {
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
