package rel

import (
	"context"
	"strconv"
	"testing"
)

// A transaction reads its own writes. A transaction with a snapshot may write if nothing
// was committed since the snapshot.
func TestTransactionsReadTheirWrites(t *testing.T) {
	t.Parallel()
	for _, snapshot := range []bool{false, true} {
		s, ctx := newStore(), t.Context()
		err := s.InTx(ctx, TxOptions{Snapshot: snapshot}, func(tx *Tx[library]) error {
			for n := range 3 {
				if got := countAuthors(t, tx); got != n {
					t.Errorf("snapshot %t: the transaction sees %d of its %d authors", snapshot, got, n)
				}
				if err := insertAuthor(ctx, tx, n, strconv.Itoa(n)); err != nil {
					return err
				}
			}
			return nil
		})
		if got := countAuthors(t, s); err != nil || got != 3 {
			t.Errorf("snapshot %t: %d authors, %v, want 3", snapshot, got, err)
		}
	}
}

// A commit publishes all changes, also those from before a savepoint. It publishes
// nothing if there are no changes.
func TestCommitPublishesChanges(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		if err := insertAuthor(ctx, tx, 1, "x"); err != nil {
			return err
		}
		return tx.InTx(ctx, nil, func(sp *Tx[library]) error { countAuthors(t, sp); return nil })
	})
	if got := countAuthors(t, s); err != nil || got != 1 {
		t.Fatalf("%d authors, %v, want 1", got, err)
	}
	before := s.Peek()
	err = s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		err := Write(ctx, tx, nil, FailsBeforeWriting, func(*State[library]) error { return ErrNoRows })
		expect(t, "a write that finds nothing", err, ErrNoRows.Error())
		return nil
	})
	if err != nil || s.Peek() != before {
		t.Errorf("a transaction without changes was published: %v", err)
	}
}

// A panic in a statement aborts the transaction, even if the function recovers.
func TestPanicsAbort(t *testing.T) {
	t.Parallel()
	var none context.Context
	for what, statement := range map[string]func(context.Context, *Tx[library]) error{
		"a panic of a read": func(ctx context.Context, tx *Tx[library]) error {
			return Read(ctx, tx, nil, func(*State[library]) error { panic("a bug") })
		},
		"a panic of a write": func(ctx context.Context, tx *Tx[library]) error {
			return Write(ctx, tx, nil, MayFailMidway, func(*State[library]) error { panic("a bug") })
		},
		"a nil context": func(_ context.Context, tx *Tx[library]) error { return insertAuthor(none, tx, 2, "y") },
	} {
		s, ctx := newStore(), t.Context()
		err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
			if err := insertAuthor(ctx, tx, 1, "x"); err != nil {
				return err
			}
			func() {
				defer func() { _ = recover() }()
				t.Errorf("%s returns %v", what, statement(ctx, tx))
			}()
			expect(t, "the next statement", insertAuthor(ctx, tx, 3, "z"), ErrAborted.Error())
			return nil
		})
		if expect(t, what, err, ErrCommitAborted.Error()); countAuthors(t, s) != 0 {
			t.Errorf("%s: a row of the transaction was committed", what)
		}
	}
}
