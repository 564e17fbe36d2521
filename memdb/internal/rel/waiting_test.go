package rel

import (
	"context"
	"testing"
)

// A statement that is cancelled while it waits aborts the transaction.
func TestCutOffStatementsAbort(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	err := s.InTx(ctx, TxOptions{}, func(holder *Tx[library]) error {
		if err := insertAuthor(ctx, holder, 1, "x"); err != nil {
			return err
		}
		ended := make(chan error)
		go func() {
			ended <- s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
				inner, cancel := context.WithCancel(ctx)
				expect(t, "a statement that waits", insertAuthor(canceledByWaiting{inner, cancel}, tx, 2, "x"), context.Canceled.Error())
				return Read(ctx, tx, nil, func(*State[library]) error { return nil })
			})
		}()
		expect(t, "the next statement", <-ended, ErrAborted.Error())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// signalsWaiting is a context that signals when somebody calls Done.
type signalsWaiting struct {
	context.Context
	waits chan struct{}
}

func (c signalsWaiting) Done() <-chan struct{} {
	close(c.waits)
	return c.Context.Done()
}

// A write that waited for another transaction's commit sees the key that was committed,
// even if its transaction has an older snapshot.
func TestWritesThatWaitedSeeTheCommit(t *testing.T) {
	t.Parallel()
	for _, snapshot := range []bool{false, true} {
		s, ctx := newStore(), t.Context()
		waits, ended := make(chan struct{}), make(chan error)
		err := s.InTx(ctx, TxOptions{}, func(holder *Tx[library]) error {
			if err := insertAuthor(ctx, holder, 1, "x"); err != nil {
				return err
			}
			go func() {
				ended <- s.InTx(ctx, TxOptions{Snapshot: snapshot}, func(tx *Tx[library]) error {
					return insertAuthor(signalsWaiting{ctx, waits}, tx, 2, "x")
				})
			}()
			<-waits
			return nil
		})
		expect(t, "the write that waited", <-ended, "authors_name")
		if got := countAuthors(t, s); err != nil || got != 1 {
			t.Errorf("snapshot %t: %d authors, %v", snapshot, got, err)
		}
	}
}
