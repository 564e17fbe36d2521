package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// openInput opens a file for reading, or standard input if it is -. Opening and
// reading a pipe or a terminal, which may block for ever, end when the command is
// interrupted.
func (e *env) openInput(path string) (io.ReadCloser, error) {
	if path == std {
		return interruptible(e.ctx, e.stdin, func() {}), nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil || info.Mode().IsRegular():
		return os.Open(path)
	case info.IsDir():
		return nil, errFolder(path)
	}
	type opened struct {
		file *os.File
		err  error
	}
	ready := make(chan opened, 1)
	go func() { // opening a named pipe waits for its writer
		file, err := os.Open(path)
		ready <- opened{file, err}
	}()
	select {
	case o := <-ready:
		if o.err != nil {
			return nil, o.err
		}
		return interruptible(e.ctx, o.file, func() { _ = o.file.Close() }), nil
	case <-e.ctx.Done():
		return nil, e.ctx.Err()
	}
}

// interruptible returns a reader of from whose reads end when the context is done.
// A read of from that is under way then stays in its goroutine until it returns or
// the process ends, because a blocking read cannot be cancelled. closeFrom is called
// after the last read.
func interruptible(ctx context.Context, from io.Reader, closeFrom func()) io.ReadCloser {
	r, w := io.Pipe()
	stop := context.AfterFunc(ctx, func() { _ = w.CloseWithError(ctx.Err()) })
	go func() {
		defer closeFrom()
		defer stop()
		_, err := io.Copy(w, from)
		_ = w.CloseWithError(err)
	}()
	return r
}

// requireFile refuses a path that is not that of a regular file. Reading it then does not
// block, and it can be read twice.
func requireFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errFolder(path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", printable(path))
	}
	return nil
}

func errFolder(path string) error { return fmt.Errorf("%s is a folder: give a file", printable(path)) }
