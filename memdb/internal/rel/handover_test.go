package rel

import (
	"context"
	"runtime"
	"testing"
)

// slowToEnd is a context whose end the statement takes note of, and goes on only when it may.
type slowToEnd struct {
	context.Context
	noted, goOn chan struct{}
}

func (c slowToEnd) Err() error {
	err := c.Context.Err()
	if err != nil {
		c.noted <- struct{}{}
		<-c.goOn
	}
	return err
}

// A statement whose context has ended may get the latch at the same moment. It passes it on.
func TestCancelledStatementsPassTheLatchOn(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	inner, cancel := context.WithCancel(ctx)
	late := slowToEnd{inner, make(chan struct{}), make(chan struct{})}
	waits, ended := make(chan struct{}), make(chan error)
	if err := s.InTx(ctx, TxOptions{}, func(holder *Tx[library]) error {
		if err := insertAuthor(ctx, holder, 1, "x"); err != nil {
			return err
		}
		go func() { ended <- insertAuthor(signalsWaiting{late, waits}, s, 2, "x") }()
		<-waits
		cancel()
		<-late.noted
		return nil // the statement gets the latch
	}); err != nil {
		t.Fatal(err)
	}
	late.goOn <- struct{}{}
	go func() { // await looks at the context, too
		<-late.noted
		late.goOn <- struct{}{}
	}()
	expect(t, "the statement that was canceled", <-ended, context.Canceled.Error())
	expect(t, "the next statement", insertAuthor(ctx, s, 3, "y"), "<nil>")
}

// A statement whose context has ended does not get the latch, although what it waits for has
// ended since.
func TestLatchIsNotForCancelledStatements(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	inner, cancel := context.WithCancel(ctx)
	waits, ended := make(chan struct{}), make(chan error)
	err := s.InTx(ctx, TxOptions{}, func(holder *Tx[library]) error {
		if err := insertAuthor(ctx, holder, 1, "x"); err != nil {
			return err
		}
		go func() { ended <- insertAuthor(signalsWaiting{inner, waits}, s, 2, "x") }()
		<-waits
		return Write(ctx, holder, nil, FailsBeforeWriting, func(*State[library]) error {
			w := s.waiters[0]
			cancel()
			for w.state.Load() != left {
				runtime.Gosched()
			}
			return errNoTitle // the holder rolls back
		})
	})
	expect(t, "the holder", err, errNoTitle.Error())
	expect(t, "the statement that was canceled", <-ended, context.Canceled.Error())
	expect(t, "the next statement", insertAuthor(ctx, s, 3, "x"), "<nil>")
}
