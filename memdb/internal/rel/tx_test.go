package rel

import (
	"context"
	"errors"
	"strconv"
	"testing"
)

func TestSavepoints(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		if err := tx.InTx(ctx, nil, func(sp *Tx[library]) error { return insertAuthor(ctx, sp, 1, "kept") }); err != nil {
			return err
		}
		if err := tx.InTx(ctx, nil, func(sp *Tx[library]) error {
			return errors.Join(insertAuthor(ctx, sp, 2, "dropped"), errBad)
		}); !errors.Is(err, errBad) {
			t.Errorf("the savepoint: %v", err)
		}
		if err := tx.InTx(ctx, nil, func(sp *Tx[library]) error {
			expect(t, "a violation", insertAuthor(ctx, sp, 1, "x"), "authors_pkey")
			expect(t, "the next statement", insertAuthor(ctx, sp, 3, "x"), ErrAborted.Error())
			return nil
		}); !errors.Is(err, ErrCommitAborted) {
			t.Errorf("the savepoint that failed: %v", err)
		}
		if got := countAuthors(t, s); got != 0 {
			t.Errorf("others see %d rows of an open transaction", got)
		}
		return insertAuthor(ctx, tx, 4, "after")
	})
	if got := countAuthors(t, s); err != nil || got != 2 {
		t.Errorf("%d authors, %v, want 2", got, err)
	}
}

// A savepoint that makes the first write releases its locks when it rolls back.
func TestRollbackOfTheFirstWriteReleasesItsLocks(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		_ = tx.InTx(ctx, nil, func(sp *Tx[library]) error { return errors.Join(insertAuthor(ctx, sp, 1, "x"), errBad) })
		return insertAuthor(ctx, s, 1, "by the store")
	})
	if got := countAuthors(t, s); err != nil || got != 1 {
		t.Errorf("%d authors, %v, want 1", got, err)
	}
}

func TestSnapshots(t *testing.T) {
	t.Parallel()
	for _, snapshot := range []bool{false, true} {
		s, ctx := newStore(), t.Context()
		err := s.InTx(ctx, TxOptions{Snapshot: snapshot}, func(tx *Tx[library]) error {
			if err := insertAuthor(ctx, s, 1, "before the first statement"); err != nil {
				return err
			}
			first := countAuthors(t, tx)
			if err := insertAuthor(ctx, s, 2, "after it"); err != nil {
				return err
			}
			if err := tx.InTx(ctx, nil, func(*Tx[library]) error { return nil }); err != nil {
				return err
			}
			want := 2
			if snapshot {
				want = 1
			}
			if got := countAuthors(t, tx); first != 1 || got != want {
				t.Errorf("snapshot %t: %d, then %d authors, want 1, then %d", snapshot, first, got, want)
			}
			return insertAuthor(ctx, tx, 3, "own")
		})
		if got := countAuthors(t, s); err != nil || got != 3 {
			t.Errorf("snapshot %t: %d authors, %v, want 3", snapshot, got, err)
		}
	}
}

// A statement with invalid arguments takes the snapshot, unless it is not sent at all.
func TestRefusedStatementsTakeTheSnapshot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		argErr error
		want   int
	}{{errBad, 0}, {Unsent(errBad), 1}} {
		s, ctx := newStore(), t.Context()
		_ = s.InTx(ctx, TxOptions{Snapshot: true}, func(tx *Tx[library]) error {
			_ = tx.InTx(ctx, nil, func(sp *Tx[library]) error {
				err := Read(ctx, sp, c.argErr, func(*State[library]) error {
					t.Error("a statement with invalid arguments ran")
					return nil
				})
				expect(t, "the statement", err, errBad.Error())
				expect(t, "the next statement", insertAuthor(ctx, sp, 9, "x"), ErrAborted.Error())
				expect(t, "a savepoint", sp.InTx(ctx, nil, func(*Tx[library]) error { return nil }), ErrAborted.Error())
				return err
			})
			if err := insertAuthor(ctx, s, 1, "x"); err != nil {
				return err
			}
			if got := countAuthors(t, tx); got != c.want {
				t.Errorf("%v: the transaction sees %d authors, want %d", c.argErr, got, c.want)
			}
			return nil
		})
		for name, err := range map[string]error{
			"read":  Read(ctx, s, c.argErr, func(*State[library]) error { return nil }),
			"write": Write(ctx, s, c.argErr, FailsBeforeWriting, func(*State[library]) error { return nil }),
		} {
			if err != errBad { //nolint:errorlint // it must not be wrapped
				t.Errorf("a %s outside of a transaction: %v", name, err)
			}
		}
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	err := s.InTx(ctx, TxOptions{ReadOnly: true}, func(tx *Tx[library]) error {
		countAuthors(t, tx)
		expect(t, "a write", insertAuthor(ctx, tx, 1, "x"), ErrReadOnly.Error())
		expect(t, "the next", insertAuthor(ctx, tx, 1, "x"), ErrAborted.Error())
		return insertAuthor(ctx, s, 1, "another session")
	})
	if !errors.Is(err, ErrCommitAborted) {
		t.Error(err)
	}
}

func TestClosedStore(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		if err := insertAuthor(ctx, tx, 1, "x"); err != nil {
			return err
		}
		s.Close()
		expect(t, "a statement", insertAuthor(ctx, tx, 2, "y"), ErrClosed.Error())
		return nil
	})
	expect(t, "the commit", err, ErrClosed.Error())
	expect(t, "a read", Read(ctx, s, nil, func(*State[library]) error { return nil }), ErrClosed.Error())
	expect(t, "a transaction", s.InTx(ctx, TxOptions{}, func(*Tx[library]) error {
		t.Error("the function of a transaction on a closed store ran")
		return nil
	}), ErrClosed.Error())
	fork := new(Store[library])
	s.Fork(fork)
	expect(t, "a fork", insertAuthor(ctx, fork, 1, "x"), ErrClosed.Error())
	if got := s.Peek().Tables.authors.Len(); got != 0 {
		t.Errorf("%d authors of a transaction that was not committed", got)
	}
}

