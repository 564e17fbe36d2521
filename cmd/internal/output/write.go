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

// ownersMode is what a file may be used for at most: its content are people's
// names and what they asked for.
const ownersMode fs.FileMode = 0o600

// Write writes the file whole or not at all. It fails if write does, and if ctx
// is done; what was there stays as it was then. A file whose mode was narrower
// than its owner's reading and writing keeps it.
func (f *File) Write(ctx context.Context, write func(io.Writer) error) error {
	return f.failed(f.replace(ctx, write))
}

func (f *File) replace(ctx context.Context, write func(io.Writer) error) error {
	mode := ownersMode
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

// finish closes the file. It has no more than the mode.
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

// writer writes until the context is done. Its errors name the file that was
// asked for.
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
