package rel

import "context"

// Executor is a Store or a Tx. It provides the state that a statement runs on. If a
// start method returns no error, the matching end method must be called.
type Executor[T any] interface {
	// startRead returns the place of the read, too, or nil. If keeps is set, the state never
	// changes, not even after the read.
	startRead(ctx context.Context, argErr error, keeps bool) (*State[T], *place, error)
	endRead(in *place, err error) error
	startWrite(ctx context.Context, argErr error, mode WriteMode) (*State[T], error)
	// endWrite returns the state on which to run the statement again, if it had to wait.
	endWrite(ctx context.Context, st *State[T], err error) (again *State[T], _ error)
	// goOn runs a further part of a statement that reads, or none if it is nil. It returns an
	// error if the statement cannot go on.
	goOn(ctx context.Context, part func()) error
}

// WriteMode says whether a statement may have changed the state when it fails.
type WriteMode int

const (
	// FailsBeforeWriting is for a statement that never fails after its first change. It
	// may change the committed state in place.
	FailsBeforeWriting WriteMode = iota
	// MayWaitMidway is for a statement that fails only before its first change, but may
	// have to wait afterwards. That too never happens to a statement that runs alone.
	MayWaitMidway
	// MayFailMidway is for a statement that may fail after its first change.
	MayFailMidway
)

// Read runs a statement that changes nothing. ArgErr is the error of parsing its
// arguments, if any.
func Read[T any](ctx context.Context, x Executor[T], argErr error, fn func(*State[T]) error) error {
	return read(ctx, x, argErr, false, fn)
}

func read[T any](ctx context.Context, x Executor[T], argErr error, keeps bool, fn func(*State[T]) error) error {
	st, in, err := x.startRead(ctx, argErr, keeps)
	if err != nil {
		return err
	}
	panicked := true
	defer func() {
		if panicked {
			_ = x.endRead(in, errPanicked)
		}
	}()
	err = fn(st)
	panicked = false
	return x.endRead(in, err)
}

// Write runs a statement that may change something. ArgErr is the error of parsing its
// arguments, if any. A statement that has to wait for another transaction is run again
// after that: fn must not keep anything of an earlier run.
func Write[T any](ctx context.Context, x Executor[T], argErr error, mode WriteMode, fn func(*State[T]) error) error {
	st, err := x.startWrite(ctx, argErr, mode)
	if err != nil {
		return err
	}
	panicked := true
	defer func() {
		if panicked {
			_, _ = x.endWrite(ctx, st, errPanicked)
		}
	}()
	for {
		panicked = true
		err = fn(st)
		panicked = false
		st, err = x.endWrite(ctx, st, err)
		if st == nil {
			return err
		}
	}
}