func TestForksAreIndependent(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	stores := []*Store[library]{s}
	if err := insertAuthor(ctx, s, 0, "shared"); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		fork := new(Store[library])
		s.Fork(fork)
		stores = append(stores, fork)
	}
	for round := range 20 {
		for i, s := range stores {
			if err := insertAuthor(ctx, s, round+1, strconv.Itoa(i*100+round)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, s := range stores {
		for id := 1; id <= 20; id++ {
			st := s.snapshot()
			if got := st.Tables.authors.Row(authorSlot(st, id)).name; got != strconv.Itoa(i*100+id-1) {
				t.Errorf("author %d of store %d is %s", id, i, got)
			}
		}
	}
}

// Nothing is locked after a transaction, or after a savepoint that was rolled back.
func TestNothingIsLockedAfterATransaction(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	insert := func(tx *Tx[library]) error { return insertAuthor(ctx, tx, 1, "x") }
	rolledBack := func(tx *Tx[library]) error { return errors.Join(insert(tx), errBad) }
	savepoint := func(fn func(*Tx[library]) error) func(*Tx[library]) error {
		return func(tx *Tx[library]) error {
			_ = tx.InTx(ctx, nil, fn)
			return Read(ctx, tx, nil, func(*State[library]) error { return nil })
		}
	}
	for what, fn := range map[string]func(*Tx[library]) error{
		"a transaction": insert, "one that was rolled back": rolledBack,
		"a savepoint rolled back": savepoint(rolledBack), "a savepoint and more rows": savepoint(insert),
	} {
		s := newStore()
		if err := s.InTx(ctx, TxOptions{}, fn); err != nil && !errors.Is(err, errBad) {
			t.Fatal(err)
		}
		if len(s.sessions) > 0 || s.head.Load() != nil || s.shared != nil {
			t.Errorf("after %s, %d transactions are open", what, len(s.sessions))
		}
		if err := insertAuthor(ctx, s, 2, "y"); err != nil {
			t.Errorf("after %s: %v", what, err)
		}
	}
}

// In the function of a transaction, the store is another session. It does not wait for
// the transaction, which could not end before.
func TestWriteOnTheStoreInsideItsTransaction(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		if err := insertAuthor(ctx, tx, 1, "x"); err != nil {
			return err
		}
		expect(t, "another row", insertAuthor(ctx, s, 2, "y"), "<nil>")
		expect(t, "the same key", insertAuthor(ctx, s, 3, "x"), ErrStoreInTx.Error())
		expect(t, "a transaction inside", s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
			return insertAuthor(ctx, tx, 1, "z")
		}), ErrStoreInTx.Error())
		return nil
	})
	if got := countAuthors(t, s); err != nil || got != 2 {
		t.Fatalf("%d authors, %v, want 2", got, err)
	}
}

// canceledByWaiting is a context that is cancelled when somebody calls Done.
type canceledByWaiting struct {
	context.Context
	cancel context.CancelFunc
}

func (c canceledByWaiting) Done() <-chan struct{} {
	c.cancel()
	return c.Context.Done()
}

// A statement that is cancelled while it waits aborts the whole transaction, even inside
// a savepoint.
func TestCutOffStatementsLoseTheTransaction(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	err := s.InTx(ctx, TxOptions{}, func(holder *Tx[library]) error {
		if err := insertAuthor(ctx, holder, 1, "x"); err != nil {
			return err
		}
		ended := make(chan error)
		go func() {
			ended <- s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
				err := tx.InTx(ctx, nil, func(sp *Tx[library]) error {
					inner, cancel := context.WithCancel(ctx)
					return insertAuthor(canceledByWaiting{inner, cancel}, sp, 2, "x")
				})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("the statement that waited: %v", err)
				}
				return insertAuthor(ctx, tx, 2, "y")
			})
		}()
		if err := <-ended; !errors.Is(err, ErrAborted) {
			t.Errorf("the transaction: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSavepointsDoNotOverlap(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	var kept *Tx[library]
	err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		return tx.InTx(ctx, nil, func(sp *Tx[library]) error {
			kept = sp
			expect(t, "a second savepoint", tx.InTx(ctx, nil, func(*Tx[library]) error { return nil }), ErrSavepointOpen.Error())
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "a statement afterwards", insertAuthor(ctx, kept, 1, "x"), ErrTxDone.Error())
	expect(t, "a savepoint afterwards", kept.InTx(ctx, nil, func(*Tx[library]) error { return nil }), ErrTxDone.Error())
}

// Invalid arguments start no savepoint and abort nothing. If the transaction cannot
// continue anyway, that error comes first.
func TestSavepointWithInvalidArguments(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	withArgErr := func(tx *Tx[library]) error {
		return tx.InTx(ctx, errBad, func(*Tx[library]) error {
			t.Error("the function ran")
			return nil
		})
	}
	var ended *Tx[library]
	expect(t, "transaction", s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		ended = tx
		expect(t, "savepoint", withArgErr(tx), errBad.Error())
		return tx.InTx(ctx, nil, func(*Tx[library]) error {
			expect(t, "beside an open one", withArgErr(tx), ErrSavepointOpen.Error())
			return nil
		})
	}), "<nil>")
	expect(t, "after the end", withArgErr(ended), ErrTxDone.Error())
}
