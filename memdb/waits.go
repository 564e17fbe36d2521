package memdb

import (
	"slices"

	"github.com/tasktwin/tasktwin"
)

// Waits returns the statements that wait for other sessions, in the order in which they
// began to wait. A session has the name that [tasktwin.WithSession] gave it. A test of
// concurrent code can so wait until a statement waits, without a sleep.
func (db *DB) Waits() []tasktwin.Wait {
	waits := db.store.Waits()
	out := make([]tasktwin.Wait, len(waits))
	for i, w := range waits {
		slices.Sort(w.For)
		out[i] = tasktwin.Wait{Session: w.Session, For: w.For, Table: w.Table, Key: w.Key}
	}
	return out
}
