// Package tempfile makes temporary files that are removed in any case: where the
// system allows it, a file has no name once it is open, so that nothing is left
// even if the process is killed.
package tempfile

import (
	"errors"
	"os"
)

// File is an open temporary file. Close removes it.
type File struct {
	*os.File

	named bool
}

// New creates a file in the folder for temporary files.
func New() (*File, error) {
	file, err := os.CreateTemp("", "tasktwin-*")
	if err != nil {
		return nil, err
	}
	return &File{File: file, named: os.Remove(file.Name()) != nil}, nil
}

// Close closes and removes the file.
func (f *File) Close() error {
	err := f.File.Close()
	if f.named {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
