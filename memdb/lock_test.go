package memdb

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Who has had a transaction or a savepoint waits for a writer like everybody
// else: the mistake of using the store inside of one's own transaction is told
// during that only.
func TestWhoHadATransactionWaits(t *testing.T) {
	t.Parallel()
	errDone := errors.New("roll back")
	insert := func(s tasktwin.Store) error {
		_, err := s.InsertOrganization(t.Context(), tasktwin.InsertOrganizationParams{ID: uuid.New(), Name: uuid.NewString()})
		return err
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for what, transaction := range map[string]func(db *DB) error{
		"a transaction":             func(db *DB) error { return db.InTx(t.Context(), insert, nil) },
		"one that was rolled back":  func(db *DB) error { return db.InTx(t.Context(), rolledBack(insert, errDone), nil) },
		"a savepoint rolled back":   func(db *DB) error { return db.InTx(t.Context(), savepoint(t, rolledBack(insert, errDone)), nil) },
		"a savepoint and more rows": func(db *DB) error { return db.InTx(t.Context(), savepoint(t, insert), nil) },
	} {
		db := New(Options{})
		if err := transaction(db); err != nil && !errors.Is(err, errDone) {
			t.Fatal(err)
		}
		if err := db.lock(t.Context()); err != nil {
			t.Fatalf("after %s: %v", what, err)
		}
		if err := db.lock(canceled); !errors.Is(err, context.Canceled) {
			t.Errorf("after %s, who waits for a writer is told %v", what, err)
		}
		db.unlock()
	}
}

func rolledBack(fn func(tasktwin.Store) error, with error) func(tasktwin.Store) error {
	return func(s tasktwin.Store) error { return errors.Join(fn(s), with) }
}

// savepoint runs fn in a savepoint, and then asks a transaction that goes on.
func savepoint(t *testing.T, fn func(tasktwin.Store) error) func(tasktwin.Store) error {
	return func(tx tasktwin.Store) error {
		_ = tx.InTx(t.Context(), fn, nil)
		return tx.Ping(t.Context())
	}
}
