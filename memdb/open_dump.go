package memdb

import (
	"context"
	"fmt"
	"io"

	"github.com/tasktwin/tasktwin/dumpfile"
)

// OpenDump returns a store with the rows of a dump file, as package dumpfile and the
// command tasktwin dump --plain write it. It reads r to the end.
//
// It returns an error if r is nil. If the file is not as it was written, the error wraps one of those of package dumpfile.
// If a row violates a constraint, the error wraps the [tasktwin.Error] that
// [tasktwin.Loader] describes. Like [New] it panics if the options are not valid.
func OpenDump(r io.Reader, opts Options) (*DB, error) {
	db := New(opts)
	rows, err := dumpfile.Read(r)
	if err != nil {
		return nil, fmt.Errorf("memdb: open a dump: %w", err)
	}
	if err := db.Load(context.Background(), rows); err != nil {
		return nil, fmt.Errorf("memdb: open a dump: %w", err)
	}
	return db, nil
}
